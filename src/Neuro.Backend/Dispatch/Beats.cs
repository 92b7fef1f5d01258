using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Jobs;
using Neuro.Backend.Storage;
using Neuro.Client.Models;

namespace Neuro.Backend.Dispatch;

/// <summary>A node's word that it is still at work on a shard.</summary>
internal sealed record Beat(Guid Shard, int Attempt, string Node, double Fraction, IReadOnlyList<TrainingPoint> Points);

/// <param name="Job">Null when the lease is no more.</param>
/// <param name="Ended">Whether that is because the job has ended.</param>
internal sealed record BeatOutcome(Guid? Job, DateTimeOffset Expires, bool Ended, LostLease? Lost);

/// <summary>Writes heart-beats: those that came meanwhile in one transaction.</summary>
internal sealed class Beats(Database database, JobLog log, HeldLeases held, PlatformOptions options, TimeProvider time)
{
    // Four points a second for seven hours; from then on a curve gains nothing from more, and a node could fill the disk.
    private const int MostEvents = 100_000;

    public async Task<IReadOnlyList<BeatOutcome>> WriteAsync(IReadOnlyList<Beat> beats)
    {
        var (now, cancel) = (time.GetUtcNow(), CancellationToken.None);
        var expires = DateTimeOffset.FromUnixTimeMilliseconds((now + options.LeaseTime).ToUnixTimeMilliseconds());
        var outcomes = await database.WriteAsync(async db =>
        {
            var ids = beats.Select(beat => beat.Shard).Distinct().ToList();
            var shards = await Locked.ShardsAsync(db, ids, cancel);
            var rivals = await db.Rivals.Where(rival => ids.Contains(rival.ShardId)).ToDictionaryAsync(rival => rival.ShardId, cancel);
            var jobIds = shards.Values.Select(shard => shard.JobId).Distinct().ToList();
            var counts = await db.Jobs.Where(job => jobIds.Contains(job.Id)).Select(job => new { job.Id, job.Events }).ToDictionaryAsync(job => job.Id, job => job.Events, cancel);
            var events = new SortedDictionary<Guid, List<NewEvent>>();
            var results = new List<BeatOutcome>(beats.Count);
            foreach (var beat in beats)
            {
                results.Add(Outcome(beat, shards, rivals, counts, events, now, expires));
            }

            await db.SaveChangesAsync(cancel);
            foreach (var (job, happened) in events)
            {
                await log.AppendAsync(db, job, happened, cancel);
            }

            return results;
        }, cancel);
        foreach (var (beat, outcome) in beats.Zip(outcomes))
        {
            if (outcome.Job is { } job)
            {
                held.Note(beat.Shard, beat.Attempt, beat.Node, job, outcome.Expires, beat.Fraction);
            }
        }

        return outcomes;
    }

    private static BeatOutcome Outcome(
        Beat beat, Dictionary<Guid, ShardRow> shards, Dictionary<Guid, RivalRow> rivals, Dictionary<Guid, long> counts, SortedDictionary<Guid, List<NewEvent>> events, DateTimeOffset now, DateTimeOffset expires)
    {
        if (!shards.TryGetValue(beat.Shard, out var shard))
        {
            return new(null, now, Ended: true, null);
        }

        if (shard.IsLeasedTo(beat.Node, beat.Attempt, now) && shard.LeasedAt > now - LongestLease(shard.WorkMilli))
        {
            var before = shard.Fraction;
            (shard.LeaseExpires, shard.Fraction) = (expires, beat.Fraction);
            if (shard.Copy == 0)
            {
                Tell(beat, shard, before, counts, events);
            }

            return new(shard.JobId, expires, Ended: false, null);
        }

        if (rivals.TryGetValue(beat.Shard, out var rival) && rival.IsLeasedTo(beat.Node, beat.Attempt, now) && rival.LeasedAt > now - LongestLease(shard.WorkMilli))
        {
            (rival.LeaseExpires, rival.Fraction) = (expires, beat.Fraction);
            return new(shard.JobId, expires, Ended: false, null);
        }

        return new(null, now, shard.State == (int)ShardState.Dropped, new(shard.Number, beat.Attempt, shard.Attempt));
    }

    private static void Tell(Beat beat, ShardRow shard, double before, Dictionary<Guid, long> counts, SortedDictionary<Guid, List<NewEvent>> events)
    {
        var done = Progress.Milli(shard.WorkMilli, beat.Fraction) - Progress.Milli(shard.WorkMilli, before);
        List<NewEvent> happened = [];
        foreach (var point in counts[shard.JobId] < MostEvents ? beat.Points : [])
        {
            happened.Add(new("progress", $"Step {point.Step} of {point.Steps}: loss {point.Loss:0.000}, accuracy {point.Accuracy:0.0 %}", shard.Number, point, done));
            done = 0;
        }

        if (beat.Points.Count == 0 && (Math.Floor(beat.Fraction * HeldLeases.Steps) > Math.Floor(before * HeldLeases.Steps)))
        {
            happened.Add(new("progress", $"Shard {shard.Number + 1}: {beat.Fraction:0 %}", shard.Number, null, done));
            done = 0;
        }

        if (happened.Count == 0)
        {
            // What no event tells of is told with the next one.
            shard.Fraction = before;
            return;
        }

        if (!events.TryGetValue(shard.JobId, out var all))
        {
            events.Add(shard.JobId, all = []);
        }

        all.AddRange(happened);
    }

    // However faithfully it beats, a node a hundred times slower than the reference gets nowhere: the shard is given to another.
    private static TimeSpan LongestLease(long workMilli) => TimeSpan.FromMinutes(30) + TimeSpan.FromSeconds(Math.Min(workMilli / 1000.0 * 100, TimeSpan.FromDays(30).TotalSeconds));
}
