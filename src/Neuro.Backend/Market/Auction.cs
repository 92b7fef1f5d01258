using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Market;

/// <summary>A node's sealed offer: the least it takes per CU and how fast it was measured to be.</summary>
internal sealed record Offer(string NodeId, string Name, string Pool, Ntk Floor, double CuPerSecond)
{
    /// <summary>The probability that a shard it delivers is verified, over 0 and at most 1; only what is verified counts as work and is paid.</summary>
    public double Reliability { get; init; } = 1;

    /// <summary>What it takes once, however much it gets to do: fetching a model, stopping a miner.</summary>
    public Ntk StartCost { get; init; }

    /// <summary>The floor over the reliability: the least it takes per verified CU, rounded up to a nano.</summary>
    public Ntk EffectiveFloor => AuctionLot.EffectiveFloor(Floor, Reliability);

    /// <summary>How much of the deadline is gone before its first shard begins.</summary>
    public TimeSpan StartTime { get; init; }
}

/// <summary>What an auction decided.</summary>
/// <param name="Price">The uniform clearing price per verified CU: the highest effective floor that was accepted.</param>
/// <param name="Offers">All of them, by effective cost per CU; among equals the larger capacity first, then by id.</param>
/// <param name="Shares">The part of the work each offer gets, 0 … 1, in the order of <paramref name="Offers"/>; 0 when it was not needed.</param>
/// <param name="Unmet">Work that nobody could take before the deadline and within the limit per CU, CU.</param>
internal sealed record AuctionResult(Ntk Price, IReadOnlyList<Offer> Offers, IReadOnlyList<double> Shares, double Unmet)
{
    public required AuctionOutcome Outcome { get; init; }

    /// <summary>The work of each offer, milli-CU, in the order of <see cref="Offers"/>.</summary>
    public required IReadOnlyList<long> Taken { get; init; }

    /// <summary>What each offer is paid for its whole part, in the order of <see cref="Offers"/>, rounded up to a nano; empty unless the auction cleared.</summary>
    public IReadOnlyList<Ntk> Payments { get; init; } = [];

    /// <summary>What the limit that was too low would have to be: per CU or for the whole, as <see cref="Outcome"/> says. Null when no limit was.</summary>
    public Ntk? Needed { get; init; }

    /// <summary>What the work costs the chosen nodes by their own floors, in pico (1e-12 NTK): nano per CU times milli-CU, so nothing is rounded.</summary>
    public required Int128 CostPico { get; init; }

    /// <summary>A cost that no choice of nodes can be below: the optimum if a part of a capacity cost the same part of the start-up (the LP relaxation).</summary>
    public required Int128 BoundPico { get; init; }

    /// <summary>(cost − bound) / bound; 0 without start-up costs.</summary>
    public double Gap => BoundPico == 0 ? 0 : (double)(CostPico - BoundPico) / (double)BoundPico;
}

/// <summary>The reverse auction of compute (D5): minimise Σ (cᵢxᵢ + sᵢ[xᵢ > 0]) subject to Σ xᵢ = N and xᵢ ≤ uᵢ, for N verified CU before a deadline.</summary>
/// <remarks>
/// The effective floor cᵢ is the floor over the reliability, the capacity uᵢ is rate · reliability · (deadline − start-up time), sᵢ the start-up cost.
/// Everybody is paid the same price per CU; whom that does not bring his start-up cost gets the difference on top.
/// Anyone gets at least what he asked: floors, capacities and payments are rounded up (to a nano, a milli-CU, a nano).
/// </remarks>
internal static class Auction
{
    /// <summary>Chooses nodes and sets prices; O(n log n).</summary>
    /// <exception cref="ArgumentException">An offer that is none (a negative floor, a reliability over 1), or Vickrey payments where they are not defined.</exception>
    public static AuctionResult Clear(IEnumerable<Offer> offers, Cu work, TimeSpan deadline, AuctionTerms? terms = null)
    {
        terms ??= AuctionTerms.Unlimited;
        var all = offers as Offer[] ?? [.. offers];
        var lots = AuctionLot.Sorted(all, work, deadline, terms.MostPerCu);
        terms.Check(lots);
        var fill = AuctionFill.Cheapest(lots, work.Milli);
        var price = Price(lots, fill.Taken);
        var shares = Array.ConvertAll(fill.Taken, taken => taken == 0 ? 0 : (double)taken / work.Milli);
        var result = new AuctionResult(new(price), Array.ConvertAll(lots, lot => all[lot.Offer]), shares, fill.Unmet / 1000.0)
        {
            Outcome = AuctionOutcome.Cleared,
            Taken = fill.Taken,
            CostPico = fill.Cost,
            BoundPico = fill.Bound,
        };
        if (fill.Unmet > 0)
        {
            return Unmet(result, all, work, deadline, terms);
        }

        var vickrey = terms is { Rule: PriceRule.Vickrey, MostPerCu: not null };
        return Paid(result, terms, vickrey ? Vickrey.Payments(lots, fill.Taken, terms.MostPerCu!.Value.Nano) : Uniform(lots, fill.Taken, price));
    }

    /// <summary>The highest effective floor that was accepted.</summary>
    private static long Price(AuctionLot[] lots, long[] taken)
    {
        var accepted = 0L;
        for (var i = 0; i < lots.Length; i++)
        {
            accepted = taken[i] > 0 ? Math.Max(accepted, lots[i].Floor) : accepted;
        }

        return accepted;
    }

    private static Int128[] Uniform(AuctionLot[] lots, long[] taken, long price)
    {
        var payments = new Int128[lots.Length];
        for (var i = 0; i < lots.Length; i++)
        {
            payments[i] = taken[i] == 0 ? 0 : Int128.Max((Int128)price * taken[i], lots[i].Cost(taken[i]));
        }

        return payments;
    }

    private static AuctionResult Paid(AuctionResult result, AuctionTerms terms, Int128[] pico)
    {
        var (sum, payments) = (Int128.Zero, new Ntk[pico.Length]);
        for (var i = 0; i < pico.Length; i++)
        {
            if (pico[i] > 0)
            {
                var nano = (pico[i] + 999) / 1000;
                sum += nano;
                payments[i] = new((long)Int128.Min(nano, long.MaxValue));
            }
        }

        return sum <= (terms.MostSpend ?? Ntk.Supply).Nano
            ? result with { Payments = payments }
            : result with { Outcome = AuctionOutcome.SpendLimitTooLow, Needed = new((long)Int128.Min(sum, long.MaxValue)) };
    }

    // Too few nodes, or too few at this price? The auction without a limit knows.
    private static AuctionResult Unmet(AuctionResult result, Offer[] offers, Cu work, TimeSpan deadline, AuctionTerms terms)
    {
        var unlimited = terms.MostPerCu is null ? result : Clear(offers, work, deadline);
        return unlimited.Unmet > 0
            ? result with { Outcome = AuctionOutcome.CapacityTooSmall }
            : result with { Outcome = AuctionOutcome.PriceLimitTooLow, Needed = unlimited.Price };
    }
}
