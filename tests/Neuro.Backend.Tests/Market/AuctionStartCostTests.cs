using CsCheck;
using Neuro.Backend.Market;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Market;

/// <summary>With start-up costs the best choice is a fixed-charge problem: small cases against all choices, large ones against the LP bound.</summary>
public sealed class AuctionStartCostTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static readonly Gen<Offer[]> Offers = Gen.Select(Gen.Int[1, 20], Gen.Int[1, 10], Gen.Int[0, 60]).Array[1, 8]
        .Select(terms => terms.Select((term, i) => new Offer($"n{i}", $"n{i}", "cpu", new Ntk(term.Item1), term.Item2) { StartCost = new(term.Item3) }).ToArray());

    [Fact]
    public void Clear_SmallCases_IsTheBestOfAllChoicesOrNearIt()
    {
        var (cases, best, excess, sum) = (0, 0, Int128.Zero, Int128.Zero);
        Gen.Select(Offers, Gen.Int[1, 40]).Sample((offers, work) =>
        {
            var result = Auction.Clear(offers, Cu.Of(work), Second);
            if (Cheapest(offers, work) is not { } optimum)
            {
                result.Outcome.ShouldBe(AuctionOutcome.CapacityTooSmall);
                return;
            }

            result.Outcome.ShouldBe(AuctionOutcome.Cleared);
            CostOf(result, work).ShouldBe(result.CostPico);
            result.CostPico.ShouldBeGreaterThanOrEqualTo(1000 * optimum);
            result.BoundPico.ShouldBeLessThanOrEqualTo(1000 * optimum);
            (result.CostPico - result.BoundPico).ShouldBeLessThan((1000 * offers.Max(offer => offer.StartCost.Nano)) + 3);
            cases++;
            best += result.CostPico == 1000 * optimum ? 1 : 0;
            excess += result.CostPico - (1000 * optimum);
            sum += 1000 * optimum;
        }, iter: 3000, threads: 1);
        ((double)best / cases).ShouldBeGreaterThan(0.98);
        ((double)excess / (double)sum).ShouldBeLessThan(0.001);
    }

    [Fact]
    public void Clear_LargeCases_IsWithinOneStartCostOfTheLpBound()
    {
        var gaps = new List<double>();
        Gen.Select(Gen.Int[1000, 3000], Gen.Double[0.01, 0.85], Gen.ULong).Sample((nodes, part, seed) =>
        {
            var offers = Large(nodes, seed);
            var work = Cu.Of(offers.Sum(offer => offer.CuPerSecond) * part);
            var result = Auction.Clear(offers, work, Second);
            var relaxed = Relaxed(offers, (double)work.Units);
            result.Outcome.ShouldBe(AuctionOutcome.Cleared);
            (((double)result.BoundPico / 1000 / relaxed) - 1).ShouldBe(0, 1e-6);
            result.CostPico.ShouldBeGreaterThanOrEqualTo(result.BoundPico);
            (result.CostPico - result.BoundPico).ShouldBeLessThan(1000 * (Int128)offers.Max(offer => offer.StartCost.Nano));
            gaps.Add(result.Gap);
        }, iter: 50, threads: 1);
        gaps.Average().ShouldBeLessThan(0.001); // One start cost can be more of a small job that a dozen nodes do.
    }

    [Fact]
    public void Clear_LargeCases_ImprovesOnFillingInOrder()
    {
        var (saved, cases) = (0, 50);
        for (var seed = 1UL; seed <= 50; seed++)
        {
            var offers = Large(1000, seed);
            var work = Cu.Of(offers.Sum(offer => offer.CuPerSecond) * 0.4);
            var result = Auction.Clear(offers, work, Second);
            var inOrder = InOrder(result.Offers, work);
            result.CostPico.ShouldBeLessThanOrEqualTo(inOrder);
            saved += result.CostPico < inOrder ? 1 : 0;
        }

        saved.ShouldBeGreaterThan(cases * 9 / 10);
    }

    [Fact]
    public void Clear_AnyOffers_PaysEverybodyWhatItAsked() => Gen.Select(Offers, Gen.Double[0.5, 1], Gen.Int[1, 40]).Sample((offers, reliability, work) =>
    {
        var result = Auction.Clear([.. offers.Select((offer, i) => offer with { Reliability = i % 2 == 0 ? 1 : reliability })], Cu.Of(work), Second);
        for (var i = 0; i < result.Payments.Count; i++)
        {
            var offer = result.Offers[i];
            var verified = result.Shares[i] * work;
            var asked = verified == 0 ? 0 : (offer.Floor.Nano * verified / offer.Reliability) + offer.StartCost.Nano;
            ((double)result.Payments[i].Nano).ShouldBeGreaterThanOrEqualTo(asked - 1e-4);
            result.Payments[i].Nano.ShouldBeLessThanOrEqualTo((long)Math.Ceiling((result.Price.Nano * verified) - 1e-6) + offer.StartCost.Nano);
        }
    });

    // Floors around 10,000 within a factor of two, speeds of 0.5 to 50 CU a second, up to 100,000 to start.
    private static Offer[] Large(int nodes, ulong seed)
    {
        var random = new Random((int)(seed % int.MaxValue));
        return [.. Enumerable.Range(0, nodes).Select(i => new Offer($"n{i}", $"n{i}", "gpu", Floor(), 0.5 * Math.Pow(100, random.NextDouble()))
        {
            StartCost = new(random.Next(100_000)),
            Reliability = random.Next(900, 1001) / 1000.0,
        })];

        Ntk Floor() => new((long)(10_000 * Math.Pow(2, (random.NextDouble() * 2) - 1)));
    }

    private static Int128 CostOf(AuctionResult result, int work)
    {
        var cost = Int128.Zero;
        for (var i = 0; i < result.Offers.Count; i++)
        {
            var milli = (long)Math.Round(result.Shares[i] * work * 1000);
            cost += milli == 0 ? 0 : ((Int128)result.Offers[i].Floor.Nano * milli) + (1000 * result.Offers[i].StartCost.Nano);
        }

        return cost;
    }

    // The cheapest of all sets that can do the work; in a set the cheapest floors are filled first.
    private static long? Cheapest(Offer[] offers, int work)
    {
        var byFloor = offers.OrderBy(offer => offer.Floor).ToArray();
        long? best = null;
        for (var set = 1; set < 1 << offers.Length; set++)
        {
            var (rest, cost) = ((long)work, 0L);
            for (var i = 0; i < offers.Length; i++)
            {
                var taken = (set >> i & 1) == 0 ? 0 : Math.Min(rest, (long)byFloor[i].CuPerSecond);
                rest -= taken;
                cost += (taken * byFloor[i].Floor.Nano) + ((set >> i & 1) * byFloor[i].StartCost.Nano);
            }

            best = rest == 0 && cost < (best ?? long.MaxValue) ? cost : best;
        }

        return best;
    }

    // The LP relaxation in floating point: each CU of a node costs its effective floor and its part of the start-up cost.
    private static double Relaxed(Offer[] offers, double work)
    {
        var (cost, rest) = (0.0, work);
        var pieces = offers.Select(offer =>
        {
            var capacity = Math.Min(work, Math.Ceiling(offer.CuPerSecond * offer.Reliability * 1000) / 1000);
            return (Capacity: capacity, Spread: (double)Math.Ceiling(offer.Floor.Nano / (decimal)offer.Reliability) + (offer.StartCost.Nano / capacity));
        });
        foreach (var (capacity, spread) in pieces.OrderBy(piece => piece.Spread))
        {
            var taken = Math.Min(rest, capacity);
            (cost, rest) = (cost + (taken * spread), rest - taken);
        }

        return cost;
    }

    private static Int128 InOrder(IReadOnlyList<Offer> offers, Cu work)
    {
        var lots = AuctionLot.Sorted([.. offers], work, Second, null);
        var (rest, cost) = (work.Milli, Int128.Zero);
        foreach (var lot in lots.TakeWhile(_ => rest > 0))
        {
            var taken = Math.Min(rest, lot.Capacity);
            (rest, cost) = (rest - taken, cost + lot.Cost(taken));
        }

        return cost;
    }
}
