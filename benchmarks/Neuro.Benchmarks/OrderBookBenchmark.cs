using System.Diagnostics;
using System.Globalization;
using Neuro.Backend.OrderBooks;

namespace Neuro.Benchmarks;

/// <summary>The verb <c>orderbook</c>: commands a second of one order book on one thread, and the time of each command.</summary>
/// <remarks>
/// The mix is the one that exchange-core publishes for a single symbol: of 3,000,000 commands 9 % limit orders that rest, 3 % immediate-or-cancel orders,
/// 6 % cancels and 82 % moves; about 6 % of all trade (here 5 %); about 1,000 owners, 1,000 open orders and 750 prices.
/// The commands are made beforehand, with a book that says which orders are open. The middle of the prices wanders; distances from it crowd near the middle;
/// quantities have a heavy tail (Pareto, exponent 1.2). A move takes a new distance, and about one in 40 crosses the middle.
/// The rate is the median of the rounds by the clock on the wall, and the processor time is their mean, both without reading a clock within a round;
/// the times of single commands are from one more round and include reading the clock once a command.
/// </remarks>
internal static class OrderBookBenchmark
{
    private const int Owners = 1000;
    private const int Open = 1000;
    private const int Farthest = 1500;

    private enum Verb : byte
    {
        Rest,
        Take,
        Cancel,
        Move,
    }

    private readonly record struct Command(long Id, long Price, int Owner, int Quantity, Verb Verb, Side Side);

    private readonly record struct Totals(long Trades, int Open);

    public static int Run(string[] args)
    {
        var (commands, rounds, seed) = (3_000_000, 5, 1);
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--commands" when int.TryParse(value, CultureInfo.InvariantCulture, out var n) && n is >= 1000 and <= 50_000_000:
                    commands = n;
                    break;
                case "--rounds" when int.TryParse(value, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= 1000:
                    rounds = n;
                    break;
                case "--seed" when int.TryParse(value, CultureInfo.InvariantCulture, out var n):
                    seed = n;
                    break;
                default:
                    Console.Error.WriteLine($"'{args[i]} {value}' is not understood. Usage: orderbook [--commands 3000000] [--rounds 5] [--seed 1], or orderbook --durable …");
                    return 2;
            }
        }

        var market = new Market(seed);
        var opening = market.Opening();
        var mix = market.Mix(commands);
        var expected = market.Totals;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"orderbook commands={commands} rest={Share(mix, Verb.Rest):0.0%} ioc={Share(mix, Verb.Take):0.0%} "
            + $"cancel={Share(mix, Verb.Cancel):0.0%} move={Share(mix, Verb.Move):0.0%} trading={market.Trading / (double)commands:0.0%} prices={market.Prices} open_mean={market.MeanOpen:0}"));

        // Until the code is compiled for good.
        for (var warm = Stopwatch.StartNew(); warm.Elapsed.TotalSeconds < 2;)
        {
            Replay(opening, mix, expected, null);
        }

        var cpu = Environment.CpuUsage.TotalTime;
        var rates = Enumerable.Range(0, rounds).Select(_ => commands / Replay(opening, mix, expected, null).TotalSeconds).Order().ToArray();
        cpu = Environment.CpuUsage.TotalTime - cpu;
        var stamps = new long[commands + 1];
        // Written once before, or every 512th command would be charged with the arrival of a page.
        Array.Fill(stamps, -1);
        Replay(opening, mix, expected, stamps);
        var nanoseconds = stamps.Zip(stamps.Skip(1), (from, to) => (to - from) * (1e9 / Stopwatch.Frequency)).Order().ToArray();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"orderbook orders_per_s={rates[rounds / 2]:0} cpu_ns_per_order={cpu.TotalNanoseconds / rounds / commands:0.0} "
            + $"p50_ns={At(0.5):0} p99_ns={At(0.99):0} p999_ns={At(0.999):0} trades={expected.Trades} open={expected.Open}"));
        return 0;

        double At(double share) => nanoseconds[(int)(nanoseconds.Length * share)];
    }

    private static double Share(Command[] mix, Verb verb) => mix.Count(one => one.Verb == verb) / (double)mix.Length;

    /// <summary>The commands on a fresh book; the time of the mix alone.</summary>
    private static TimeSpan Replay(Command[] opening, Command[] mix, Totals expected, long[]? stamps)
    {
        var (book, events, trades) = (new OrderBook(), new List<MatchEvent>(1024), 0L);
        foreach (var command in opening)
        {
            Apply(book, command, events);
            trades += Trades(events);
        }

        var start = Stopwatch.GetTimestamp();
        if (stamps is null)
        {
            foreach (ref readonly var command in mix.AsSpan())
            {
                Apply(book, command, events);
                trades += Trades(events);
            }
        }
        else
        {
            stamps[0] = start;
            for (var i = 0; i < mix.Length; i++)
            {
                Apply(book, mix[i], events);
                trades += Trades(events);
                stamps[i + 1] = Stopwatch.GetTimestamp();
            }
        }

        var time = Stopwatch.GetElapsedTime(start);
        return new Totals(trades, book.Count) == expected
            ? time
            : throw new InvalidOperationException($"The same commands gave {trades} trades and {book.Count} open orders, not {expected}.");
    }

    private static Outcome Apply(OrderBook book, in Command command, List<MatchEvent> events)
    {
        events.Clear();
        var outcome = command.Verb switch
        {
            Verb.Rest => book.Place(command.Id, command.Owner, command.Side, OrderKind.Limit, command.Price, command.Quantity, events),
            Verb.Take => book.Place(command.Id, command.Owner, command.Side, OrderKind.ImmediateOrCancel, command.Price, command.Quantity, events),
            Verb.Cancel => book.Cancel(command.Id, command.Owner),
            _ => book.Move(command.Id, command.Owner, command.Price, events),
        };
        return outcome.Accepted ? outcome : throw new InvalidOperationException($"{command} was refused: {outcome.Refusal}.");
    }

    private static int Trades(List<MatchEvent> events)
    {
        var trades = 0;
        foreach (var one in events)
        {
            trades += one.Kind == MatchKind.Fill ? 1 : 0;
        }

        return trades;
    }

    /// <summary>Makes the commands: knows which orders are open, since it lets a book run along.</summary>
    private sealed class Market(int seed)
    {
        private readonly Random random = new(seed);
        private readonly OrderBook book = new();
        private readonly List<MatchEvent> events = [];
        private readonly List<Command> open = [];
        private readonly Dictionary<long, int> places = [];
        private long middle = 100_000;
        private long lastId;
        private long trades;
        private double opens;
        private int made;

        /// <summary>How many commands of the mix traded.</summary>
        public int Trading { get; private set; }

        public double MeanOpen => opens / made;

        public int Prices => book.Depth(int.MaxValue) is var depth ? depth.Bids.Count + depth.Asks.Count : 0;

        public Totals Totals => new(trades, book.Count);

        public Command[] Opening() => [.. Enumerable.Range(0, Open).Select(_ => Do(Rest()))];

        public Command[] Mix(int commands)
        {
            var mix = new Command[commands];
            for (; made < commands; made++)
            {
                // The middle goes a tick up or down every 20 commands, but never near nothing.
                middle += random.Next(40) switch { 0 => 1, 1 when middle > 10 * Farthest => -1, _ => 0 };
                var before = trades;
                mix[made] = Do(random.Next(100) switch
                {
                    < 9 => Rest(),
                    < 12 => Take(),
                    < 18 => Any() with { Verb = Verb.Cancel },
                    _ => Move(),
                });
                Trading += trades > before ? 1 : 0;
                opens += book.Count;
            }

            return mix;
        }

        // What rests is a hundred times larger than what takes, so that most that take leave the resting order open.
        private Command Rest()
        {
            var side = AnySide();
            return new(++lastId, Passive(side), random.Next(Owners), Quantity(100), Verb.Rest, side);
        }

        private Command Take()
        {
            var side = AnySide();
            return new(++lastId, Crossing(side), random.Next(Owners), Quantity(1), Verb.Take, side);
        }

        // One in forty crosses the middle; more when there are too many open orders, and fewer when there are too few.
        private Command Move()
        {
            var one = Any();
            var crosses = random.NextDouble() < 0.025 + ((open.Count - Open) * 0.0001);
            return one with { Verb = Verb.Move, Price = crosses ? Crossing(one.Side) : Passive(one.Side) };
        }

        private Side AnySide() => random.Next(2) == 0 ? Side.Bid : Side.Ask;

        private int Quantity(int least) => (int)Math.Min(1_000_000, least * Math.Pow(1 - random.NextDouble(), -1 / 1.2));

        private Command Any() => open[random.Next(open.Count)];

        private long Passive(Side side)
        {
            var distance = 1 + (int)(Farthest * Math.Pow(random.NextDouble(), 1.5));
            return side == Side.Bid ? Math.Min(middle - distance, (book.BestAsk ?? long.MaxValue) - 1) : Math.Max(middle + distance, (book.BestBid ?? 0) + 1);
        }

        private long Crossing(Side side) => side == Side.Bid ? (book.BestAsk ?? middle) + 2 : Math.Max(1, (book.BestBid ?? middle) - 2);

        private Command Do(Command command)
        {
            var outcome = Apply(book, command, events);
            trades += Trades(events);
            foreach (var one in events)
            {
                if (one.MakerRemaining == 0)
                {
                    Forget(one.MakerId);
                }
            }

            if (command.Verb == Verb.Rest)
            {
                places[command.Id] = open.Count;
                open.Add(command);
            }
            else if (command.Verb != Verb.Take && outcome.Rested == 0)
            {
                Forget(command.Id);
            }

            return command;
        }

        private void Forget(long id)
        {
            places.Remove(id, out var place);
            var last = open[^1];
            open.RemoveAt(open.Count - 1);
            if (last.Id != id)
            {
                (open[place], places[last.Id]) = (last, place);
            }
        }
    }
}
