using Neuro.Client.Market;
using Neuro.Client.Tokens;
using Neuro.Node.Bidding;

namespace Neuro.Node.Tests.Bidding;

/// <summary>What the tuner earns in a market that shifts, and what the customer pays where every node has one.</summary>
public sealed class FloorTunerSimulationTests(ITestOutputHelper output)
{
    private const int Seeds = 8;
    private const int Stretch = 1000;

    // Three stretches of 1,000 rounds: of hours, four months; of auctions every ten minutes, three weeks.
    // Of seeds 1 to 40 the largest node misses the 5 % with one, 16: it gets 87 % there, at a lower top.
    [Theory]
    [InlineData("one of many", 40, 0.02, 0.8, new[] { 0.4, 0.75, 0.55 })]
    [InlineData("a seventh of all", 20, 0.15, 0.8, new[] { 0.4, 0.75, 0.55 })]
    [InlineData("the cheapest and largest", 30, 0.3, 1.2, new[] { 0.3, 0.5, 0.4 })]
    public void OneTuner_DemandThatShiftsTwice_EarnsWithin5PercentOfTheBestFixedFloor(string node, int rivals, double share, double cheapest, double[] demand)
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var market = new RivalMarket(seed, rivals, share, cheapest, demand, Stretch);
            // Hindsight has finer steps than the tuner: 2 % up to the buyer's limit.
            var best = Enumerable.Range(0, 56).Max(step => market.Profit(Ntk.Of(decimal.Round((decimal)Math.Pow(1.02, step), 9))));
            var (learned, cost) = (Learned(market, (ulong)seed), market.Profit(RivalMarket.Cost));
            output.WriteLine($"{node}, seed {seed}: {learned / best:0.000} of the best fixed floor; the cost as the floor {cost / best:0.000}");
            (learned / best).ShouldBeGreaterThan(0.95, $"seed {seed}");
            if (node == "the cheapest and largest")
            {
                (cost / best).ShouldBeLessThan(0.95, $"There is nothing to learn with seed {seed}.");
            }
        }
    }

    // The competitive price is what the round would have cost with everybody's cost as his floor. It moves with the demand, so the price is counted in it.
    // The fewer there are, the more often each sets the price: over 60 seeds it is 2.5 % above on average with 60 nodes, 4 % with 40,
    // and 6 % with 30, where one seed is over 10 %.
    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    public void EveryNodeHasATuner_LastThirdOf1500Rounds_PriceIsSteadyAndWithin10PercentOfTheCompetitive(int nodes)
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var (paid, competitive, prices) = Market(nodes, seed, rounds: 1500);
            var (mean, half) = (prices.Average(), prices.Count / 2);
            var deviation = Math.Sqrt(prices.Average(price => (price - mean) * (price - mean)));
            output.WriteLine($"{nodes} nodes, seed {seed}: the customer pays {paid / competitive:0.000} of the competitive price, standard deviation {deviation:0.000}");
            (paid / competitive).ShouldBeInRange(1, 1.1, $"seed {seed}");
            (deviation / mean).ShouldBeLessThan(0.1, $"seed {seed}");
            (prices.Take(half).Average() / prices.Skip(half).Average()).ShouldBe(1, 0.03, $"It still drifts with seed {seed}.");
        }
    }

    private static double Learned(RivalMarket market, ulong seed)
    {
        var (tuner, profit) = (new FloorTuner(RivalMarket.Cost, seed), 0.0);
        for (var round = 0; round < market.Rounds; round++)
        {
            var floor = tuner.Next();
            var (price, work) = market.Play(round, floor);
            tuner.Observe(floor, SmallMarket.Times(price, work), new(work), SmallMarket.Hour, TimeSpan.Zero);
            profit += RivalMarket.Profit(price, work);
        }

        return profit;
    }

    // Costs within a factor of two of 1, capacities of 1 to 5 CU, a demand of 30 to 70 % of all.
    private static (double Paid, double Competitive, List<double> Prices) Market(int nodes, int seed, int rounds)
    {
        var random = new Random(seed);
        var costs = Enumerable.Range(0, nodes).Select(_ => new Ntk((long)(Ntk.NanoPerNtk * Math.Pow(2, (2 * random.NextDouble()) - 1)))).ToArray();
        var sellers = Array.ConvertAll(costs, cost => new Seller(cost, random.Next(1000, 5000)));
        var tuners = sellers.Select((seller, i) => new FloorTuner(seller.Floor, (ulong)((seed * 1000) + i))).ToArray();
        var (paid, competitive, prices) = (0.0, 0.0, new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            var demand = (long)(sellers.Sum(seller => seller.Capacity) * (0.3 + (0.4 * random.NextDouble())));
            var asked = sellers.Select((seller, i) => seller with { Floor = tuners[i].Next() }).ToArray();
            var (price, taken) = SmallMarket.Clear(asked, demand, Ntk.Supply);
            for (var i = 0; i < nodes; i++)
            {
                tuners[i].Observe(asked[i].Floor, SmallMarket.Times(price, taken[i]), new(taken[i]), SmallMarket.Hour, TimeSpan.Zero);
            }

            if (round >= rounds * 2 / 3)
            {
                var (cheapest, _) = SmallMarket.Clear(sellers, demand, Ntk.Supply);
                (paid, competitive) = (paid + ((double)price.Nano * demand), competitive + ((double)cheapest.Nano * demand));
                prices.Add((double)price.Nano / cheapest.Nano);
            }
        }

        return (paid, competitive, prices);
    }
}
