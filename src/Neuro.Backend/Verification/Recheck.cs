using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Jobs;
using Neuro.Backend.Ledger;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Verification;

/// <summary>Looks again at what nodes were paid for on trust before they were caught. Whose shard was wrong gets its price back, out of the fees, where the node's stake went.</summary>
/// <remarks>What is to be done follows from the rows: paid, unchecked, of a barred node. A refund's id follows from the shard's.</remarks>
internal sealed class Recheck(Database database, Ledger.Ledger ledger, JobLog log, Signals signals, TimeProvider time)
{
    /// <summary>What a barred node is still to be checked on.</summary>
    public static IQueryable<ShardRow> Of(NeuroDb db, NodeRow node)
    {
        var since = node.BarredAt!.Value - Stakes.Liable;
        return db.Shards.Where(row => row.NodeId == node.Id && row.State == (int)ShardState.Verified && !row.Checked && row.Copy == 0 && row.DeliveredAt > since);
    }

    /// <summary>The oldest shard that is to be looked at again; null when there is none.</summary>
    /// <param name="except">Those that cannot be looked at.</param>
    public async Task<Delivery?> NextAsync(IReadOnlyCollection<Guid> except, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        foreach (var node in await db.Nodes.AsNoTracking().Where(row => row.BarredAt != null).OrderBy(row => row.BarredAt).ToListAsync(cancel))
        {
            if (await Of(db, node).Where(row => !except.Contains(row.Id)).OrderBy(row => row.DeliveredAt).ThenBy(row => row.Id).Select(row => (Guid?)row.Id).FirstOrDefaultAsync(cancel) is { } next)
            {
                return await Delivery.FindAsync(db, db.Shards.Where(row => row.Id == next), cancel);
            }
        }

        return null;
    }

    public async Task RightAsync(Delivery delivery, string how, long redoneMilli, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        await CheckedAsync(db, delivery.Shard, $"taken on trust, later: {how}", redoneMilli, cancel);
    }

    /// <summary>A paid shard is wrong: its customer gets the price back as far as the fees reach, and is told.</summary>
    public async Task WrongAsync(Delivery delivery, string reason, long redoneMilli, CancellationToken cancel)
    {
        var (shard, job) = (delivery.Shard, delivery.Job);
        var back = await RefundAsync(shard, job, cancel);
        await database.WriteAsync(async db =>
        {
            if (await CheckedAsync(db, shard, $"paid, later found wrong: {reason}", redoneMilli, cancel))
            {
                NodeMarks.Add(db, delivery.Node.Id, time.GetUtcNow(), Interruption.FoundWrong, $"A shard that was paid on trust was found wrong: {reason}", job.Id, shard.Number);
                await log.AppendAsync(
                    db, job.Id, Interruption.FoundWrong, $"Shard {shard.Number + 1}, which was paid on trust, was found wrong when its node was caught: {reason} {back} NTK came back to you; order its images again.",
                    shard.Number, null, cancel);
            }
        }, cancel);
        signals.PulseJob(job.Id, ended: false);
    }

    private static async Task<bool> CheckedAsync(NeuroDb db, ShardRow shard, string how, long redoneMilli, CancellationToken cancel)
    {
        var text = Words.Clip(how, 300);
        return await db.Shards.Where(row => row.Id == shard.Id && row.State == (int)ShardState.Verified && row.Checked == shard.Checked && row.How == shard.How).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.Checked, true).SetProperty(row => row.How, text).SetProperty(row => row.RedoneMilli, row => row.RedoneMilli + redoneMilli), cancel) == 1;
    }

    private async Task<Ntk> RefundAsync(ShardRow shard, JobRow job, CancellationToken cancel)
    {
        var id = DerivedId.Of("refund", shard.Id);
        for (var price = shard.PayNano + shard.FeeNano; ;)
        {
            await using var db = database.CreateDbContext();
            if (await db.Transfers.Where(row => row.Id == id).Select(row => (long?)row.Amount).SingleOrDefaultAsync(cancel) is { } before)
            {
                return new(before);
            }

            var left = await db.Accounts.Where(row => row.Id == SystemAccounts.Fees).Select(row => row.CreditsPosted - row.DebitsPosted - row.DebitsPending).SingleAsync(cancel);
            var amount = new Ntk(Math.Min(price, left));
            if (amount <= Ntk.Zero)
            {
                return Ntk.Zero;
            }

            var moved = await ledger.SubmitAsync(TransferRequest.Transfer(id, SystemAccounts.Fees, job.AccountId, amount, Words.Clip($"Back for shard {shard.Number + 1} of {job.Title}: found wrong", 200)), cancel);
            if (moved.Succeeded)
            {
                return amount;
            }

            // Somebody spent fees meanwhile, or another replica gave it back: look again.
            if (moved.Code is not (TransferCode.InsufficientFunds or TransferCode.ExistsWithDifferentAmount))
            {
                moved.ThrowIfRefused("the refund");
            }
        }
    }
}
