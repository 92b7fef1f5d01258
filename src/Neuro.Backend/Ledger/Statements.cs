using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Ledger;

/// <summary>What an account's owner sees of the ledger.</summary>
internal sealed class Statements(Database database)
{
    private readonly GroupRead<Balance> balances = new(database, "SELECT id, name, credits_posted, debits_posted, debits_pending FROM accounts", ReadBalance);

    /// <exception cref="NeuroException"><c>account.not_found</c>, <c>database.busy</c>.</exception>
    public async Task<Balance> BalanceAsync(Guid account, CancellationToken cancel) =>
        await balances.FindAsync(account, cancel) ?? throw new NeuroException("account.not_found", $"There is no account {account}.") { Status = 404 };

    /// <summary>The newest lines first.</summary>
    public async Task<IReadOnlyList<LedgerLine>> LinesAsync(Guid account, int limit, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var rows = await db.Transfers.AsNoTracking().Where(row => row.DebitAccount == account || row.CreditAccount == account)
            .OrderByDescending(row => row.Sequence).Take(limit).ToListAsync(cancel);
        var others = rows.Select(row => row.DebitAccount == account ? row.CreditAccount : row.DebitAccount).OfType<Guid>().Distinct().ToList();
        var names = await db.Accounts.Where(row => others.Contains(row.Id)).ToDictionaryAsync(row => row.Id, row => row.Name, cancel);
        return rows.ConvertAll(row => Line(row, account, names));
    }

    private static Balance ReadBalance(DbDataReader row)
    {
        var (credits, debits, held) = (row.GetInt64(2), row.GetInt64(3), row.GetInt64(4));
        return new(row.GetString(1), new(credits - debits - held), new(held));
    }

    private static LedgerLine Line(TransferRow row, Guid account, Dictionary<Guid, string> names)
    {
        var kind = (TransferKind)row.Kind;
        var moved = kind is TransferKind.Transfer or TransferKind.Post;
        var change = moved ? (row.CreditAccount == account ? row.Amount : 0) - (row.DebitAccount == account ? row.Amount : 0) : 0;
        var other = row.DebitAccount == account ? row.CreditAccount : row.DebitAccount;
        var reference = kind switch
        {
            TransferKind.Hold => $"{row.Reference}: {new Ntk(row.Amount)} NTK set aside",
            TransferKind.Void or TransferKind.Expire => $"{row.Reference}: {new Ntk(row.Amount)} NTK free again",
            _ => row.Reference,
        };
        return new(row.Sequence, row.Id, row.At, kind.ToString().ToLowerInvariant(), new(change), other is { } id ? names[id] : "on hold", reference);
    }
}
