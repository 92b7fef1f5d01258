namespace Neuro.Backend.Market;

/// <summary>Which lots take how much of the work.</summary>
/// <param name="Taken">Milli-CU, in the order of the lots.</param>
/// <param name="Cost">What the lots ask for that, pico.</param>
/// <param name="Bound">What no other choice can be below, pico.</param>
/// <param name="Unmet">Milli-CU that no lot could take.</param>
internal readonly record struct AuctionFill(long[] Taken, Int128 Cost, Int128 Bound, long Unmet)
{
    /// <summary>Fills from the lots in order, then exchanges lots near the margin while that is cheaper.</summary>
    /// <remarks>
    /// Without start-up costs the first step is optimal: a fractional knapsack (Dantzig 1957). With them the problem is NP-hard: each is a fixed charge.
    /// Where a start-up cost is spread over the lot's capacity it is a fractional knapsack again, and its optimum is the bound: the two differ in the marginal lot alone,
    /// so the first step is already less than one start-up cost from the optimum.
    /// </remarks>
    public static AuctionFill Cheapest(AuctionLot[] lots, long work)
    {
        var (taken, rest, cost, bound, last) = (new long[lots.Length], work, Int128.Zero, Int128.Zero, -1);
        for (var i = 0; i < lots.Length && rest > 0; i++)
        {
            var part = Math.Min(rest, lots[i].Capacity);
            if (part == 0)
            {
                continue;
            }

            var asked = lots[i].Cost(part);
            cost += asked;
            bound += part == lots[i].Capacity ? asked : ((Int128)lots[i].Floor * part) + ((Int128)lots[i].Start * part / lots[i].Capacity);
            (taken[i], rest, last) = (part, rest - part, i);
        }

        // Fractions of spread costs that differ by less than 2⁻⁵³ may be in the wrong order: by that much a bound might be too high.
        return rest > 0 || cost == bound
            ? new(taken, cost, bound, rest)
            : new(taken, cost - new AuctionMargin(lots, taken, last).Improve(), bound - (work >> 53) - 1, 0);
    }
}
