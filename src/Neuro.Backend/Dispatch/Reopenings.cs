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
    public async Task<IReadOnlyList<ShardRow?>> OpenAsync(IReadOnlyList<Reopening> reopenings) => await ShardChanges.RunAsync(database, log, reopenings.Select(one => one.Shard), async changes =>
    {
        var results = reopenings.Select(one => changes.Shard(one.Shard) is { } shard && one.Expected(shard) ? Open(changes, shard, one) : null).ToList();
        var opened = reopenings.Zip(results).Where(pair => pair.Second is not null).Select(pair => pair.First).ToList();
        foreach (var (node, count) in Counted(opened, one => one.Rejected))
        {
            await changes.Db.Nodes.Where(row => row.Id == node).ExecuteUpdateAsync(set => set.SetProperty(row => row.ShardsRejected, row => row.ShardsRejected + count));
        }

        foreach (var (node, count) in Counted(opened, one => one.Lost))
        {
            await changes.Db.Nodes.Where(row => row.Id == node).ExecuteUpdateAsync(set => set.SetProperty(row => row.ShardsLost, row => row.ShardsLost + count));
        }

        return results;
    });

    // In one order, so that of two who change the same nodes one waits for the other and not both.
    private static IEnumerable<KeyValuePair<string, int>> Counted(IEnumerable<Reopening> opened, Func<Reopening, string?> node) =>
        opened.Select(node).OfType<string>().CountBy(id => id).OrderBy(pair => pair.Key, StringComparer.Ordinal);

    private ShardRow Open(ShardChanges changes, ShardRow shard, Reopening reopening)
    {
        var (now, before, sentence) = (time.GetUtcNow(), Progress.Milli(shard.WorkMilli, shard.Fraction), reopening.Text(shard.Number));
        // What was rejected, and why a node is barred, is marked with the verdict.
        if (shard.NodeId is { } node && reopening.Type is (Interruption.Silent or Interruption.Returned))
        {
            NodeMarks.Add(changes.Db, node, now, reopening.Type, sentence, shard.JobId, shard.Number);
        }

        (shard.State, shard.Failures, shard.LeaseExpires, shard.Fraction) = ((int)ShardState.Open, shard.Failures + reopening.Failures, null, 0);
        changes.EndRival(shard, promote: changes.Rival(shard.Id)?.LeaseExpires > now);
        changes.Tell(shard, new(reopening.Type, sentence, shard.Number, null, Progress.Milli(shard.WorkMilli, shard.Fraction) - before));
        return shard;
    }
}
