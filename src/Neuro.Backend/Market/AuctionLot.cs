using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Market;

/// <summary>An offer in whole numbers, as an auction compares and adds it.</summary>
/// <remarks>A floor is at most 1e18 nano and work fits 63 bits, so floor × work fits <see cref="Int128"/>, and so does its sum over an auction.</remarks>
internal readonly struct AuctionLot : IComparable<AuctionLot>
{
    private const int Million = 1_000_000;
    private const double FractionOne = 18_446_744_073_709_551_616.0; // 2⁶⁴

    private AuctionLot(int offer, long floor, long start, long capacity)
    {
        (Offer, Floor, Start, Capacity) = (offer, floor, start, capacity);
        Spread = capacity == 0 ? UInt128.MaxValue : new((ulong)(floor + (start / capacity)), (ulong)((double)(start % capacity) / capacity * FractionOne));
    }

    /// <summary>Which of the offers it is. With the offer itself inside, lots would take several times longer to sort.</summary>
    public int Offer { get; }

    /// <summary>The effective floor, nano per verified CU.</summary>
    public long Floor { get; }

    /// <summary>The start-up cost, pico.</summary>
    public long Start { get; }

    /// <summary>What it can do before the deadline and at most what is wanted, verified milli-CU.</summary>
    public long Capacity { get; }

    /// <summary>Floor plus start-up cost over capacity, pico per milli-CU, which is nano per CU; 64 bits of it after the point.</summary>
    public UInt128 Spread { get; }

    /// <summary>No milli-CU that it does costs less, pico; more than anybody has if it does none.</summary>
    public long LeastCost => (long)Math.Min(long.MaxValue, (ulong)(Spread >> 64));

    /// <summary>The offers by their cost per CU when used up, then the largest first, then by id.</summary>
    /// <param name="mostPerCu">What is dearer has no capacity and comes last.</param>
    public static AuctionLot[] Sorted(Offer[] offers, Cu work, TimeSpan deadline, Ntk? mostPerCu)
    {
        var most = Math.Min(mostPerCu?.Nano ?? long.MaxValue, Ntk.Supply.Nano);
        var lots = new AuctionLot[offers.Length];
        for (var i = 0; i < lots.Length; i++)
        {
            lots[i] = Of(offers[i], i, work.Milli, deadline, most);
        }

        Array.Sort(lots);
        SortEqualsById(lots, offers);
        return lots;
    }

    /// <summary>The least that an offer takes per verified CU.</summary>
    public static Ntk EffectiveFloor(Ntk floor, double reliability) => new((long)Int128.Min(Effective(floor.Nano, Millionths(reliability)), long.MaxValue));

    /// <summary>What it asks for so much work, pico.</summary>
    public Int128 Cost(long taken) => ((Int128)Floor * taken) + Start;

    public int CompareTo(AuctionLot other) => Spread != other.Spread ? (Spread < other.Spread ? -1 : 1) : other.Capacity.CompareTo(Capacity);

    private static void SortEqualsById(AuctionLot[] lots, Offer[] offers)
    {
        for (int start = 0, end; start < lots.Length; start = end)
        {
            end = start + 1;
            while (end < lots.Length && lots[end].CompareTo(lots[start]) == 0)
            {
                end++;
            }

            if (end > start + 1)
            {
                lots.AsSpan(start, end - start).Sort((a, b) => string.CompareOrdinal(offers[a.Offer].NodeId, offers[b.Offer].NodeId));
            }
        }
    }

    private static AuctionLot Of(Offer offer, int index, long work, TimeSpan deadline, long most)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offer.Floor.Nano, nameof(offer.Floor));
        ArgumentOutOfRangeException.ThrowIfNegative(offer.StartCost.Nano, nameof(offer.StartCost));
        ArgumentOutOfRangeException.ThrowIfLessThan(offer.StartTime, TimeSpan.Zero, nameof(offer.StartTime));
        if (offer.Reliability is not (> 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(offer.Reliability), offer.Reliability, "A reliability is a probability over 0 and at most 1.");
        }

        var reliability = Millionths(offer.Reliability);
        // Nobody owns enough NTK for such an offer.
        if (reliability == 0 || offer.StartCost.Nano > Ntk.Supply.Nano / 1000 || Effective(offer.Floor.Nano, reliability) is var floor && floor > most)
        {
            return new(index, 0, 0, 0);
        }

        // A little less before rounding up: 0.3 · 1000 is 300 and not 301.
        var able = (offer.CuPerSecond * offer.Reliability * (deadline - offer.StartTime).TotalSeconds * 1000) - 1e-6;
        return new(index, (long)floor, offer.StartCost.Nano * 1000, able >= work ? work : able > 0 ? (long)Math.Ceiling(able) : 0);
    }

    private static long Millionths(double reliability) => (long)Math.Round(reliability * Million);

    private static Int128 Effective(long floor, long reliability) => reliability == Million ? floor : (((Int128)floor * Million) + reliability - 1) / reliability;
}
