using System.Numerics;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Storage;
using Neuro.Chain.Contracts;
using Neuro.Chain.Rpc;
using Neuro.Chain.Values;

namespace Neuro.Backend.Chain.Withdrawals;

/// <summary>Puts withdrawals into batches, and asks for the release of those in the vault's queue.</summary>
/// <remarks>What is to be said to the vault goes to the outbox in the transaction of its cause.</remarks>
internal sealed class Batches(Database database, ChainLink link, TimeProvider time)
{
    private const int ReleasedAtOnce = 32;

    /// <summary>Makes a batch of what waits: when the oldest has waited for its time or a batch is full, and the one before is on its way.</summary>
    public async Task MakeAsync(CancellationToken cancel)
    {
        var due = time.GetUtcNow() - link.Options.BatchInterval;
        await using var db = database.CreateDbContext();
        var waiting = await db.Withdrawals.AsNoTracking().Where(row => row.State == (int)WithdrawalState.Held).OrderBy(row => row.At).ThenBy(row => row.Id)
            .Take(NtkVault.LargestBatch).ToListAsync(cancel);
        var isDue = waiting.Count == NtkVault.LargestBatch || (waiting.Count > 0 && waiting[0].At <= due);
        if (!isDue || await db.Outbox.AnyAsync(row => row.Kind == OutboxKind.Settle && row.State < (int)OutboxState.Included, cancel))
        {
            return;
        }

        var taken = await FittingAsync(waiting, cancel);
        var batch = Guid.CreateVersion7(time.GetUtcNow());
        var payments = taken.Select((row, i) => new Payment(PaymentId.Of(batch, i), Address.Parse(row.Recipient), BaseUnits.Of(new(row.AmountNano)))).ToList();
        await WriteAsync(batch, taken, NtkVault.Settle(PaymentId.OfBatch(batch), payments), cancel);
    }

    /// <summary>Asks for the release of queued payments whose window is over; anybody may, so it is asked for those alone that nobody released.</summary>
    public async Task ReleaseAsync(Heads heads, CancellationToken cancel)
    {
        var now = heads.Latest.Time;
        await using var db = database.CreateDbContext();
        var due = await db.Withdrawals.AsNoTracking()
            .Where(row => row.State == (int)WithdrawalState.Queued && row.Outcome == 0 && row.ReleaseAt <= now && !db.Outbox.Any(item => item.Id == row.Id))
            .OrderBy(row => row.ReleaseAt).Take(ReleasedAtOnce).ToListAsync(cancel);
        foreach (var row in due)
        {
            var (data, at) = (NtkVault.Release(PaymentId.Of(row.BatchId!.Value, row.Position)), time.GetUtcNow().ToUnixTimeMilliseconds());
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO chain_outbox (id, kind, data, state, created_at) VALUES ({row.Id}, {OutboxKind.Release}, {data}, {(int)OutboxState.Made}, {at})
                ON CONFLICT (id) DO NOTHING
                """,
                cancel);
        }
    }

    // As many, in their order, as the vault pays today; or, if not even the first, as many as it pays in a whole day: that batch waits for the next one.
    private async Task<List<WithdrawalRow>> FittingAsync(List<WithdrawalRow> waiting, CancellationToken cancel)
    {
        var (threshold, cap) = (await link.Vault.ThresholdAsync(BlockRef.Latest, cancel), await link.Vault.DailyCapAsync(BlockRef.Latest, cancel));
        var (left, _) = await link.Vault.LeftTodayAsync(BlockRef.Latest, cancel);
        BigInteger Cost(WithdrawalRow row) => BaseUnits.Of(new(row.AmountNano)) is var amount && amount > threshold ? 0 : amount;
        var limit = Cost(waiting[0]) <= left ? left : cap;
        var sum = BigInteger.Zero;
        return [.. waiting.TakeWhile(row => (sum += Cost(row)) <= limit)];
    }

    private Task WriteAsync(Guid batch, List<WithdrawalRow> taken, byte[] data, CancellationToken cancel) => database.WriteAsync(
        async db =>
        {
            for (var i = 0; i < taken.Count; i++)
            {
                var (id, position) = (taken[i].Id, i);
                FormattableString update = $"""
                    UPDATE chain_withdrawals SET state = {(int)WithdrawalState.Batched}, batch_id = {batch}, position = {position}
                    WHERE id = {id} AND state = {(int)WithdrawalState.Held}
                    """;
                // Cancelled meanwhile: the next poll makes another batch.
                Sql.ThrowUnlessOne(update, await db.Database.ExecuteSqlAsync(update, cancel));
            }

            db.Outbox.Add(new OutboxRow { Id = batch, Kind = OutboxKind.Settle, Data = data, State = (int)OutboxState.Made, CreatedAt = time.GetUtcNow() });
            await db.SaveChangesAsync(cancel);
        },
        cancel);
}
