using Neuro.Backend.Jobs;
using Neuro.Client.Market;

namespace Neuro.Backend.Market.Estimates;

/// <summary>What is known of a shard when it is planned, and what the formula makes of that.</summary>
internal static class ShardFeatures
{
    // Both in milli-CU: a logarithm needs numbers that are large next to 1.
    private const string JobWork = "jobWork";
    private const string Shards = "shards";
    private const string Nodes = "nodes";
    private const string Work = "work";
    private const string Count = "count";
    private const string Inputs = "inputBytes";

    /// <summary>Of the whole job; the same for all of its shards.</summary>
    /// <param name="nodes">How many the auction chose.</param>
    public static IReadOnlyDictionary<string, double> OfJob(WorkPlan plan, int nodes) => new Dictionary<string, double>(plan.Features)
    {
        [JobWork] = plan.Shards.Sum(shard => (double)shard.Work.Milli),
        [Shards] = plan.Shards.Count,
        [Nodes] = nodes,
    };

    public static IReadOnlyDictionary<string, double> OfShard(IReadOnlyDictionary<string, double> job, Cu work, int count, long inputBytes) => new Dictionary<string, double>(job)
    {
        [Work] = work.Milli,
        [Count] = count,
        [Inputs] = inputBytes,
    };

    /// <summary>What the plan says that a shard takes.</summary>
    public static double Formula(Resource resource, IReadOnlyDictionary<string, double> shard) => resource switch
    {
        Resource.Work => Of(shard, Work) / 1000,
        Resource.Memory => Of(shard, WorkPlan.MemoryBytes),
        // Each node fetches the inputs of its shards once and keeps them, and most often those of all shards are the same.
        Resource.BytesIn => Of(shard, Inputs) * Math.Min(Of(shard, Nodes), Of(shard, Shards)) / Math.Max(1, Of(shard, Shards)),
        Resource.BytesOut => Of(shard, WorkPlan.OutputBytes) * Of(shard, Work) / Math.Max(1, Of(shard, JobWork)),
        _ => throw new ArgumentOutOfRangeException(nameof(resource), resource, "There is no such resource."),
    };

    private static double Of(IReadOnlyDictionary<string, double> shard, string name) => shard.GetValueOrDefault(name);
}

/// <summary>What a shard takes of a node.</summary>
internal enum Resource
{
    /// <summary>CU.</summary>
    Work,

    /// <summary>The most at a time, bytes.</summary>
    Memory,

    BytesIn,
    BytesOut,
}
