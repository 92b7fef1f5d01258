using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Jobs;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;

namespace Neuro.Backend.Dispatch;

/// <summary>A shard that is to be given out again, if it is still as expected.</summary>
/// <param name="Failures">How much that counts towards giving up its job.</param>
/// <param name="Type">An <see cref="Interruption"/>.</param>
/// <param name="Text">One line, of the shard's number.</param>
/// <param name="Rejected">The node whose work was rejected, if that is why.</param>
/// <param name="Lost">The node whose lease ran out, if that is why.</param>
internal sealed record Reopening(Guid Shard, Func<ShardRow, bool> Expected, int Failures, string Type, Func<int, string> Text, string? Rejected, string? Lost);

/// <summary>Opens shards again, those that are asked for meanwhile in one transaction: when many nodes vanish at once, that is many. Where a second node has a shard too, that one goes on with it.</summary>
internal sealed class Reopenings(Database database, JobLog log, TimeProvider time)
{
    /// <summary>Each as it is then; null when it was not as expected.</summary>
    public async Task<IReadOnlyList<ShardRow?>> OpenAsync(IReadOnlyList<Reopening> reopenings)
    {
        var cancel = CancellationToken.None;
        return await database.WriteAsync(async db =>
        {
            var ids = reopenings.Select(reopening => reopening.Shard).Distinct().ToList();
            var shards = await Locked.ShardsAsync(db, ids, cancel);
            var rivals = await db.Rivals.Where(rival => ids.Contains(rival.ShardId)).ToDictionaryAsync(rival => rival.ShardId, cancel);
            var events = new SortedDictionary<Guid, List<NewEvent>>();
            var results = new List<ShardRow?>(reopenings.Count);
            foreach (var reopening in reopenings)
            {
                var shard = shards.GetValueOrDefault(reopening.Shard);
                results.Add(shard is not null && reopening.Expected(shard) ? Open(db, shard, reopening, rivals, events) : null);
            }

            await db.SaveChangesAsync(cancel);
            var opened = reopenings.Zip(results).Where(pair => pair.Second is not null).Select(pair => pair.First).ToList();
            foreach (var (node, count) in opened.Where(one => one.Rejected is not null).CountBy(one => one.Rejected!).OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                await db.Nodes.Where(row => row.Id == node).ExecuteUpdateAsync(set => set.SetProperty(row => row.ShardsRejected, row => row.ShardsRejected + count), cancel);
            }

            foreach (var (node, count) in opened.Where(one => one.Lost is not null).CountBy(one => one.Lost!).OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                await db.Nodes.Where(row => row.Id == node).ExecuteUpdateAsync(set => set.SetProperty(row => row.ShardsLost, row => row.ShardsLost + count), cancel);
            }

            foreach (var (job, happened) in events)
            {
                await log.AppendAsync(db, job, happened, cancel);
            }

            return results;
        }, cancel);
    }

    private ShardRow Open(NeuroDb db, ShardRow shard, Reopening reopening, Dictionary<Guid, RivalRow> rivals, SortedDictionary<Guid, List<NewEvent>> events)
    {
        var (now, before, sentence) = (time.GetUtcNow(), Progress.Milli(shard.WorkMilli, shard.Fraction), reopening.Text(shard.Number));
        // What was rejected, and why a node is barred, is marked with the verdict.
        if (shard.NodeId is { } node && reopening.Type is (Interruption.Silent or Interruption.Returned))
        {
            NodeMarks.Add(db, node, now, reopening.Type, sentence, shard.JobId, shard.Number);
        }

        (shard.State, shard.Failures, shard.LeaseExpires, shard.Fraction) = ((int)ShardState.Open, shard.Failures + reopening.Failures, null, 0);
        if (rivals.Remove(shard.Id, out var rival))
        {
            db.Rivals.Remove(rival);
            if (rival.LeaseExpires > now)
            {
                Rivals.Promote(shard, rival);
            }
        }

        if (shard.Copy == 0)
        {
            if (!events.TryGetValue(shard.JobId, out var happened))
            {
                events.Add(shard.JobId, happened = []);
            }

            happened.Add(new(reopening.Type, sentence, shard.Number, null, Progress.Milli(shard.WorkMilli, shard.Fraction) - before));
        }

        return shard;
    }
}
