using Neuro.Client.Tokens;

namespace Neuro.Node.Tests.Bidding;

/// <summary>A seller in one round: what he asks per CU, and how many milli-CU he can do.</summary>
internal readonly record struct Seller(Ntk Floor, long Capacity);

/// <summary>A reverse auction at one price, the highest floor that was accepted; nobody who asks more than the limit takes part.</summary>
internal static class SmallMarket
{
    public static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static (Ntk Price, long[] Taken) Clear(ReadOnlySpan<Seller> sellers, long demand, Ntk limit)
    {
        var (taken, floors, order, price) = (new long[sellers.Length], new long[sellers.Length], new int[sellers.Length], Ntk.Zero);
        for (var i = 0; i < sellers.Length; i++)
        {
            (floors[i], order[i]) = (sellers[i].Floor.Nano, i);
        }

        Array.Sort(floors, order);
        foreach (var i in order)
        {
            taken[i] = sellers[i].Floor > limit ? 0 : Math.Min(demand, sellers[i].Capacity);
            demand -= taken[i];
            price = taken[i] > 0 ? sellers[i].Floor : price;
        }

        return (price, taken);
    }

    public static Ntk Times(Ntk price, long milliCu) => price.Times(milliCu / 1000m);
}
