namespace Neuro.Backend.Nodes;

/// <summary>What a node's past says of its next shard.</summary>
internal static class TrackRecord
{
    // A newcomer counts as one that had twenty shards, nineteen of them verified; its own record soon outweighs them.
    public const double PriorVerified = 19;
    public const double PriorShards = 20;

    // Nobody is without hope: at this a floor counts a hundredfold.
    private const double Least = 0.01;

    /// <summary>The probability that a shard it leases is delivered and verified: the mean of Beta(19 + verified, 1 + failed).</summary>
    /// <param name="failed">Rejected, or its lease ran out. What it gave back in time does not count: another node can have it at once.</param>
    /// <returns>To six decimals, as an auction compares it.</returns>
    public static double Reliability(int verified, int failed) => Math.Max(Least, Math.Round((PriorVerified + verified) / (PriorShards + verified + failed), 6));
}
