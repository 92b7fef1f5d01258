using Neuro.Backend.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Market;

/// <summary>What work costs at a price per CU.</summary>
internal static class Pricing
{
    // A quarter above the clearing price: room for a node to step in whose floor was not yet known.
    private const decimal Headroom = 1.25m;

    // Without an end to it, one node with an absurd floor would make everybody hold an absurd cap.
    private const decimal MostHeadroom = 2;

    /// <summary>What the node gets for a shard, and the fee on top.</summary>
    public static (Ntk Pay, Ntk Fee) Shard(Cu work, Ntk pricePerCu, int feeBasisPoints)
    {
        var pay = pricePerCu.Times(work.Units);
        return (pay, pay.BasisPoints(feeBasisPoints));
    }

    /// <summary>The whole job, shard by shard, so that rounding never makes the parts more than the whole.</summary>
    public static (Ntk Total, Ntk Fee) Job(IEnumerable<ShardPlan> shards, Ntk pricePerCu, int feeBasisPoints)
    {
        var (total, fees) = (Ntk.Zero, Ntk.Zero);
        foreach (var shard in shards)
        {
            var (pay, fee) = Shard(shard.Work, pricePerCu, feeBasisPoints);
            (total, fees) = (total + pay + fee, fees + fee);
        }

        return (total, fees);
    }

    /// <summary>The most that a node which steps in may ask per CU: the dearest live floor between a quarter above the clearing price and double of it, but never over the customer's limit.</summary>
    public static Ntk Cap(Ntk clearing, IEnumerable<Ntk> floors, Ntk? limit)
    {
        var most = clearing.Times(MostHeadroom);
        var cap = floors.Where(floor => floor <= most).Append(clearing.Times(Headroom)).Max();
        return limit < cap ? limit.Value : cap;
    }
}
