namespace Neuro.Backend.Market;

/// <summary>The payments of Vickrey, Clarke and Groves: each node gets what the others would cost without it, less what they cost with it.</summary>
/// <remarks>
/// By that no node gains by another floor than its true one (Clarke 1971; Groves 1973), and none gets less than it asked.
/// Without a winner the others keep their work, and its part goes to the cheapest spare capacity, so its payment is what that costs.
/// The buyer's limit stands for a node with endless capacity: without a rival a winner gets the limit. All winners together take one pass and a search each, O(n log n).
/// </remarks>
internal static class Vickrey
{
    /// <param name="lots">Without start-up costs, cheapest first.</param>
    /// <param name="taken">The cheapest choice, milli-CU.</param>
    /// <param name="limit">The buyer's, nano per CU.</param>
    /// <returns>Pico, in the order of the lots.</returns>
    public static Int128[] Payments(AuctionLot[] lots, long[] taken, long limit)
    {
        var payments = new Int128[lots.Length];
        var marginal = Array.FindLastIndex(taken, part => part > 0);
        if (marginal < 0)
        {
            return payments;
        }

        // Spare is the rest of the marginal lot and then the lots that got nothing. The marginal lot cannot stand in for itself.
        var own = lots[marginal].Capacity - taken[marginal];
        var spare = new Spare(lots, marginal, own, (Int128)own + taken.Max(), limit);
        for (var i = 0; i < marginal; i++)
        {
            payments[i] = taken[i] == 0 ? 0 : spare.Cost(taken[i]);
        }

        payments[marginal] = spare.Cost((Int128)own + taken[marginal]) - spare.Cost(own);
        return payments;
    }

    // Spare capacity, cheapest first, as running sums: where a stretch begins and what all before it costs.
    private sealed class Spare
    {
        private readonly List<Int128> starts = [];
        private readonly List<Int128> costs = [];
        private readonly List<long> floors = [];

        public Spare(AuctionLot[] lots, int marginal, long rest, Int128 wanted, long limit)
        {
            var (sum, cost) = (Int128.Zero, Int128.Zero);
            for (var i = marginal; i < lots.Length && sum < wanted; i++)
            {
                Add(sum, cost, lots[i].Floor);
                var capacity = i == marginal ? rest : lots[i].Capacity;
                (sum, cost) = (sum + capacity, cost + ((Int128)lots[i].Floor * capacity));
            }

            Add(sum, cost, limit);
        }

        /// <summary>What the cheapest so many milli-CU cost, pico.</summary>
        public Int128 Cost(Int128 work)
        {
            var found = starts.BinarySearch(work);
            var stretch = found >= 0 ? found : ~found - 1;
            return costs[stretch] + ((work - starts[stretch]) * floors[stretch]);
        }

        private void Add(Int128 start, Int128 cost, long floor)
        {
            starts.Add(start);
            costs.Add(cost);
            floors.Add(floor);
        }
    }
}
