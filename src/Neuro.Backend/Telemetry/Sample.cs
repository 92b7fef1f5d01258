namespace Neuro.Backend.Telemetry;

/// <summary>How the platform stood at a moment; the same for every replica.</summary>
/// <param name="Started">When it began to be read.</param>
/// <param name="Shards">Those that wait, are leased, and are delivered or accepted but not yet paid.</param>
/// <param name="OldestLease">How long the longest lease has lasted.</param>
/// <param name="Jobs">The running ones by kind.</param>
/// <param name="Done">What nodes have ever done.</param>
/// <param name="VerifyOverhead">CU that checks did again over CU verified.</param>
internal sealed record Sample(DateTimeOffset Started, ShardCounts Shards, TimeSpan OldestLease, IReadOnlyList<KindOfJobs> Jobs, Record Done, double VerifyOverhead);

/// <summary>Shards by state.</summary>
internal sealed record ShardCounts(long Open, long Leased, long Delivered);

/// <summary>The running jobs of a kind, and what the newest of them pays.</summary>
/// <param name="PriceNano">Nano NTK per CU.</param>
internal sealed record KindOfJobs(string Kind, int Running, long PriceNano);

/// <summary>Shards of all nodes, ever.</summary>
internal sealed record Record(long Done, long Rejected, long Lost);
