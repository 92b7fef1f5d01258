using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Models;

namespace Neuro.Backend.Jobs;

/// <summary>What happened to jobs, in order; written in the transaction that made it happen.</summary>
internal sealed class JobLog(Database database, Signals signals, TimeProvider time)
{
    private const int PageLength = 256;

    /// <summary>Adds an event. The caller holds a transaction, and pulses the job's signal once it has committed.</summary>
    public Task AppendAsync(NeuroDb db, Guid job, string type, string text, int? shard, TrainingPoint? point, CancellationToken cancel) =>
        AppendAsync(db, job, [new(type, text, shard, point)], cancel);

    /// <summary>Adds events. The caller holds a transaction, and pulses the job's signal once it has committed.</summary>
    public async Task AppendAsync(NeuroDb db, Guid job, IReadOnlyList<NewEvent> events, CancellationToken cancel)
    {
        var doneMilli = events.Sum(one => one.DoneMilli);
        // The counter's row lock gives each event its own number, whoever else writes.
        var counted = (await db.Database.SqlQuery<Counted>(
            $"""
            UPDATE jobs SET events = events + {events.Count}, done_milli = done_milli + {doneMilli} WHERE id = {job}
            RETURNING events AS "Events", done_milli AS "DoneMilli", work_milli AS "WorkMilli"
            """).ToListAsync(cancel)).Single();
        var (sequence, done) = (counted.Events - events.Count, counted.DoneMilli - doneMilli);
        foreach (var one in events)
        {
            done += one.DoneMilli;
            db.Events.Add(new EventRow
            {
                JobId = job,
                Sequence = ++sequence,
                At = time.GetUtcNow(),
                Type = one.Type,
                Text = one.Text,
                Shard = one.Shard,
                Fraction = Math.Clamp((double)done / counted.WorkMilli, 0, 1),
                ShardFraction = one.ShardFraction,
                Point = one.Point is null ? null : JsonSerializer.Serialize(one.Point, NeuroJson.Options),
            });
        }

        await db.SaveChangesAsync(cancel);
    }

    /// <summary>All events after a sequence number, and then each as it happens, until the job has ended.</summary>
    public async IAsyncEnumerable<JobEvent> FollowAsync(Guid job, long after, [EnumeratorCancellation] CancellationToken cancel)
    {
        while (true)
        {
            var happened = signals.Job(job);
            var page = await PageAsync(job, after, cancel);
            foreach (var entry in page)
            {
                after = entry.Sequence;
                yield return entry;
                if (entry.Type == "ended")
                {
                    yield break;
                }
            }

            if (page.Count > 0)
            {
                continue;
            }

            if (await HasEndedAsync(job, after, cancel))
            {
                yield break;
            }

            await happened.WaitAsync(cancel);
        }
    }

    private async Task<List<JobEvent>> PageAsync(Guid job, long after, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var rows = await db.Events.AsNoTracking().Where(row => row.JobId == job && row.Sequence > after).OrderBy(row => row.Sequence).Take(PageLength).ToListAsync(cancel);
        return rows.ConvertAll(row => new JobEvent(
            row.Sequence, row.At, row.Type, row.Text, row.Shard, row.Fraction, row.Point is null ? null : JsonSerializer.Deserialize<TrainingPoint>(row.Point, NeuroJson.Options))
        { ShardFraction = row.ShardFraction });
    }

    // Someone who has seen the last event already, and asks again.
    private async Task<bool> HasEndedAsync(Guid job, long after, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        return await db.Jobs.AnyAsync(row => row.Id == job && row.EndedAt != null && row.Events <= after, cancel);
    }

    private sealed record Counted(long Events, long DoneMilli, long WorkMilli);
}

/// <summary>Something that happens to a job.</summary>
/// <param name="ShardFraction">How much of the shard is done, where that is what it tells.</param>
/// <param name="DoneMilli">How much more of the job is done by it, thousandths of a CU; negative when something was undone.</param>
internal sealed record NewEvent(string Type, string Text, int? Shard, TrainingPoint? Point = null, long DoneMilli = 0, double? ShardFraction = null);
