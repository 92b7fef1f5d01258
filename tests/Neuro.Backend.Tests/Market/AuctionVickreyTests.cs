using CsCheck;
using Neuro.Backend.Market;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Market;

/// <summary>Vickrey payments: right by their definition, and no lie about a floor pays. By other rules lies pay, which shows that the test can fail.</summary>
public sealed class AuctionVickreyTests
{
    private const int Limit = 15;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly AuctionTerms Vickrey = new() { Rule = PriceRule.Vickrey, MostPerCu = new(Limit) };

    // Whole numbers of CU, so that payments are whole numbers of nano and an advantage cannot hide in the rounding.
    private static readonly Gen<(Offer[] Offers, int Work)> Markets = Gen.Select(
        Gen.Select(Gen.Int[1, 18], Gen.Int[1, 10]).Array[1, 7].Select(pairs => pairs.Select((pair, i) => Offer($"n{i}", pair.Item1, pair.Item2)).ToArray()),
        Gen.Int[1, 30]);

    private delegate long Paid(AuctionResult result, int i, int work);

    [Fact]
    public void Payments_AnyMarket_AreWhatTheOthersCostWithoutTheNodeLessWhatTheyCostWithIt() => Markets.Sample((offers, work) =>
    {
        var result = Auction.Clear(offers, Cu.Of(work), Second, Vickrey);
        for (var i = 0; i < result.Payments.Count; i++)
        {
            var without = Others(result.Offers, i, work);
            var with = Others(result.Offers, i, work - Taken(result, i, work));
            result.Payments[i].Nano.ShouldBe(without - with);
        }
    }, iter: 3000);

    [Fact]
    public void Payments_AnyMarket_CoverEachCostAndAreBetweenTheUniformPriceAndTheLimit() => Markets.Sample((offers, work) =>
    {
        var (result, uniform) = (Auction.Clear(offers, Cu.Of(work), Second, Vickrey), Auction.Clear(offers, Cu.Of(work), Second, new() { MostPerCu = new(Limit) }));
        (result.Outcome, result.Price).ShouldBe((uniform.Outcome, uniform.Price));
        for (var i = 0; i < result.Payments.Count; i++)
        {
            var taken = Taken(result, i, work);
            // The one that took the last bit sets the uniform price; nothing that could stand in for anybody is cheaper.
            uniform.Payments[i].Nano.ShouldBeGreaterThanOrEqualTo(result.Offers[i].Floor.Nano * taken);
            result.Payments[i].Nano.ShouldBeInRange(uniform.Payments[i].Nano, Limit * taken);
        }
    }, iter: 3000);

    [Fact]
    public void Lies_AboutTheFloor_NeverPay() => ProfitableLies(Vickrey, (result, i, _) => result.Payments[i].Nano).ShouldBe(0);

    [Fact]
    public void Lies_WhenEverybodyIsPaidWhatHeBids_Pay() =>
        ProfitableLies(Vickrey, (result, i, work) => result.Offers[i].Floor.Nano * Taken(result, i, work)).ShouldBeGreaterThan(1000);

    [Fact]
    public void Lies_UnderOnePrice_PaySometimes() =>
        ProfitableLies(new() { MostPerCu = new(Limit) }, (result, i, _) => result.Payments[i].Nano).ShouldBeGreaterThan(0);

    [Fact]
    public void Payments_DemandThatCannotBeMetWithoutTheNode_AreTheLimitForThatPart()
    {
        // Without "a" there is a rival for 2 of its 5 CU; for the other 3 it is a monopolist.
        var result = Auction.Clear([Offer("a", 3, 5), Offer("b", 9, 2)], Cu.Of(5), Second, Vickrey);
        result.Payments.ShouldBe([new((2 * 9) + (3 * Limit)), Ntk.Zero]);
        Auction.Clear([Offer("a", 3, 5)], Cu.Of(5), Second, Vickrey).Payments.ShouldBe([new(5 * Limit)]);
    }

    [Fact]
    public void Payments_PartsOfACu_AreRoundedUpToANano() =>
        Auction.Clear([Offer("a", 3, 1), Offer("b", 5, 1)], new Cu(101), Second, Vickrey).Payments.ShouldBe([new(1), Ntk.Zero]); // 5 · 0.101

    [Fact]
    public void Clear_VickreyWithoutALimitPerCuOrWithOneOfSpendingOrWithStartCosts_IsRefused()
    {
        Offer[] offers = [Offer("a", 3, 1)];
        Should.Throw<ArgumentException>(() => Auction.Clear(offers, Cu.Of(1), Second, Vickrey with { MostPerCu = null }));
        Should.Throw<ArgumentException>(() => Auction.Clear(offers, Cu.Of(1), Second, Vickrey with { MostSpend = new(100) }));
        Should.Throw<ArgumentException>(() => Auction.Clear([offers[0] with { StartCost = new(1) }], Cu.Of(1), Second, Vickrey));
    }

    // In 2,000 markets every node tries every floor up to over the limit while the others say the truth.
    private static int ProfitableLies(AuctionTerms terms, Paid paid)
    {
        var lies = 0;
        Markets.Sample((offers, work) =>
        {
            for (var liar = 0; liar < offers.Length; liar++)
            {
                var honest = Profit(offers, liar, offers[liar].Floor);
                for (var lie = 0; lie <= Limit + 4; lie++)
                {
                    Interlocked.Add(ref lies, Profit(offers, liar, new(lie)) > honest ? 1 : 0);
                }
            }

            long Profit(Offer[] market, int liar, Ntk said)
            {
                Offer[] filed = [.. market];
                filed[liar] = filed[liar] with { Floor = said };
                var result = Auction.Clear(filed, Cu.Of(work), Second, terms);
                var place = result.Offers.Select((offer, i) => (offer, i)).Single(pair => pair.offer.NodeId == market[liar].NodeId).i;
                return result.Outcome == AuctionOutcome.Cleared ? paid(result, place, work) - (market[liar].Floor.Nano * Taken(result, place, work)) : 0;
            }
        }, iter: 2000);
        return lies;
    }

    private static Offer Offer(string id, long floor, double speed) => new(id, id, "cpu", new(floor), speed);

    private static long Taken(AuctionResult result, int i, int work) => (long)Math.Round(result.Shares[i] * work);

    // What the offers but one ask for the work; what they cannot do costs the limit.
    private static long Others(IReadOnlyList<Offer> offers, int without, long work)
    {
        var cost = 0L;
        foreach (var offer in offers.Where((offer, i) => i != without && offer.Floor.Nano <= Limit).OrderBy(offer => offer.Floor))
        {
            var taken = Math.Min(work, (long)offer.CuPerSecond);
            (cost, work) = (cost + (taken * offer.Floor.Nano), work - taken);
        }

        return cost + (work * Limit);
    }
}
