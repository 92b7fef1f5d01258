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
    public static (Ntk Pay, Ntk Fee) Shard(Cu work, Ntk pricePerCu, int feeBasisPoints) => WithFee(pricePerCu.Times(work.Units), feeBasisPoints);

    /// <summary>What the node gets for a part of a shard, and the fee on top: rounded down, so that the parts never come to more than the whole.</summary>
    public static (Ntk Pay, Ntk Fee) Piece(Cu work, Ntk pricePerCu, int feeBasisPoints) => WithFee(new((long)decimal.Floor(pricePerCu.Nano * work.Units)), feeBasisPoints);

    public static (Ntk Pay, Ntk Fee) WithFee(Ntk pay, int feeBasisPoints) => (pay, pay.BasisPoints(feeBasisPoints));

    /// <summary>The whole job, shard by shard, so that rounding never makes the parts more than the whole, and what nodes get for starting up.</summary>
    public static (Ntk Total, Ntk Fee) Job(IEnumerable<ShardPlan> shards, Ntk pricePerCu, IEnumerable<Promise> promises, int feeBasisPoints)
    {
        var (total, fees) = (Ntk.Zero, Ntk.Zero);
        foreach (var same in shards.CountBy(shard => shard.Work))
        {
            var (pay, fee) = Shard(same.Key, pricePerCu, feeBasisPoints);
            (total, fees) = (total + new Ntk((pay + fee).Nano * same.Value), fees + new Ntk(fee.Nano * same.Value));
        }

        foreach (var promise in promises.Where(promise => promise.Start > Ntk.Zero))
        {
            // It is paid with a shard, and the fee of the two together may round up by a nano.
            var fee = promise.Start.BasisPoints(feeBasisPoints) + new Ntk(1);
            (total, fees) = (total + promise.Start + fee, fees + fee);
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

    /// <summary>The highest price per CU between two at which a whole job costs no more than that; the lower one must be such a price.</summary>
    public static Ntk Highest(Ntk low, Ntk high, Func<Ntk, Ntk> total, Ntk most)
    {
        while (low < high)
        {
            var middle = new Ntk(high.Nano - ((high.Nano - low.Nano) / 2));
            (low, high) = total(middle) <= most ? (middle, high) : (low, new Ntk(middle.Nano - 1));
        }

        return low;
    }
}
