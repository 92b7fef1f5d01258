using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Node.Bidding;

/// <summary>Learns the floor that earns most, round by round, and never asks less than the cost.</summary>
/// <remarks>
/// A discounted UCB (Garivier and Moulines, ALT 2011) over price steps, each 5 % above the one before.
/// It rests on what a round tells in an auction where everybody is paid the highest accepted floor:
/// <list type="bullet">
/// <item>A price above the own floor was set by somebody else: at any other floor under that price the round would have gone the same.
/// So a round at a low floor tells of every higher step, without bias, what it earns while others set the price. The lowest is asked now and then for that alone.</item>
/// <item>A higher floor wins nothing that a lower one would not have won. So a step can keep at most the work that lower ones sold at prices up to it.
/// How much of that it keeps, at a price it sets itself, only rounds at that step can tell: that is what the bandit explores.</item>
/// </list>
/// It looks at most two steps around the best one known, as suits earnings that rise to one top (Combes and Proutiere, ICML 2014).
/// Where a node is now and then the only one left there are two tops, and it may stay at the lower. Earnings are estimates here, held in doubles; floors are exact.
/// </remarks>
internal sealed class FloorTuner
{
    private const int Steps = 32;
    private const int Reach = 2;

    // Rounds count half after 230: what demand was a while ago says little.
    private const double Decay = 0.997;
    private const double Exploration = 0.02;
    private const double ListeningRounds = 0.03;

    // What holds at a step holds for the ones beside it, nearly; so a round there counts a little here.
    private const double NeighbourWeight = 0.3;

    // A price that a node set itself is its floor, but for the rounding of payments to a nano.
    private const double SamePrice = 1 + 1e-6;

    private readonly Ntk[] floors;
    private readonly FloorStep[] steps;
    private ulong random;

    /// <param name="cost">What a CU costs the node, mining forgone included.</param>
    /// <param name="seed">Decides in which rounds it listens; nodes with equal seeds would all do so at once.</param>
    /// <exception cref="ArgumentOutOfRangeException">A cost that is not above zero, or more than all NTK.</exception>
    public FloorTuner(Ntk cost, ulong seed)
        : this(new FloorTunerState(cost, seed, new FloorStep[Steps]))
    {
    }

    /// <summary>Goes on where another one stopped.</summary>
    /// <exception cref="ArgumentException">A state that no tuner wrote.</exception>
    public FloorTuner(FloorTunerState state)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(state.Cost.Nano, nameof(state.Cost));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(state.Cost, Ntk.Supply, nameof(state.Cost));
        if (state.Steps?.Count != Steps || !state.Steps.All(step => step.IsSound))
        {
            throw new ArgumentException($"A tuner has {Steps} steps with sums of rounds that are not negative.", nameof(state));
        }

        (floors, steps, random) = (Grid(state.Cost), [.. state.Steps], state.Random);
    }

    /// <summary>All it knows, to be written down. It is of no use for another cost, whose steps are others.</summary>
    public FloorTunerState State => new(floors[0], random, [.. steps]);

    /// <summary>The floor to ask in the next round, NTK per CU.</summary>
    public Ntk Next()
    {
        // Nothing heard yet is nothing to reckon with.
        if (NextRandom() < ListeningRounds || steps[0].Heard == 0)
        {
            return floors[0];
        }

        var best = Best(0, Steps - 1, Estimate);
        return floors[Best(Math.Max(0, best - Reach), Math.Min(Steps - 1, best + Reach), Promise)];
    }

    /// <summary>Tells what a round brought: an auction, or an hour; rounds should be about equally long.</summary>
    /// <param name="floor">What was asked, NTK per CU; a round below the cost tells nothing.</param>
    /// <param name="earned">What was paid for the work.</param>
    /// <param name="work">What was done; none if the round was lost.</param>
    public void Observe(Ntk floor, Ntk earned, Cu work, TimeSpan busy, TimeSpan idle)
    {
        var asked = Array.FindLastIndex(floors, step => step <= floor);
        var hours = busy.TotalHours + idle.TotalHours;
        if (asked < 0 || hours <= 0)
        {
            return;
        }

        var sold = Math.Max(0, work.Milli / 1000.0);
        var price = sold > 0 ? earned.Nano / sold : 0;
        var (perHour, profit) = (sold / hours, (price - floors[0].Nano) * sold / hours);
        var own = price <= floors[asked].Nano * SamePrice ? perHour : 0;
        for (var i = 0; i < Steps; i++)
        {
            var step = steps[i].Decayed(Decay);
            if (i >= asked)
            {
                step = price > floors[i].Nano * SamePrice ? step.Passed(profit) : step.Contest(perHour);
            }

            var distance = Math.Abs(i - asked);
            steps[i] = distance > Reach ? step : step.Try(Math.Pow(NeighbourWeight, distance), own);
        }
    }

    private static Ntk[] Grid(Ntk cost)
    {
        var grid = new Ntk[Steps];
        grid[0] = cost;
        for (var i = 1; i < Steps; i++)
        {
            grid[i] = new(Math.Min(Ntk.Supply.Nano, grid[i - 1].Nano + Math.Max(1, grid[i - 1].Nano / 20)));
        }

        return grid;
    }

    // Of equals the lowest: it wins more often.
    private static int Best(int from, int to, Func<int, double> value)
    {
        var (best, most) = (from, value(from));
        for (var i = from + 1; i <= to; i++)
        {
            if (value(i) is var next && next > most)
            {
                (best, most) = (i, next);
            }
        }

        return best;
    }

    // What an hour at a step brings, as far as it was tried.
    private double Estimate(int step) => steps[step].Heard == 0 ? 0 : steps[step].FromOthers + (Margin(step) * (steps[step].Tried < 1 ? 0 : steps[step].Kept));

    // What it may bring at best, within the bounds of confidence.
    private double Promise(int step)
    {
        if (steps[step].Heard == 0)
        {
            return double.PositiveInfinity;
        }

        var (most, tried) = (steps[step].Contested, steps[step].Tried);
        var unknown = most * Math.Sqrt(Exploration * Math.Log(1 + steps[^1].Heard) / tried);
        return steps[step].FromOthers + (Margin(step) * (tried == 0 ? most : Math.Min(most, steps[step].Kept + unknown)));
    }

    private double Margin(int step) => floors[step].Nano - floors[0].Nano;

    // SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): its whole state is one number that can be written down. 0 … 1.
    private double NextRandom() => unchecked(Mixed(random += 0x9E3779B97F4A7C15) >> 11) * (1.0 / (1UL << 53));

    private static ulong Mixed(ulong z) => unchecked(Mix(Mix(z, 30, 0xBF58476D1CE4E5B9), 27, 0x94D049BB133111EB) is var mixed ? mixed ^ (mixed >> 31) : 0);

    private static ulong Mix(ulong z, int shift, ulong factor) => unchecked((z ^ (z >> shift)) * factor);
}
