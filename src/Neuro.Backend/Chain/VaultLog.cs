using System.Data.Common;
using System.Numerics;
using Neuro.Backend.Chain.Deposits;
using Neuro.Backend.Chain.Withdrawals;
using Neuro.Backend.Storage;
using Neuro.Chain.Contracts;
using Neuro.Chain.Rpc;
using Neuro.Chain.Values;
using Neuro.Client.Api;
using Neuro.Client.Chain;

namespace Neuro.Backend.Chain;

/// <summary>Copies what the vault wrote down into tables: what is final once and for good, what is not as it is now.</summary>
/// <remarks>
/// The cursor moves in the transaction of the rows that it passes. A row that is written again changes nothing, so a transaction may end in the middle of a block:
/// the cursor stays before it.
/// Nothing moves on the ledger here.
/// </remarks>
internal sealed class VaultLog(Database database, ChainLink link, TimeProvider time)
{
    private const int MostInTransaction = 500;
    private static readonly Hash32[] DepositTopic = [VaultEvent.Topic(nameof(VaultEvent.Deposited))];
    private string lastLatest = "";
    private long look;

    public async Task FollowAsync(ChainRow row, Heads heads, CancellationToken cancel)
    {
        await FollowFinalAsync(row, heads, cancel);
        await LookAheadAsync(heads, cancel);
    }

    private async Task FollowFinalAsync(ChainRow row, Heads heads, CancellationToken cancel)
    {
        var (final, hash, before) = (heads.Finalized.Number, heads.Finalized.Hash.ToString(), row.Final);
        if (final > before || row.FinalHash.Length == 0)
        {
            await database.CommitAsync(transaction =>
                transaction.ExecuteAsync($"UPDATE chain SET final = {final}, final_hash = {hash} WHERE id = 1 AND final = {before}"), cancel);
        }

        await foreach (var (logs, upTo) in link.Ethereum.LogRangesAsync([link.Vault.Address], [[.. VaultEvent.Topics]], Math.Max(0, row.Cursor + 1), final, cancel))
        {
            for (var at = 0; at < logs.Count || at == 0; at += MostInTransaction)
            {
                var some = logs.Skip(at).Take(MostInTransaction).ToList();
                var cursor = at + MostInTransaction >= logs.Count ? upTo : some[^1].BlockNumber - 1;
                await database.CommitAsync(transaction => WriteFinalAsync(transaction, some, cursor), cancel);
            }
        }
    }

    private async Task WriteFinalAsync(DbTransaction transaction, List<Log> logs, long cursor)
    {
        foreach (var log in logs)
        {
            switch (link.Vault.ReadEvent(log))
            {
                case VaultEvent.Deposited deposit:
                    await WriteAsync(transaction, log, deposit, DepositState.Final);
                    break;
                case VaultEvent.Paid paid:
                    await EndAsync(transaction, log, paid.Id, Outcome.Paid, paid.To, paid.Amount, null);
                    break;
                case VaultEvent.PaymentRefused refused:
                    await EndAsync(transaction, log, refused.Id, Outcome.Refused, refused.To, refused.Amount, "The vault cannot pay this address, or so much in a day.");
                    break;
                case VaultEvent.PaymentReleased released:
                    await EndAsync(transaction, log, released.Id, Outcome.Paid, released.To, released.Amount, null);
                    break;
                case VaultEvent.PaymentCancelled cancelled:
                    await EndAsync(transaction, log, cancelled.Id, Outcome.Refused, cancelled.To, cancelled.Amount, "The vault's guardian took it back.");
                    break;
                case VaultEvent.PaymentQueued queued:
                    await QueueAsync(transaction, log, queued);
                    break;
            }
        }

        // Not among what is final: the chain took them back.
        await transaction.ExecuteAsync(
            $"UPDATE chain_deposits SET state = {(int)DepositState.Gone} WHERE state IN ({(int)DepositState.Seen}, {(int)DepositState.Safe}) AND block <= {cursor}");
        await transaction.ExecuteAsync($"UPDATE chain SET cursor = {cursor} WHERE id = 1 AND cursor < {cursor}");
    }

    private async Task LookAheadAsync(Heads heads, CancellationToken cancel)
    {
        var latest = $"{heads.Latest.Hash}/{heads.Safe.Number}/{heads.Finalized.Number}";
        if (latest == lastLatest)
        {
            return;
        }

        look = Math.Max(look + 1, time.GetUtcNow().ToUnixTimeMilliseconds());
        await foreach (var (logs, _) in link.Ethereum.LogRangesAsync([link.Vault.Address], [DepositTopic], heads.Finalized.Number + 1, heads.Latest.Number, cancel))
        {
            foreach (var some in logs.Chunk(MostInTransaction))
            {
                await database.CommitAsync(
                    async transaction =>
                    {
                        foreach (var log in some)
                        {
                            var state = log.BlockNumber <= heads.Safe.Number ? DepositState.Safe : DepositState.Seen;
                            await WriteAsync(transaction, log, (VaultEvent.Deposited)link.Vault.ReadEvent(log)!, state);
                        }
                    },
                    cancel);
            }
        }

        await database.CommitAsync(
            transaction => transaction.ExecuteAsync(
                $"UPDATE chain_deposits SET state = {(int)DepositState.Gone} WHERE state IN ({(int)DepositState.Seen}, {(int)DepositState.Safe}) AND seen_in < {look}"),
            cancel);
        lastLatest = latest;
    }

    private async Task WriteAsync(DbTransaction transaction, Log log, VaultEvent.Deposited deposit, DepositState state)
    {
        var (amount, dust) = BaseUnits.ToNtk(deposit.Amount);
        var (transactionHash, blockHash, account) = (log.TransactionHash.ToString(), log.BlockHash.ToString(), deposit.Account.ToString());
        var id = DerivedId.Of($"deposit/{blockHash}/{transactionHash}/{log.LogIndex}");
        await transaction.ExecuteAsync(
            $"""
            INSERT INTO chain_deposits (id, sender, account, account_id, amount_nano, dust, state, transaction_hash, log_index, block, block_hash, seen_at, seen_in)
            VALUES ({id}, {deposit.From.ToLowerString()}, {account}, {DepositAccount.Read(deposit.Account.ToBytes())}, {amount.Nano}, {(long)dust}, {(int)state},
                {transactionHash}, {log.LogIndex}, {log.BlockNumber}, {blockHash}, {time.GetUtcNow().ToUnixTimeMilliseconds()}, {look})
            ON CONFLICT (id) DO UPDATE SET state = excluded.state, seen_in = excluded.seen_in
            WHERE chain_deposits.state NOT IN ({(int)DepositState.Final}, {(int)DepositState.Credited})
            """);
    }

    private static async Task EndAsync(DbTransaction transaction, Log log, Hash32 id, Outcome outcome, Address to, BigInteger amount, string? reason)
    {
        var (batch, position) = PaymentId.Read(id) ?? default;
        if (await ExistsAsync(transaction, batch, position, to, amount))
        {
            await transaction.ExecuteAsync(
                $"""
                UPDATE chain_withdrawals SET outcome = {(int)outcome}, transaction_hash = {log.TransactionHash.ToString()}, reason = {reason}
                WHERE batch_id = {batch} AND position = {position} AND outcome = 0 AND state IN ({(int)WithdrawalState.Batched}, {(int)WithdrawalState.Queued})
                """);
        }
        else if (outcome == Outcome.Paid)
        {
            await StrangeAsync(transaction, log, $"The vault paid {amount} base units of NTK to {to} ({id}), which the ledger did not ask for");
        }
    }

    private static async Task QueueAsync(DbTransaction transaction, Log log, VaultEvent.PaymentQueued queued)
    {
        var (batch, position) = PaymentId.Read(queued.Id) ?? default;
        if (!await ExistsAsync(transaction, batch, position, queued.To, queued.Amount))
        {
            var what = $"The vault will pay {queued.Amount} base units of NTK to {queued.To} ({queued.Id}) at {queued.ReleaseAt:u}";
            await StrangeAsync(transaction, log, $"{what}, which the ledger did not ask for; its guardian can cancel it");
            return;
        }

        await transaction.ExecuteAsync(
            $"""
            UPDATE chain_withdrawals
            SET state = {(int)WithdrawalState.Queued}, transaction_hash = {log.TransactionHash.ToString()}, release_at = {queued.ReleaseAt.ToUnixTimeMilliseconds()}
            WHERE batch_id = {batch} AND position = {position} AND outcome = 0 AND state = {(int)WithdrawalState.Batched}
            """);
    }

    // An update that changes nothing but says whether there is such a row, on both engines alike.
    // Who has the settler's key can name any amount, also one that the ledger cannot count.
    private static async Task<bool> ExistsAsync(DbTransaction transaction, Guid batch, int position, Address to, BigInteger amount)
    {
        var (nano, dust) = BigInteger.DivRem(amount, BaseUnits.PerNano);
        return dust.IsZero && nano <= long.MaxValue && await transaction.ExecuteAsync(
            $"""
            UPDATE chain_withdrawals SET position = position
            WHERE batch_id = {batch} AND position = {position} AND recipient = {to.ToLowerString()} AND amount_nano = {(long)nano}
            """) == 1;
    }

    private static Task StrangeAsync(DbTransaction transaction, Log log, string what)
    {
        var sentence = $"{what}: transaction {log.TransactionHash} in block {log.BlockNumber}. Somebody else has the settler's key: stop it.";
        return transaction.ExecuteAsync($"UPDATE chain SET strange = {sentence} WHERE id = 1");
    }
}
