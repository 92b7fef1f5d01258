using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Jobs;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;

namespace Neuro.Backend.Dispatch;

/// <summary>A shard that a node says it has done; the documents as they are kept.</summary>
internal sealed record Delivery(Guid Shard, int Attempt, string Node, string Outputs, string Claims, string? Usage, string Signature);

/// <param name="Job">Set when it was taken now.</param>
/// <param name="MakesRoom">Whether the job has a bound of shards at once, so that another may be given out now.</param>
/// <param name="Repeated">It had been taken before.</param>
internal sealed record DeliveryOutcome(Guid? Job, bool Repeated, bool Ended, LostLease? Lost, bool MakesRoom = false);

/// <summary>Takes finished shards, those that came meanwhile in one transaction. Of two nodes that have the same shard the first is taken.</summary>
internal sealed class Deliveries(Database database, NodeRegistry nodes, JobLog log, HeldLeases held, TimeProvider time)
{
    public async Task<IReadOnlyList<DeliveryOutcome>> TakeAsync(IReadOnlyList<Delivery> deliveries)
    {
        var cancel = CancellationToken.None;
        var outcomes = await database.WriteAsync(async db =>
        {
            var ids = deliveries.Select(delivery => delivery.Shard).Distinct().ToList();
            var shards = await Locked.ShardsAsync(db, ids, cancel);
            var rivals = await db.Rivals.Where(rival => ids.Contains(rival.ShardId)).ToDictionaryAsync(rival => rival.ShardId, cancel);
            var jobIds = shards.Values.Select(shard => shard.JobId).Distinct().ToList();
            var bounded = await db.Jobs.Where(job => jobIds.Contains(job.Id) && job.MostAtOnce != null).Select(job => job.Id).ToListAsync(cancel);
            var events = new SortedDictionary<Guid, List<NewEvent>>();
            var results = new List<DeliveryOutcome>(deliveries.Count);
            foreach (var delivery in deliveries)
            {
                var outcome = Take(db, delivery, shards, rivals, events);
                results.Add(outcome with { MakesRoom = outcome.Job is { } job && bounded.Contains(job) });
            }

            await db.SaveChangesAsync(cancel);
            foreach (var (job, happened) in events)
            {
                await log.AppendAsync(db, job, happened, cancel);
            }

            return results;
        }, cancel);
        foreach (var (delivery, outcome) in deliveries.Zip(outcomes))
        {
            if (outcome.Job is not null)
            {
                held.ForgetShard(delivery.Shard);
            }
        }

        return outcomes;
    }

    private DeliveryOutcome Take(NeuroDb db, Delivery delivery, Dictionary<Guid, ShardRow> shards, Dictionary<Guid, RivalRow> rivals, SortedDictionary<Guid, List<NewEvent>> events)
    {
        var now = time.GetUtcNow();
        if (!shards.TryGetValue(delivery.Shard, out var shard))
        {
            return new(null, Repeated: false, Ended: true, null);
        }

        var rival = rivals.GetValueOrDefault(delivery.Shard);
        var second = rival is not null && shard.State == (int)ShardState.Leased && rival.IsLeasedTo(delivery.Node, delivery.Attempt, now);
        if (!second && !shard.IsLeasedTo(delivery.Node, delivery.Attempt, now))
        {
            var repeated = shard.Attempt == delivery.Attempt && shard.NodeId == delivery.Node && shard.Outputs == delivery.Outputs && shard.State is >= (int)ShardState.Delivered and <= (int)ShardState.Verified;
            return new(null, repeated, shard.State == (int)ShardState.Dropped, new(shard.Number, delivery.Attempt, shard.Attempt));
        }

        var before = shard.Fraction;
        if (rival is not null)
        {
            var loser = second ? shard.NodeId! : rival.NodeId;
            NodeMarks.Add(db, loser, now, Interruption.Outpaced, $"{nodes.Get(delivery.Node).Name}, asked to help, delivered first.", shard.JobId, shard.Number);
            if (second)
            {
                Rivals.Promote(shard, rival);
            }

            db.Rivals.Remove(rival);
            rivals.Remove(delivery.Shard);
        }

        (shard.State, shard.Fraction, shard.LeaseExpires, shard.CheckedUntil) = ((int)ShardState.Delivered, 1, null, null);
        (shard.Outputs, shard.Claims, shard.Usage, shard.NodeSignature) = (delivery.Outputs, delivery.Claims, delivery.Usage, delivery.Signature);
        (shard.DeliveredAt, shard.SampleSeed) = (now, BitConverter.ToInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8)));
        if (shard.Copy == 0)
        {
            if (!events.TryGetValue(shard.JobId, out var happened))
            {
                events.Add(shard.JobId, happened = []);
            }

            happened.Add(new(
                "delivered", $"Shard {shard.Number + 1} delivered by {nodes.Get(delivery.Node).Name}", shard.Number, null, shard.WorkMilli - Progress.Milli(shard.WorkMilli, before)));
        }

        return new(shard.JobId, Repeated: false, Ended: false, null);
    }
}
