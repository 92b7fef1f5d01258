using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Jobs;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;

namespace Neuro.Backend.Dispatch;

/// <summary>Near the end of a job, gives a shard whose node is slow to a second one: the first result wins and is paid, once.</summary>
internal sealed class Stragglers(NodeRegistry nodes)
{
    // A second node is asked only if it would be done in half of the time that the first still needs.
    private const double Gain = 2;
    private const int MostLookedAt = 64;

    // A node that has had a shard for so many times what its measured speed says is not believed to be nearly done.
    private const double Trust = 5;
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(10);

    public async Task AddAsync(Round round, CancellationToken cancel)
    {
        var db = round.Db;
        var before = round.Now - Least;
        var ids = await (from shard in db.Shards
                         join job in db.Jobs on shard.JobId equals job.Id
                         where shard.State == (int)ShardState.Leased && shard.LeasedAt < before && shard.Copy == 0 && job.State == (int)JobPhase.Running && !job.Paused
                            && !db.Rivals.Any(rival => rival.ShardId == shard.Id)
                            && !db.Shards.Any(other => other.JobId == job.Id && other.State == (int)ShardState.Open && other.Copy == 0)
                         orderby shard.LeasedAt
                         select shard.Id).Take(MostLookedAt).ToListAsync(cancel);
        if (ids.Count == 0)
        {
            return;
        }

        var slow = (await Locked.ShardsAsync(db, ids, cancel)).Values.Where(shard => shard.State == (int)ShardState.Leased).OrderBy(shard => shard.LeasedAt).ToList();
        var rivalled = await db.Rivals.Where(rival => ids.Contains(rival.ShardId)).Select(rival => rival.ShardId).ToListAsync(cancel);
        var jobIds = slow.Select(shard => shard.JobId).Distinct().ToList();
        var jobs = await JobHead.From(db.Jobs.AsNoTracking().Where(job => jobIds.Contains(job.Id))).ToDictionaryAsync(job => job.Id, cancel);
        foreach (var shard in slow.Where(shard => !rivalled.Contains(shard.Id)))
        {
            var (job, holder) = (jobs[shard.JobId], await nodes.GetAsync(shard.NodeId!, cancel));
            var left = Left(shard, holder.Capacity.CuPerSecond(job.Kind), round.Now);
            var quick = round.Waiting.FirstOrDefault(candidate => candidate.Node.Id != holder.Id && job.Suits(candidate.Node) && round.TakesPrice(candidate.Node, job)
                && left > Gain * shard.WorkMilli / 1000 / candidate.Node.Capacity.CuPerSecond(job.Kind));
            var rival = new RivalRow { ShardId = shard.Id };
            if (quick is not null && round.Take(quick, shard, job, rival))
            {
                db.Rivals.Add(rival);
            }
        }
    }

    /// <summary>How long the node that has it will still need, seconds: at its pace so far; before it has shown one, or when it has shown too many, what its measured speed says, and as long as it has had already once that is over.</summary>
    internal static double Left(ShardRow shard, double speed, DateTimeOffset now)
    {
        var (elapsed, planned) = ((now - shard.LeasedAt!.Value).TotalSeconds, shard.WorkMilli / 1000.0 / speed);
        return shard.Fraction > 0 && elapsed < Trust * Math.Max(planned, Least.TotalSeconds) ? elapsed * (1 - shard.Fraction) / shard.Fraction : Math.Max(planned - elapsed, elapsed);
    }
}
