using CsCheck;
using Neuro.Backend.Market;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Market;

public sealed class AuctionTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static readonly Gen<Offer[]> Offers = Gen.Select(Gen.Int[1, 20], Gen.Int[1, 10]).Array[1, 8]
        .Select(pairs => pairs.Select((pair, i) => Offer($"n{i}", pair.Item1, pair.Item2)).ToArray());

    [Fact]
    public void Clear_AnyOffers_MeetsTheDemandWithinEachCapacityAtTheHighestAcceptedFloor() => Gen.Select(Offers, Gen.Int[1, 60], Gen.Int[1, 10]).Sample((offers, work, deadline) =>
    {
        var result = Auction.Clear(offers, Cu.Of(work), TimeSpan.FromSeconds(deadline));
        (result.Shares.Sum() * work + result.Unmet).ShouldBe(work, 1e-9);
        for (var i = 0; i < offers.Length; i++)
        {
            (result.Shares[i] * work).ShouldBeLessThanOrEqualTo(result.Offers[i].CuPerSecond * deadline + 1e-9);
            if (result.Shares[i] > 0)
            {
                result.Offers[i].Floor.ShouldBeLessThanOrEqualTo(result.Price);
            }
        }

        result.Offers.Where((_, i) => result.Shares[i] > 0).Max(offer => offer.Floor).ShouldBe(result.Price);
    });

    [Fact]
    public void Clear_SmallCases_CostsWhatTheBestOfAllAssignmentsCosts() => Gen.Select(Offers.Where(offers => offers.Length <= 3), Gen.Int[1, 12]).Sample((offers, work) =>
    {
        // With whole-number capacities an optimum lies at whole numbers, so trying all of them is exhaustive.
        var result = Auction.Clear(offers, Cu.Of(work), Second);
        var best = Cheapest(offers, 0, work);
        if (result.Unmet <= 0)
        {
            result.CostPico.ShouldBe(1000 * best.ShouldNotBeNull());
            result.BoundPico.ShouldBe(result.CostPico);
        }
        else
        {
            best.ShouldBeNull();
        }
    });

    [Fact]
    public void Clear_OffersInAnotherOrder_DecidesTheSame() => Gen.Select(Offers, Gen.Int[1, 60], Gen.Int[0, 5]).Sample((offers, work, start) =>
    {
        // Two of each, so that floors and capacities are equal and only ids differ.
        var starting = offers.Select(offer => offer with { StartCost = new(start) });
        Offer[] twice = [.. starting, .. starting.Select(offer => offer with { NodeId = offer.NodeId + "'" })];
        var (forth, back) = (Auction.Clear(twice, Cu.Of(work), Second), Auction.Clear(twice.Reverse(), Cu.Of(work), Second));
        back.Offers.ShouldBe(forth.Offers);
        back.Shares.ShouldBe(forth.Shares);
        back.Payments.ShouldBe(forth.Payments);
    });

    [Fact]
    public void Clear_EqualFloors_TakesTheLargestThenTheFirstById()
    {
        var result = Auction.Clear([Offer("b", 5, 1), Offer("c", 5, 2), Offer("a", 5, 1)], Cu.Of(3.5), Second);
        result.Offers.Select(offer => offer.NodeId).ShouldBe(["c", "a", "b"]);
        result.Shares.ShouldBe([2 / 3.5, 1 / 3.5, 0.5 / 3.5]);
    }

    [Fact]
    public void Clear_UnreliableOffer_CostsMoreAndDoesLess()
    {
        // Of 10 CU that the cheap one delivers 8 are verified, so each of those costs 8 / 0.8 = 10.
        var cheap = Offer("cheap", 8, 10) with { Reliability = 0.8 };
        var result = Auction.Clear([cheap, Offer("good", 9, 10)], Cu.Of(18), Second);
        result.Offers[0].NodeId.ShouldBe("good");
        result.Shares.ShouldBe([10 / 18.0, 8 / 18.0]);
        result.Price.ShouldBe(new Ntk(10));
        Auction.Clear([cheap], Cu.Of(9), Second).Unmet.ShouldBe(1);
        Auction.Clear([cheap with { Floor = new(1), Reliability = 0.3 }], Cu.Of(1), Second).Price.ShouldBe(new Ntk(4)); // 3⅓, rounded up.
    }

    [Fact]
    public void Clear_StartTime_ShortensTheDeadline()
    {
        var slow = Offer("slow", 1, 1) with { StartTime = TimeSpan.FromSeconds(6) };
        Auction.Clear([slow], Cu.Of(10), TimeSpan.FromSeconds(10)).Unmet.ShouldBe(6);
        Auction.Clear([slow], Cu.Of(10), TimeSpan.FromSeconds(5)).Unmet.ShouldBe(10);
    }

    [Fact]
    public void Clear_LimitPerCuTooLow_SaysWhatItWouldHaveToBe()
    {
        Offer[] offers = [Offer("a", 3, 1), Offer("b", 5, 1), Offer("c", 9, 1)];
        var low = Auction.Clear(offers, Cu.Of(2), Second, new() { MostPerCu = new(4) });
        (low.Outcome, low.Needed, low.Unmet).ShouldBe((AuctionOutcome.PriceLimitTooLow, new Ntk(5), 1));
        low.Payments.ShouldBeEmpty();
        Auction.Clear(offers, Cu.Of(2), Second, new() { MostPerCu = low.Needed }).Outcome.ShouldBe(AuctionOutcome.Cleared);
        Auction.Clear(offers, Cu.Of(4), Second, new() { MostPerCu = new(4) }).Outcome.ShouldBe(AuctionOutcome.CapacityTooSmall);
        Auction.Clear(offers, Cu.Of(4), Second).Outcome.ShouldBe(AuctionOutcome.CapacityTooSmall);
        Auction.Clear([], Cu.Of(1), Second).Outcome.ShouldBe(AuctionOutcome.CapacityTooSmall);
    }

    [Fact]
    public void Clear_LimitOfSpendingTooLow_SaysWhatItWouldHaveToBe()
    {
        Offer[] offers = [Offer("a", 3, 1) with { StartCost = new(7) }, Offer("b", 5, 2)];
        // 3 CU at 5, and what the first one's start cost is over the 2 that the price brings it above its floor.
        var low = Auction.Clear(offers, Cu.Of(3), Second, new() { MostSpend = new(19) });
        (low.Outcome, low.Needed, low.Price).ShouldBe((AuctionOutcome.SpendLimitTooLow, new Ntk(20), new Ntk(5)));
        low.Payments.ShouldBeEmpty();
        var enough = Auction.Clear(offers, Cu.Of(3), Second, new() { MostSpend = low.Needed });
        enough.Outcome.ShouldBe(AuctionOutcome.Cleared);
        enough.Payments.ShouldBe([new(10), new(10)], ignoreOrder: true);
    }

    [Fact]
    public void Clear_MoreThanAllNtk_IsAnAnswerAndNoOverflow()
    {
        var absurd = new Offer("a", "a", "cpu", Ntk.Supply, 1e300);
        Auction.Clear([absurd], new Cu(long.MaxValue), Second).Outcome.ShouldBe(AuctionOutcome.SpendLimitTooLow);
        Auction.Clear([absurd with { StartCost = Ntk.Supply }], Cu.Of(1), Second).Outcome.ShouldBe(AuctionOutcome.CapacityTooSmall);
        Auction.Clear([absurd with { Reliability = 0.5 }], Cu.Of(1), Second).Outcome.ShouldBe(AuctionOutcome.CapacityTooSmall);
        Auction.Clear([absurd with { CuPerSecond = double.NaN }], Cu.Of(1), Second).Outcome.ShouldBe(AuctionOutcome.CapacityTooSmall);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Clear_ReliabilityThatIsNoProbability_IsRefused(double reliability)
    {
        Offer[] offers = [Offer("a", 1, 1) with { Reliability = reliability }];
        Should.Throw<ArgumentOutOfRangeException>(() => Auction.Clear(offers, Cu.Of(1), Second)).ActualValue.ShouldBe(reliability);
    }

    private static Offer Offer(string id, long floor, double speed) => new(id, id, "cpu", new(floor), speed);

    private static long? Cheapest(Offer[] offers, int from, int work)
    {
        if (from == offers.Length)
        {
            return work == 0 ? 0 : null;
        }

        long? best = null;
        for (var taken = 0; taken <= Math.Min(work, (int)offers[from].CuPerSecond); taken++)
        {
            if (Cheapest(offers, from + 1, work - taken) is { } rest && (best is null || rest + (taken * offers[from].Floor.Nano) < best))
            {
                best = rest + (taken * offers[from].Floor.Nano);
            }
        }

        return best;
    }
}
