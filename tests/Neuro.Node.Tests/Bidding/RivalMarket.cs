using Neuro.Client.Tokens;

namespace Neuro.Node.Tests.Bidding;

/// <summary>A market for one node: rivals whose floors move by a tenth and who are away a tenth of the time, and a demand that shifts twice.</summary>
/// <remarks>Everything is drawn beforehand, so that every floor meets the same rounds.</remarks>
internal sealed class RivalMarket
{
    public static readonly Ntk Cost = Ntk.Of(1);
    private static readonly Ntk Limit = Ntk.Of(3);

    private readonly Seller[][] rounds;
    private readonly long[] demands;
    private readonly long capacity;

    /// <param name="rivals">How many others there are.</param>
    /// <param name="share">The node's part of all capacity.</param>
    /// <param name="cheapest">The lowest floor a rival may have, for a cost of 1; the highest is 2.5.</param>
    /// <param name="demand">The part of all capacity that is wanted, before, between and after the shifts; each round a seventh of all less or more.</param>
    /// <param name="stretch">Rounds between shifts.</param>
    public RivalMarket(int seed, int rivals, double share, double cheapest, double[] demand, int stretch)
    {
        var random = new Random(seed);
        var floors = Drawn(rivals, () => cheapest + ((2.5 - cheapest) * random.NextDouble()));
        var capacities = Drawn(rivals, () => 1000 + (4000 * random.NextDouble()));
        capacity = (long)(share / (1 - share) * capacities.Sum());
        var all = capacity + capacities.Sum();
        var means = Array.ConvertAll(demand, part => part + (0.1 * (random.NextDouble() - 0.5)));
        rounds = Drawn(demand.Length * stretch, () => Drawn(rivals + 1, () => default(Seller)));
        demands = new long[rounds.Length];
        for (var i = 0; i < rounds.Length; i++)
        {
            demands[i] = (long)(all * (means[i / stretch] + (0.15 * ((2 * random.NextDouble()) - 1))));
            for (var rival = 0; rival < rivals; rival++)
            {
                var floor = floors[rival] * (1 + (0.1 * ((2 * random.NextDouble()) - 1)));
                rounds[i][rival + 1] = new(new((long)(floor * Ntk.NanoPerNtk)), random.NextDouble() < 0.9 ? (long)capacities[rival] : 0);
            }
        }
    }

    public int Rounds => rounds.Length;

    /// <summary>What the node sells in a round at a floor, and at which price.</summary>
    public (Ntk Price, long Work) Play(int round, Ntk floor)
    {
        rounds[round][0] = new(floor, capacity);
        var (price, taken) = SmallMarket.Clear(rounds[round], demands[round], Limit);
        return (price, taken[0]);
    }

    /// <summary>The profit of one floor over all rounds, NTK.</summary>
    public double Profit(Ntk floor) => Enumerable.Range(0, Rounds).Sum(round => Play(round, floor) is var (price, work) ? Profit(price, work) : 0);

    public static double Profit(Ntk price, long work) => (double)(price - Cost).Nano * work / 1000 / Ntk.NanoPerNtk;

    private static T[] Drawn<T>(int count, Func<T> next) => [.. Enumerable.Range(0, count).Select(_ => next())];
}
