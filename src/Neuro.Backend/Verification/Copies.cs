using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Jobs;
using Neuro.Backend.Ledger;
using Neuro.Backend.Market;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Verification;

/// <summary>Shards that are given out once more, so that what two owners' nodes deliver can be compared; and canaries, whose answer is known.</summary>
/// <remarks>
/// The copy that checks a delivery has the number of the attempt that it checks; a canary has a higher one than its shard has attempts.
/// The platform pays for both, so they are made only while its fees last.
/// </remarks>
internal sealed class Copies(Database database, NodeRegistry nodes, Signals signals, TimeProvider time)
{
    /// <summary>So long a copy is waited for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // A node has to be done in half that time by its measured speed.
    private static readonly TimeSpan MostWork = Patience / 2;
    private const int MostCandidates = 20;

    /// <summary>Gives a delivered shard out once more; false when nobody else could do it soon, or it cannot be paid.</summary>
    public async Task<bool> MakeAsync(Delivery delivery, CancellationToken cancel)
    {
        var (shard, job) = (delivery.Shard, delivery.Job);
        if (!nodes.Live(job.Kind).Any(other => other.AccountId != delivery.Node.AccountId && IsQuickEnough(other, job.Kind, shard)))
        {
            return false;
        }

        return await AddAsync(shard, job, shard.Attempt, node: null, cancel);
    }

    /// <summary>Gives a node another shard, the answer to which is known: one that was found right, of a running job, by a node of another owner. Does nothing where there is none.</summary>
    /// <param name="delivery">The shard of that node that brings it.</param>
    public async Task MakeCanaryAsync(Delivery delivery, CancellationToken cancel)
    {
        var (node, kind) = (await nodes.GetAsync(delivery.Node.Id, cancel), delivery.Job.Kind);
        if (!nodes.IsLive(node.Id))
        {
            return;
        }

        await using var db = database.CreateDbContext();
        if (await db.Shards.AnyAsync(row => row.NodeId == node.Id && row.Copy > 0 && row.State <= (int)ShardState.Delivered, cancel))
        {
            return;
        }

        var known = await (from shard in db.Shards.AsNoTracking()
                           join job in db.Jobs.AsNoTracking() on shard.JobId equals job.Id
                           join other in db.Nodes on shard.NodeId equals other.Id
                           where job.State == (int)JobPhase.Running && !job.Paused && job.Kind == kind && shard.State == (int)ShardState.Verified && shard.Copy == 0 && shard.Checked
                               && other.AccountId != node.AccountId && other.BarredAt == null
                           orderby shard.DeliveredAt descending
                           select new { shard, job }).Take(MostCandidates).ToListAsync(cancel);
        known.RemoveAll(candidate => !IsQuickEnough(node, candidate.job.Kind, candidate.shard));
        if (known.Count > 0)
        {
            var chosen = known[Trust.Pick(delivery.Shard.SampleSeed, known.Count)];
            var last = await db.Shards.Where(row => row.JobId == chosen.shard.JobId && row.Number == chosen.shard.Number).MaxAsync(row => row.Copy, cancel);
            await AddAsync(chosen.shard, chosen.job, Math.Max(last, chosen.shard.Attempt) + 1, node.Id, cancel);
        }
    }

    /// <summary>The copy that checks a delivery, if there is one, however it stands.</summary>
    public async Task<ShardRow?> OfAsync(ShardRow shard, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        return await db.Shards.AsNoTracking().SingleOrDefaultAsync(row => row.JobId == shard.JobId && row.Number == shard.Number && row.Copy == shard.Attempt, cancel);
    }

    /// <summary>Drops one that is of no use.</summary>
    public async Task DropAsync(ShardRow copy, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        await DropAsync(db.Shards.Where(row => row.Id == copy.Id && row.Copy > 0 && row.State < (int)ShardState.Accepted), cancel);
    }

    /// <summary>Drops those that came back too late or failed, or whose shard or job has ended meanwhile.</summary>
    public async Task DropUselessAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        await using var db = database.CreateDbContext();
        var copies = db.Shards.Where(row => row.Copy > 0 && row.State < (int)ShardState.Accepted);
        await DropAsync(
            copies.Where(copy => (copy.State != (int)ShardState.Delivered && (copy.CheckedUntil == null || copy.CheckedUntil <= now))
                || (copy.State == (int)ShardState.Open && copy.Failures > 0)
                || !db.Jobs.Any(job => job.Id == copy.JobId && job.State == (int)JobPhase.Running)
                || db.Shards.Any(shard => shard.JobId == copy.JobId && shard.Number == copy.Number && shard.Copy == 0
                    && (copy.Copy > shard.Attempt ? shard.State != (int)ShardState.Verified : shard.State != (int)ShardState.Delivered || shard.Attempt != copy.Copy))),
            cancel);
    }

    /// <summary>When the next one has been waited for long enough; null when none is out.</summary>
    public async Task<DateTimeOffset?> NextAsync(CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        return await db.Shards.Where(row => row.Copy > 0 && row.State < (int)ShardState.Delivered).MinAsync(row => row.CheckedUntil, cancel);
    }

    private static Task DropAsync(IQueryable<ShardRow> copies, CancellationToken cancel) => copies.ExecuteUpdateAsync(
        set => set.SetProperty(row => row.State, (int)ShardState.Dropped).SetProperty(row => row.LeaseExpires, (DateTimeOffset?)null), cancel);

    private static bool IsQuickEnough(KnownNode node, string kind, ShardRow shard) => node.Capacity.CuPerSecond(kind) * MostWork.TotalSeconds * 1000 >= shard.WorkMilli;

    private async Task<bool> AddAsync(ShardRow shard, JobRow job, int copy, string? node, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        if (!await CanPayAsync(db, shard, job, cancel))
        {
            return false;
        }

        db.Shards.Add(new ShardRow
        {
            // Not to be guessed, and not to be told from other shards: a node that knows a copy could be honest just there.
            Id = Guid.NewGuid(),
            JobId = job.Id,
            Number = shard.Number,
            Copy = copy,
            First = shard.First,
            Count = shard.Count,
            WorkMilli = shard.WorkMilli,
            Inputs = shard.Inputs,
            State = (int)ShardState.Open,
            NodeId = node,
            CheckedUntil = time.GetUtcNow() + Patience,
            Checked = true,
        });
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException)
        {
            // Another replica has made it.
            await using var again = database.CreateDbContext();
            if (!await again.Shards.AnyAsync(row => row.JobId == job.Id && row.Number == shard.Number && row.Copy == copy, cancel))
            {
                throw;
            }

            return true;
        }

        signals.PulseOpen();
        return true;
    }

    // Twice what all that are out may cost: fees are spent on refunds too.
    private static async Task<bool> CanPayAsync(NeuroDb db, ShardRow shard, JobRow job, CancellationToken cancel)
    {
        var fees = await db.Accounts.Where(row => row.Id == SystemAccounts.Fees).Select(row => row.CreditsPosted - row.DebitsPosted - row.DebitsPending).SingleAsync(cancel);
        var waiting = await (from copy in db.Shards
                          join other in db.Jobs on copy.JobId equals other.Id
                          where copy.Copy > 0 && copy.State <= (int)ShardState.Accepted
                          select new { copy.WorkMilli, other.CapPriceNano }).ToListAsync(cancel);
        var most = waiting.Append(new { shard.WorkMilli, job.CapPriceNano }).Aggregate(Ntk.Zero, (sum, one) => sum + Pricing.Shard(new(one.WorkMilli), new(one.CapPriceNano), 0).Pay);
        return fees / 2 >= most.Nano;
    }
}
