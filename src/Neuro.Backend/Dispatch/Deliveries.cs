using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Jobs;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;

namespace Neuro.Backend.Dispatch;

/// <summary>A shard that a node says it has done; the documents as they are kept.</summary>
internal sealed record CompletedShard(Guid Id, int Attempt, string Node, string Outputs, string Claims, string? Usage, string Signature);

/// <param name="Job">Set when it was taken now.</param>
/// <param name="MakesRoom">Whether the job has a bound of shards at once, so that another may be given out now.</param>
/// <param name="Repeated">It had been taken before.</param>
internal sealed record CompletionOutcome(Guid? Job, bool Repeated, bool Ended, LostLease? Lost, bool MakesRoom = false);

/// <summary>Takes finished shards, those that came meanwhile in one transaction. Of two nodes that have the same shard the first is taken.</summary>
internal sealed class Deliveries(Database database, NodeRegistry nodes, JobLog log, HeldLeases held, TimeProvider time)
{
    public async Task<IReadOnlyList<CompletionOutcome>> TakeAsync(IReadOnlyList<CompletedShard> completed)
    {
        var outcomes = await ShardChanges.RunAsync(database, log, completed.Select(one => one.Id), async changes =>
        {
            var jobs = changes.Jobs;
            var bounded = await changes.Db.Jobs.Where(job => jobs.Contains(job.Id) && job.MostAtOnce != null).Select(job => job.Id).ToListAsync();
            return completed.Select(one => Take(changes, one)).Select(outcome => outcome with { MakesRoom = outcome.Job is { } job && bounded.Contains(job) }).ToList();
        });
        foreach (var (one, outcome) in completed.Zip(outcomes))
        {
            if (outcome.Job is not null)
            {
                held.ForgetShard(one.Id);
            }
        }

        return outcomes;
    }

    private CompletionOutcome Take(ShardChanges changes, CompletedShard completed)
    {
        var now = time.GetUtcNow();
        if (changes.Shard(completed.Id) is not { } shard)
        {
            return new(null, Repeated: false, Ended: true, null);
        }

        var rival = changes.Rival(completed.Id);
        var second = rival is not null && shard.State == (int)ShardState.Leased && rival.IsLeasedTo(completed.Node, completed.Attempt, now);
        if (!second && !shard.IsLeasedTo(completed.Node, completed.Attempt, now))
        {
            var repeated = shard.Attempt == completed.Attempt && shard.NodeId == completed.Node && shard.Outputs == completed.Outputs && shard.State is >= (int)ShardState.Delivered and <= (int)ShardState.Verified;
            return new(null, repeated, shard.State == (int)ShardState.Dropped, new(shard.Number, completed.Attempt, shard.Attempt));
        }

        var (before, name) = (shard.Fraction, nodes.Get(completed.Node).Name);
        if (rival is not null)
        {
            NodeMarks.Add(changes.Db, second ? shard.NodeId! : rival.NodeId, now, Interruption.Outpaced, $"{name}, asked to help, delivered first.", shard.JobId, shard.Number);
            changes.EndRival(shard, promote: second);
        }

        (shard.State, shard.Fraction, shard.LeaseExpires, shard.CheckedUntil) = ((int)ShardState.Delivered, 1, null, null);
        (shard.Outputs, shard.Claims, shard.Usage, shard.NodeSignature) = (completed.Outputs, completed.Claims, completed.Usage, completed.Signature);
        (shard.DeliveredAt, shard.SampleSeed) = (now, BitConverter.ToInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8)));
        changes.Tell(shard, new("delivered", $"Shard {shard.Number + 1} delivered by {name}", shard.Number, null, shard.WorkMilli - Progress.Milli(shard.WorkMilli, before)));
        return new(shard.JobId, Repeated: false, Ended: false, null);
    }
}
