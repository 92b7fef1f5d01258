using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Neuro.Backend.Storage;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Ledger;

/// <summary>Makes the books again from the transfers alone, in one snapshot of the database, and says where the kept ones differ.</summary>
/// <remarks>Transfers stream by; what stays in memory is one entry per account and per open hold.</remarks>
internal sealed class Proof
{
    private const int MostFaults = 20;
    private readonly Dictionary<Guid, Entry> accounts = [];
    private readonly Dictionary<Guid, (Guid Debit, Guid? Credit, long Remaining)> holds = [];
    private readonly List<string> faults = [];
    private readonly Dictionary<long, byte[]> audited = [];
    private Chain chain = Chain.Start;
    private bool broken;
    private long count;

    /// <summary>Sums of all accounts by asset, but for NTK.</summary>
    private readonly SortedDictionary<string, Int128> otherAssets = new(StringComparer.Ordinal);

    private sealed class Entry
    {
        public Int128 DebitsPosted, DebitsPending, CreditsPosted, CreditsPending;
    }

    public static async Task<LedgerProof> ReadAsync(Database database, CancellationToken cancel, Chain? noted = null)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var snapshot = connection is SqliteConnection sqlite
            ? sqlite.BeginTransaction(deferred: true)
            : await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        var proof = new Proof();
        if (noted is not null)
        {
            proof.audited.Add(noted.Sequence, noted.Hash);
        }

        await proof.ReadAuditsAsync(snapshot, cancel);
        await proof.ReadTransfersAsync(snapshot, cancel);
        await proof.CompareHeadAsync(snapshot, cancel);
        await proof.CompareHoldsAsync(snapshot, cancel);
        var sums = await proof.CompareAccountsAsync(snapshot, cancel);
        var sum = sums.Values.Aggregate(Int128.Zero, (total, value) => total + value);
        if (sum != 0)
        {
            proof.Fault($"All accounts add up to {sum} nano instead of 0.");
        }

        foreach (var (asset, total) in proof.otherAssets.Where(entry => entry.Value != 0))
        {
            proof.Fault($"All accounts of {asset} add up to {total} instead of 0.");
        }

        return new(sums.ToDictionary(entry => entry.Key, entry => new Ntk((long)entry.Value)), new((long)sum), proof.count, proof.faults, proof.chain.ToString());
    }

    private async Task ReadTransfersAsync(DbTransaction snapshot, CancellationToken cancel)
    {
        await using var rows = await RowsAsync(snapshot, "SELECT id, kind, debit_account, credit_account, amount, hold_id, deadline, at, reference, sequence, chain FROM transfers ORDER BY sequence", cancel);
        while (await rows.ReadAsync(cancel))
        {
            count++;
            var transfer = new StoredTransfer(
                rows.GetGuid(0), (TransferKind)rows.GetInt32(1), rows.GetGuid(2), rows.IsDBNull(3) ? null : rows.GetGuid(3), rows.GetInt64(4), rows.IsDBNull(5) ? null : rows.GetGuid(5),
                rows.IsDBNull(6) ? null : DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(6)), DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(7)), rows.GetString(8));
            Link(transfer, rows.GetInt64(9), (byte[])rows[10]);
            Replay(transfer.Id, transfer.Kind, transfer.Debit, transfer.Credit, transfer.Amount, transfer.HoldId);
        }
    }

    private async Task ReadAuditsAsync(DbTransaction snapshot, CancellationToken cancel)
    {
        await using var rows = await RowsAsync(snapshot, "SELECT sequence, chain FROM audits ORDER BY at", cancel);
        while (await rows.ReadAsync(cancel))
        {
            audited.TryAdd(rows.GetInt64(0), (byte[])rows[1]);
        }
    }

    /// <summary>Goes on from the kept chain after a fault, so that one changed transfer is one fault and not all that follow.</summary>
    private void Link(StoredTransfer transfer, long sequence, byte[] kept)
    {
        chain = chain.With(transfer, sequence);
        if (!chain.Hash.AsSpan().SequenceEqual(kept))
        {
            Fault($"Transfer {sequence} ({transfer.Id}) or the one before it was changed, removed or put in later: the chain does not close there.");
            chain = new(sequence, kept);
            broken = true;
        }

        if (audited.Remove(sequence, out var seen) && !seen.AsSpan().SequenceEqual(chain.Hash))
        {
            Fault($"What was noted or audited earlier has another history up to transfer {sequence}.");
        }
    }

    private async Task CompareHeadAsync(DbTransaction snapshot, CancellationToken cancel)
    {
        foreach (var sequence in audited.Keys.Where(sequence => sequence > 0).Order())
        {
            Fault($"What was noted or audited earlier ends at transfer {sequence}, which is gone.");
        }

        await using var rows = await RowsAsync(snapshot, "SELECT sequence, chain FROM ledger_head WHERE id = 1", cancel);
        var head = await rows.ReadAsync(cancel) ? new Chain(rows.GetInt64(0), (byte[])rows[1]) : Chain.Start;
        if (!broken && head.ToString() != chain.ToString())
        {
            Fault($"The chain's head is {head}; the transfers end at {chain}.");
        }
    }

    private void Replay(Guid id, TransferKind kind, Guid debit, Guid? credit, long amount, Guid? holdId)
    {
        var payer = Account(debit);
        if (kind == TransferKind.Transfer)
        {
            payer.DebitsPosted += amount;
            Account(credit!.Value).CreditsPosted += amount;
            return;
        }

        if (kind == TransferKind.Hold)
        {
            payer.DebitsPending += amount;
            if (credit is { } payee)
            {
                Account(payee).CreditsPending += amount;
            }

            holds.Add(id, (debit, credit, amount));
            return;
        }

        if (holdId is not { } key || !holds.TryGetValue(key, out var hold) || hold.Debit != debit || amount > hold.Remaining || (kind != TransferKind.Post && amount != hold.Remaining))
        {
            Fault($"Transfer {id} ({kind}) takes {amount} nano from a hold that does not have it.");
            return;
        }

        payer.DebitsPending -= amount;
        if (hold.Credit is { } named)
        {
            Account(named).CreditsPending -= amount;
        }

        if (kind == TransferKind.Post)
        {
            payer.DebitsPosted += amount;
            Account(credit!.Value).CreditsPosted += amount;
        }

        if (hold.Remaining == amount)
        {
            holds.Remove(key);
        }
        else
        {
            holds[key] = hold with { Remaining = hold.Remaining - amount };
        }
    }

    private async Task CompareHoldsAsync(DbTransaction snapshot, CancellationToken cancel)
    {
        await using var rows = await RowsAsync(snapshot, "SELECT id, remaining FROM holds WHERE remaining <> 0", cancel);
        while (await rows.ReadAsync(cancel))
        {
            var (id, kept) = (rows.GetGuid(0), rows.GetInt64(1));
            holds.Remove(id, out var hold);
            if (hold.Remaining != kept)
            {
                Fault($"Hold {id} keeps {kept} nano; its transfers leave {hold.Remaining}.");
            }
        }

        foreach (var (id, hold) in holds)
        {
            Fault($"Hold {id} keeps nothing; its transfers leave {hold.Remaining} nano.");
        }
    }

    private async Task<SortedDictionary<string, Int128>> CompareAccountsAsync(DbTransaction snapshot, CancellationToken cancel)
    {
        var sums = new SortedDictionary<string, Int128>(StringComparer.Ordinal) { ["issuance"] = 0, ["treasury"] = 0, ["customer"] = 0, ["node"] = 0, ["fees"] = 0 };
        await using var rows = await RowsAsync(snapshot, "SELECT id, kind, debits_posted, debits_pending, credits_posted, credits_pending, asset FROM accounts", cancel);
        while (await rows.ReadAsync(cancel))
        {
            var (id, kind) = (rows.GetGuid(0), rows.GetString(1));
            accounts.Remove(id, out var made);
            made ??= new Entry();
            Compare(id, "debits posted", rows.GetInt64(2), made.DebitsPosted);
            Compare(id, "debits pending", rows.GetInt64(3), made.DebitsPending);
            Compare(id, "credits posted", rows.GetInt64(4), made.CreditsPosted);
            Compare(id, "credits pending", rows.GetInt64(5), made.CreditsPending);
            var (balance, asset) = ((Int128)rows.GetInt64(4) - rows.GetInt64(2), rows.GetString(6));
            if (asset == SystemAccounts.Ntk)
            {
                sums[kind] = sums.GetValueOrDefault(kind) + balance;
            }
            else
            {
                otherAssets[asset] = otherAssets.GetValueOrDefault(asset) + balance;
            }
        }

        foreach (var id in accounts.Keys)
        {
            Fault($"Account {id} has transfers but does not exist.");
        }

        return sums;
    }

    private void Compare(Guid account, string what, long kept, Int128 made)
    {
        if (kept != made)
        {
            Fault($"Account {account} keeps {kept} nano of {what}; its transfers make {made}.");
        }
    }

    private void Fault(string sentence)
    {
        if (faults.Count < MostFaults)
        {
            faults.Add(sentence);
        }
    }

    private Entry Account(Guid id)
    {
        if (!accounts.TryGetValue(id, out var entry))
        {
            accounts.Add(id, entry = new Entry());
        }

        return entry;
    }

    private static async Task<DbDataReader> RowsAsync(DbTransaction snapshot, string sql, CancellationToken cancel)
    {
        var command = snapshot.Connection!.CreateCommand();
        command.Transaction = snapshot;
        command.CommandText = sql;
        return await command.ExecuteReaderAsync(cancel);
    }
}
