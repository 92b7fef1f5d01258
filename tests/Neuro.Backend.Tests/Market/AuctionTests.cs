using CsCheck;
using Neuro.Backend.Market;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Market;

public sealed class AuctionTests
{
    private static readonly Gen<Offer[]> Offers = Gen.Select(Gen.Int[1, 20], Gen.Int[1, 10]).Array[1, 8]
        .Select(pairs => pairs.Select((pair, i) => new Offer($"n{i}", $"n{i}", "cpu", new Ntk(pair.Item1), pair.Item2)).ToArray());

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
        var result = Auction.Clear(offers, Cu.Of(work), TimeSpan.FromSeconds(1));
        var cost = result.Offers.Select((offer, i) => offer.Floor.Nano * result.Shares[i] * work).Sum();
        var best = Cheapest(offers, 0, work);
        if (result.Unmet <= 0)
        {
            cost.ShouldBe(best.ShouldNotBeNull(), 1e-6);
        }
        else
        {
            best.ShouldBeNull();
        }
    });

    private static double? Cheapest(Offer[] offers, int from, int work)
    {
        if (from == offers.Length)
        {
            return work == 0 ? 0 : null;
        }

        double? best = null;
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
