using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Ledger;
using Neuro.Backend.Storage;
using Neuro.Chain.Values;
using Neuro.Client.Api;
using Neuro.Client.Chain;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Chain.Deposits;

/// <summary>Credits deposits that are final, and shows them.</summary>
internal sealed class DepositDesk(Database database, Ledger.Ledger ledger, ChainLink link, TimeProvider time)
{
    // With a transfer for the dust they are a group of the ledger.
    private const int AtOnce = 60;
    private const int MostListed = 1000;
    private const long PerNano = 1_000_000_000;

    /// <summary>Credits all that are final; each once, however often it is cut off.</summary>
    /// <exception cref="NeuroException">The ledger refused: there are more tokens than it has NTK.</exception>
    public async Task CreditAsync(CancellationToken cancel)
    {
        while (await NextAsync(cancel) is { Count: > 0 } deposits)
        {
            await CreditAsync(deposits, cancel);
        }
    }

    /// <summary>An account's deposits, the newest first.</summary>
    public async Task<IReadOnlyList<Deposit>> ListAsync(Guid account, int skip, int limit, CancellationToken cancel)
    {
        Check(skip, limit);
        await using var db = database.CreateDbContext();
        var rows = await db.Deposits.AsNoTracking()
            .Where(row => (row.AccountId == account && (row.CreditedTo == null || row.CreditedTo == account)) || row.CreditedTo == account)
            .OrderByDescending(row => row.SeenAt).ThenByDescending(row => row.Block).ThenByDescending(row => row.LogIndex).Skip(skip).Take(limit).ToListAsync(cancel);
        var final = await db.Chain.Select(row => row.Final).SingleOrDefaultAsync(cancel);
        var latest = link.Seen?.Heads.Latest.Number ?? final;
        return rows.ConvertAll(row => Show(row, latest));
    }

    /// <summary>Deposits for nobody that the platform knows, the newest first.</summary>
    public async Task<IReadOnlyList<UnclaimedDeposit>> UnclaimedAsync(int skip, int limit, CancellationToken cancel)
    {
        Check(skip, limit);
        await using var db = database.CreateDbContext();
        var rows = await db.Deposits.AsNoTracking().Where(row => row.CreditedTo == SystemAccounts.Unclaimed)
            .OrderByDescending(row => row.SeenAt).ThenByDescending(row => row.Block).ThenByDescending(row => row.LogIndex).Skip(skip).Take(limit).ToListAsync(cancel);
        return rows.ConvertAll(row => new UnclaimedDeposit(
            row.Id, Address.Parse(row.Sender).ToString(), row.Account, new(row.AmountNano), row.TransactionHash, row.CreditedAt!.Value));
    }

    /// <summary>Gives an unclaimed deposit to an account.</summary>
    /// <exception cref="NeuroException"><c>deposit.not_found</c>, <c>deposit.claimed</c>, <c>account.not_found</c></exception>
    public async Task AssignAsync(Guid id, Guid account, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var row = await db.Deposits.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancel)
            ?? throw new NeuroException("deposit.not_found", $"There is no deposit {id}. List the unclaimed ones.") { Status = 404 };
        if (row.CreditedTo == account)
        {
            return;
        }

        if (row.CreditedTo != SystemAccounts.Unclaimed)
        {
            var whose = row.CreditedTo is { } owner ? $": it is account {owner}'s" : "";
            throw new NeuroException("deposit.claimed", $"Deposit {id} is not unclaimed{whose}.") { Status = 409 };
        }

        if ((await ReceiversAsync(db, [account], cancel)).Count == 0)
        {
            throw new NeuroException("account.not_found", $"There is no account {account} of a customer or node owner.") { Status = 404 };
        }

        var transfer = TransferRequest.Transfer(
            DerivedId.Of("deposit/claimed", id), SystemAccounts.Unclaimed, account, new(row.AmountNano), $"Deposit {row.TransactionHash}");
        var (now, unclaimed) = (time.GetUtcNow().ToUnixTimeMilliseconds(), SystemAccounts.Unclaimed);
        (await ledger.SubmitAsync(
            [transfer], [$"UPDATE chain_deposits SET credited_to = {account}, credited_at = {now} WHERE id = {id} AND credited_to = {unclaimed}"], cancel))
            .ThrowIfRefused("the deposit");
    }

    private async Task<List<DepositRow>> NextAsync(CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        return await db.Deposits.AsNoTracking().Where(row => row.State == (int)DepositState.Final)
            .OrderBy(row => row.Block).ThenBy(row => row.LogIndex).Take(AtOnce).ToListAsync(cancel);
    }

    private async Task CreditAsync(List<DepositRow> deposits, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var known = await ReceiversAsync(db, [.. deposits.Select(row => row.AccountId).OfType<Guid>().Distinct()], cancel);
        var before = await db.Chain.Select(row => row.Dust).SingleAsync(cancel);
        var (whole, left) = Math.DivRem(before + deposits.Sum(row => row.Dust), PerNano);
        var (linked, rows, now) = (new List<TransferRequest>(), new List<FormattableString>(), time.GetUtcNow().ToUnixTimeMilliseconds());
        foreach (var row in deposits)
        {
            var to = row.AccountId is { } account && known.Contains(account) ? account : SystemAccounts.Unclaimed;
            rows.Add($"""
                UPDATE chain_deposits SET state = {(int)DepositState.Credited}, credited_at = {now}, credited_to = {to}
                WHERE id = {row.Id} AND state = {(int)DepositState.Final}
                """);
            if (row.AmountNano > 0)
            {
                linked.Add(TransferRequest.Transfer(
                    DerivedId.Of("deposit/credited", row.Id), SystemAccounts.Chain, to, new(row.AmountNano), $"Deposit {row.TransactionHash}"));
            }
        }

        if (whole > 0)
        {
            linked.Add(TransferRequest.Transfer(
                DerivedId.Of("deposit/dust", deposits[^1].Id), SystemAccounts.Chain, SystemAccounts.Dust, new(whole), "Dust of deposits"));
        }

        rows.Add($"UPDATE chain SET dust = {left} WHERE id = 1 AND dust = {before}");
        if (linked.Count > 0)
        {
            (await ledger.SubmitAsync(linked, rows, cancel)).ThrowIfRefused("the credit of deposits");
            return;
        }

        await database.CommitAsync(
            async transaction =>
            {
                foreach (var row in rows)
                {
                    Sql.ThrowUnlessOne(row, await transaction.ExecuteAsync(row));
                }
            },
            cancel);
    }

    // Who can have NTK from outside: somebody who signs in, or the house.
    private static async Task<HashSet<Guid>> ReceiversAsync(NeuroDb db, Guid[] accounts, CancellationToken cancel) =>
        [.. await db.Accounts.Where(row => accounts.Contains(row.Id) && row.Asset == SystemAccounts.Ntk)
            .Where(row => row.Kind == "customer" || row.Kind == "node" || row.Kind == "treasury").Select(row => row.Id).ToListAsync(cancel)];

    private static void Check(int skip, int limit)
    {
        Input.Range(skip, "skip", 0, int.MaxValue);
        Input.Range(limit, "limit", 1, MostListed);
    }

    private static Deposit Show(DepositRow row, long latest)
    {
        var state = (DepositState)row.State;
        var status = state switch
        {
            DepositState.Seen => "seen",
            DepositState.Credited => "credited",
            DepositState.Gone => "gone",
            _ => "safe",
        };
        return new(
            row.Id, Address.Parse(row.Sender).ToString(), new(row.AmountNano), status, row.TransactionHash, row.LogIndex, row.Block, row.BlockHash, row.SeenAt, row.CreditedAt,
            state == DepositState.Gone ? 0 : Math.Max(1, latest - row.Block + 1));
    }
}
