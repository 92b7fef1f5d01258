using Neuro.Backend.Nodes;

namespace Neuro.Backend.Dispatch;

/// <summary>How much of a shard a node gets at a time.</summary>
internal static class Cutting
{
    // So long a piece takes its node: little is lost with it, and what is fixed about a shard does not count. With many nodes longer, so that they ask for no more shards a second than a database gives out.
    private const double LeastSeconds = 10;
    private const double MostClaimsASecond = 1000;

    // Of what is still open each node gets at most half of its fair share, so that all end at nearly the same time
    // (factoring: Flynn Hummel, Schonberg and Flynn, Communications of the ACM 35(8), 1992).
    private const double PartOfShare = 0.5;

    /// <param name="count">How many things (images) the shard is of.</param>
    /// <param name="grain">The smallest piece; 0 for a shard that stays whole.</param>
    /// <param name="workMilli">What the whole shard takes, thousandths of a CU.</param>
    /// <param name="speed">Of the node, CU a second.</param>
    /// <param name="openMilli">What of the job is still open, this shard included.</param>
    /// <param name="pool">All live nodes for this kind of work.</param>
    /// <returns>How many the node gets: 1 to <paramref name="count"/>, and never so many that less than a grain is left.</returns>
    public static int Count(int count, int grain, long workMilli, double speed, long openMilli, Pool pool)
    {
        if (grain <= 0 || count < 2 * (long)grain)
        {
            return count;
        }

        var share = PartOfShare * openMilli / 1000 * speed / Math.Max(speed, pool.CuPerSecond);
        var perItem = workMilli / 1000.0 / count;
        var fitting = Math.Min(speed * Math.Max(LeastSeconds, pool.Nodes / MostClaimsASecond), share) / perItem;
        var taken = (int)Math.Clamp(fitting, grain, count);
        return count - taken < grain ? count : taken;
    }
}
