using Neuro.Backend.Jobs;
using Neuro.Backend.Storage;
using Neuro.Client.Api;

namespace Neuro.Backend.Dispatch;

/// <summary>Whether a lease still holds.</summary>
internal static class Holding
{
    public static bool IsLeasedTo(this ShardRow shard, string node, int attempt, DateTimeOffset now) =>
        shard.State == (int)ShardState.Leased && shard.Attempt == attempt && shard.NodeId == node && shard.LeaseExpires > now;

    public static bool IsLeasedTo(this RivalRow rival, string node, int attempt, DateTimeOffset now) => rival.Attempt == attempt && rival.NodeId == node && rival.LeaseExpires > now;
}

/// <summary>A lease that is over.</summary>
internal sealed record LostLease(int Shard, int Attempt, int Newest)
{
    public NeuroException Exception => new(
        "lease.lost", $"Attempt {Attempt} at shard {Shard + 1} is over{(Newest > Attempt ? $": attempt {Newest} has begun" : "")}. Drop the work and claim again.")
    { Status = 409 };
}

/// <summary>How much of a job's work stands for a part of a shard.</summary>
internal static class Progress
{
    public static long Milli(long workMilli, double fraction) => (long)(workMilli * fraction);
}
