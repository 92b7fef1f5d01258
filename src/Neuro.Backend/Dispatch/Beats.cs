using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Jobs;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Models;

namespace Neuro.Backend.Dispatch;

/// <summary>A node's word that it is still at work on a shard.</summary>
/// <param name="Tells">Whether how far the shard is shall be told to its customer.</param>
internal sealed record Beat(Guid Shard, int Attempt, string Node, double Fraction, bool Tells, IReadOnlyList<TrainingPoint> Points);

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
        var now = time.GetUtcNow();
        var expires = (now + options.LeaseTime).ToMillisecond();
        var outcomes = await ShardChanges.RunAsync(database, log, beats.Select(beat => beat.Shard), async changes =>
        {
            var jobs = changes.Jobs;
            var counts = await changes.Db.Jobs.Where(job => jobs.Contains(job.Id)).Select(job => new { job.Id, job.Events }).ToDictionaryAsync(job => job.Id, job => job.Events);
            var taken = beats.Select(beat => Take(changes, beat, counts, now, expires)).ToList();
            // All at once, and not a row each: with many nodes that is nearly all there is to write.
            var renewed = beats.Zip(taken).Where(pair => pair.Second.Job is not null && changes.Shard(pair.First.Shard)!.Attempt == pair.First.Attempt).Select(pair => pair.First.Shard).ToList();
            await changes.Db.Shards.Where(shard => renewed.Contains(shard.Id)).ExecuteUpdateAsync(set => set.SetProperty(shard => shard.LeaseExpires, expires));
            return taken;
        });
        foreach (var (beat, outcome) in beats.Zip(outcomes))
        {
            if (outcome.Job is { } job)
            {
                held.Note(beat.Shard, beat.Attempt, beat.Node, job, outcome.Expires, beat.Fraction);
            }
        }

        return outcomes;
    }

    private static BeatOutcome Take(ShardChanges changes, Beat beat, Dictionary<Guid, long> counts, DateTimeOffset now, DateTimeOffset expires)
    {
        if (changes.Shard(beat.Shard) is not { } shard)
        {
            return new(null, now, Ended: true, null);
        }

        var oldest = now - LongestLease(shard.WorkMilli);
        if (shard.IsLeasedTo(beat.Node, beat.Attempt, now) && shard.LeasedAt > oldest)
        {
            Tell(changes, beat, shard, mayHavePoints: counts[shard.JobId] < MostEvents);
            return new(shard.JobId, expires, Ended: false, null);
        }

        if (changes.Rival(beat.Shard) is { } rival && rival.IsLeasedTo(beat.Node, beat.Attempt, now) && rival.LeasedAt > oldest)
        {
            (rival.LeaseExpires, rival.Fraction) = (expires, beat.Fraction);
            return new(shard.JobId, expires, Ended: false, null);
        }

        return new(null, now, shard.State == (int)ShardState.Dropped, new(shard.Number, beat.Attempt, shard.Attempt));
    }

    // How far a shard is, is written down together with the event that tells of it: the job's own figure adds up then.
    private static void Tell(ShardChanges changes, Beat beat, ShardRow shard, bool mayHavePoints)
    {
        var before = shard.Fraction;
        var happened = beat.Points.Count > 0
            ? (mayHavePoints ? beat.Points : []).Select(point => new NewEvent("progress", $"Step {point.Step} of {point.Steps}: loss {point.Loss:0.000}, accuracy {point.Accuracy:0.0 %}", shard.Number, point)).ToList()
            : beat.Tells && Math.Floor(beat.Fraction * HeldLeases.Steps) > Math.Floor(before * HeldLeases.Steps) ? [new("progress", $"Shard {shard.Number + 1}: {beat.Fraction:0 %}", shard.Number)] : [];
        if (happened.Count == 0)
        {
            return;
        }

        shard.Fraction = beat.Fraction;
        var done = Progress.Milli(shard.WorkMilli, beat.Fraction) - Progress.Milli(shard.WorkMilli, before);
        foreach (var one in happened)
        {
            changes.Tell(shard, one with { DoneMilli = done, ShardFraction = beat.Fraction });
            done = 0;
        }
    }

    // However faithfully it beats, a node a hundred times slower than the reference gets nowhere: the shard is given to another.
    private static TimeSpan LongestLease(long workMilli) => TimeSpan.FromMinutes(30) + TimeSpan.FromSeconds(Math.Min(workMilli / 1000.0 * 100, TimeSpan.FromDays(30).TotalSeconds));
}
