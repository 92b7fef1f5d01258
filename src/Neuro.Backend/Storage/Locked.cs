using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Jobs;

namespace Neuro.Backend.Storage;

/// <summary>Shards that nobody else changes until the transaction ends. Over SQLite the transaction itself sees to that.</summary>
internal static class Locked
{
    /// <summary>In the order of their ids, so that of two who want the same some one waits for the other and not both.</summary>
    public static Task<Dictionary<Guid, ShardRow>> ShardsAsync(NeuroDb db, IReadOnlyCollection<Guid> ids, CancellationToken cancel)
    {
        var rows = db.Database.IsNpgsql() ? db.Shards.FromSql($"SELECT * FROM shards WHERE id = ANY({ids.ToArray()}) ORDER BY id FOR UPDATE") : db.Shards.Where(row => ids.Contains(row.Id));
        return rows.ToDictionaryAsync(row => row.Id, cancel);
    }

    /// <summary>The first open shards of a job, without those that another replica is giving out now.</summary>
    public static Task<List<ShardRow>> OpenAsync(NeuroDb db, Guid job, int most, CancellationToken cancel)
    {
        const int open = (int)ShardState.Open;
        return db.Database.IsNpgsql()
            ? db.Shards.FromSql($"SELECT * FROM shards WHERE job_id = {job} AND state = {open} AND copy = 0 ORDER BY number LIMIT {most} FOR UPDATE SKIP LOCKED").ToListAsync(cancel)
            : db.Shards.Where(row => row.JobId == job && row.State == open && row.Copy == 0).OrderBy(row => row.Number).Take(most).ToListAsync(cancel);
    }

    /// <summary>Open copies of shards, without those that another replica is giving out now.</summary>
    public static Task<List<ShardRow>> OpenCopiesAsync(NeuroDb db, int most, CancellationToken cancel)
    {
        const int open = (int)ShardState.Open;
        return db.Database.IsNpgsql()
            ? db.Shards.FromSql($"SELECT * FROM shards WHERE copy > 0 AND state = {open} ORDER BY id LIMIT {most} FOR UPDATE SKIP LOCKED").ToListAsync(cancel)
            : db.Shards.Where(row => row.Copy > 0 && row.State == open).OrderBy(row => row.Id).Take(most).ToListAsync(cancel);
    }
}
