using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Jobs;
using Neuro.Backend.Storage;
using Neuro.Backend.Verification;

namespace Neuro.Backend.Telemetry;

/// <summary>Reads how the platform stands, when somebody asks and at most every two seconds: one query for shards, one for jobs, one for nodes.</summary>
internal sealed class Sampler(Database database, Overhead overhead, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);
    private readonly Lock asking = new();
    private Task<Sample>? answer;
    private long answeredAt;

    /// <summary>All who ask within two seconds get one answer, or one failure; a database that says nothing for so long has failed.</summary>
    public Task<Sample> LatestAsync()
    {
        lock (asking)
        {
            if (answer is null || (answer.IsCompleted && time.GetElapsedTime(Volatile.Read(ref answeredAt)) >= Fresh))
            {
                answer = AskAsync();
            }

            return answer;
        }
    }

    /// <summary>As it stands now.</summary>
    public async Task<Sample> ReadAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        await using var db = database.CreateDbContext();
        var shards = (await db.Database.SqlQuery<ShardFigures>($"""
            SELECT (SELECT COUNT(*) FROM shards WHERE state = {(int)ShardState.Open}) AS "Open",
                   (SELECT COUNT(*) FROM shards WHERE state = {(int)ShardState.Leased}) AS "Leased",
                   (SELECT COUNT(*) FROM shards WHERE state IN ({(int)ShardState.Delivered}, {(int)ShardState.Accepted})) AS "Delivered",
                   (SELECT MIN(leased_at) FROM shards WHERE state = {(int)ShardState.Leased}) AS "Oldest"
            """).ToListAsync(cancel)).Single();
        var jobs = await db.Jobs.Where(job => job.State == (int)JobPhase.Running).Select(job => new { job.Kind, job.PriceNano, job.CreatedAt }).ToListAsync(cancel);
        var done = (await db.Database.SqlQuery<Record>($"""
            SELECT CAST(COALESCE(SUM(shards_done), 0) AS BIGINT) AS "Done", CAST(COALESCE(SUM(shards_rejected), 0) AS BIGINT) AS "Rejected",
                   CAST(COALESCE(SUM(shards_lost), 0) AS BIGINT) AS "Lost" FROM nodes
            """).ToListAsync(cancel)).Single();
        return new(
            now, new(shards.Open, shards.Leased, shards.Delivered), shards.Oldest is { } oldest ? now - DateTimeOffset.FromUnixTimeMilliseconds(oldest) : TimeSpan.Zero,
            [.. jobs.GroupBy(job => job.Kind).Select(kind => new KindOfJobs(kind.Key, kind.Count(), kind.MaxBy(job => job.CreatedAt)!.PriceNano))], done,
            (await overhead.ReportAsync(cancel)).AllTime.Overhead);
    }

    private async Task<Sample> AskAsync()
    {
        using var over = new CancellationTokenSource(Fresh, time);
        try
        {
            // On another thread: SQLite answers where it was asked.
            return await Task.Run(() => ReadAsync(over.Token), CancellationToken.None).WaitAsync(over.Token);
        }
        finally
        {
            Volatile.Write(ref answeredAt, time.GetTimestamp());
        }
    }

    private sealed record ShardFigures(long Open, long Leased, long Delivered, long? Oldest);
}
