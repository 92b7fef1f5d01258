using Neuro.Client.Models;

namespace Neuro.Client.Jobs;

/// <summary>Something that happened to a job, in order.</summary>
/// <param name="Sequence">Rises by one; ask for what came after it to go on where one was.</param>
/// <param name="Type">ordered, leased, progress, delivered, verified, round, left_out, ended; paused, resumed, changed; and interruptions: rejected, lease_expired, returned.</param>
/// <param name="Text">For people, one line.</param>
/// <param name="Shard">Which shard it is about, if any.</param>
/// <param name="Fraction">How much of the whole job is done, 0 … 1.</param>
/// <param name="Point">Where training stands, in a progress event of a train job.</param>
public sealed record JobEvent(long Sequence, DateTimeOffset At, string Type, string Text, int? Shard, double Fraction, TrainingPoint? Point)
{
    /// <summary>How much of <see cref="Shard"/> is done, 0 … 1, in a progress event.</summary>
    public double? ShardFraction { get; init; }
}

/// <summary>Where a job stands, as <c>FollowAsync</c> reports it.</summary>
/// <param name="Fraction">How much is done, 0 … 1.</param>
/// <param name="Remaining">At the pace so far; null before there is a pace.</param>
/// <param name="Detail">What happened last, one line.</param>
/// <param name="Curve">All training points so far; empty for a render job.</param>
[TypeFormatterSource("JobFormatters")]
public sealed record JobProgress(Job Job, double Fraction, TimeSpan Elapsed, TimeSpan? Remaining, string Detail, IReadOnlyList<TrainingPoint> Curve)
{
    /// <summary>What happened last.</summary>
    public JobEvent? Event { get; init; }
}
