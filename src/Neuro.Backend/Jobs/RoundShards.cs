using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Dispatch;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;

namespace Neuro.Backend.Jobs;

/// <summary>The shards of a job's round.</summary>
internal static class RoundShards
{
    /// <summary>Those of a round and of the one after it, locked, in the order of their numbers; without copies.</summary>
    public static async Task<List<ShardRow>> OfAsync(NeuroDb db, Guid job, int round, CancellationToken cancel)
    {
        var ids = await db.Shards.Where(row => row.JobId == job && row.Copy == 0 && (row.Round == round || row.Round == round + 1)).Select(row => row.Id).ToListAsync(cancel);
        return [.. (await Locked.ShardsAsync(db, ids, cancel)).Values.OrderBy(row => row.Number)];
    }

    /// <summary>Lets a round go on without some of its shards. Their work counts as done, and the job has so many shards fewer.</summary>
    public static async Task LeaveOutAsync(NeuroDb db, JobLog log, JobRow job, IReadOnlyList<ShardRow> shards, DateTimeOffset now, CancellationToken cancel)
    {
        var ids = shards.Select(shard => shard.Id).ToList();
        var rivals = await db.Rivals.Where(row => ids.Contains(row.ShardId)).ToListAsync(cancel);
        var events = new List<NewEvent>();
        foreach (var shard in shards)
        {
            var holders = rivals.Where(rival => rival.ShardId == shard.Id).Select(rival => rival.NodeId);
            foreach (var node in shard.State == (int)ShardState.Leased ? holders.Append(shard.NodeId!) : holders)
            {
                NodeMarks.Add(db, node, now, Interruption.JobEnded, "The round ended without it.", job.Id, shard.Number);
            }

            events.Add(new("left_out", $"Shard {shard.Number + 1} is left out of round {shard.Round + 1}", shard.Number, null, shard.WorkMilli - Progress.Milli(shard.WorkMilli, shard.Fraction)));
            (shard.State, shard.LeaseExpires) = ((int)ShardState.Dropped, null);
        }

        db.Rivals.RemoveRange(rivals);
        await db.SaveChangesAsync(cancel);
        await db.Jobs.Where(row => row.Id == job.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Shards, row => row.Shards - shards.Count), cancel);
        await log.AppendAsync(db, job.Id, events, cancel);
    }
}
