using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Jobs;
using Neuro.Backend.Storage;

namespace Neuro.Backend.Dispatch;

/// <summary>Some shards, locked, with their second leases, to be changed in one transaction; and what happens to their jobs by that.</summary>
internal sealed class ShardChanges
{
    private readonly Dictionary<Guid, ShardRow> shards;
    private readonly Dictionary<Guid, RivalRow> rivals;
    // In the order of their ids: their rows are locked in that order.
    private readonly SortedDictionary<Guid, List<NewEvent>> events = [];

    private ShardChanges(NeuroDb db, Dictionary<Guid, ShardRow> shards, Dictionary<Guid, RivalRow> rivals) => (Db, this.shards, this.rivals) = (db, shards, rivals);

    public NeuroDb Db { get; }

    public IReadOnlyList<Guid> Jobs => [.. shards.Values.Select(shard => shard.JobId).Distinct()];

    /// <summary>Runs <paramref name="work"/> over these shards, saves what it changed, and appends the events that it told.</summary>
    public static Task<T> RunAsync<T>(Database database, JobLog log, IEnumerable<Guid> ids, Func<ShardChanges, Task<T>> work) => database.WriteAsync(async db =>
    {
        var cancel = CancellationToken.None;
        var wanted = ids.Distinct().ToList();
        var changes = new ShardChanges(
            db, await Locked.ShardsAsync(db, wanted, cancel), await db.Rivals.Where(rival => wanted.Contains(rival.ShardId)).ToDictionaryAsync(rival => rival.ShardId, cancel));
        var result = await work(changes);
        await db.SaveChangesAsync(cancel);
        foreach (var (job, happened) in changes.events)
        {
            await log.AppendAsync(db, job, happened, cancel);
        }

        return result;
    }, CancellationToken.None);

    /// <summary>Null when there is no such shard.</summary>
    public ShardRow? Shard(Guid id) => shards.GetValueOrDefault(id);

    /// <summary>Its second lease, if it has one.</summary>
    public RivalRow? Rival(Guid id) => rivals.GetValueOrDefault(id);

    /// <summary>Ends the second lease of a shard; as the one that counts, if it is promoted.</summary>
    public void EndRival(ShardRow shard, bool promote)
    {
        if (!rivals.Remove(shard.Id, out var rival))
        {
            return;
        }

        Db.Rivals.Remove(rival);
        if (promote)
        {
            (shard.State, shard.Attempt, shard.NodeId) = ((int)ShardState.Leased, rival.Attempt, rival.NodeId);
            (shard.LeasedAt, shard.LeaseExpires, shard.Fraction) = (rival.LeasedAt, rival.LeaseExpires, rival.Fraction);
            (shard.PayNano, shard.FeeNano) = (rival.PayNano, rival.FeeNano);
        }
    }

    /// <summary>Something that happens to a shard's job. Of a copy its customer hears nothing.</summary>
    public void Tell(ShardRow shard, NewEvent happened)
    {
        if (shard.Copy > 0)
        {
            return;
        }

        if (!events.TryGetValue(shard.JobId, out var all))
        {
            events.Add(shard.JobId, all = []);
        }

        all.Add(happened);
    }
}
