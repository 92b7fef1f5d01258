using System.Diagnostics;
using System.Globalization;
using Neuro.Backend.Market;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Benchmarks;

/// <summary>The verb <c>auction</c>: an auction with start-up costs, how far its cost is over the LP bound, and one with Vickrey payments.</summary>
internal static class AuctionBenchmark
{
    private const int Runs = 15;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Deadline = TimeSpan.FromHours(1);

    public static int Run(string[] args)
    {
        int[] sizes = args switch
        {
            [] => [1_000, 10_000, 100_000],
            ["--nodes", var value] when int.TryParse(value, CultureInfo.InvariantCulture, out var nodes) && nodes is >= 1 and <= 10_000_000 => [nodes],
            _ => [],
        };
        Array.ForEach(sizes, Measure);
        if (sizes.Length == 0)
        {
            Console.Error.WriteLine($"'{string.Join(' ', args)}' is not understood. Usage: auction [--nodes 100000]");
        }

        return sizes.Length == 0 ? 2 : 0;
    }

    private static void Measure(int nodes)
    {
        var random = new Random(nodes);
        var starting = Enumerable.Range(0, nodes).Select(i => Offer(i, random)).ToArray();
        var started = Array.ConvertAll(starting, offer => offer with { StartCost = Ntk.Zero });
        var vickrey = new AuctionTerms { Rule = PriceRule.Vickrey, MostPerCu = Ntk.Of(1) };
        // About two fifths of what all can do in the hour.
        var work = Cu.Of(starting.Sum(offer => offer.CuPerSecond) * Deadline.TotalSeconds * 0.4);
        var (ms, result) = Median(() => Auction.Clear(starting, work, Deadline));
        var (vickreyMs, _) = Median(() => Auction.Clear(started, work, Deadline, vickrey));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"auction nodes={nodes} ms={ms:0.00} gap={result.Gap:0.0e+0} vcg_ms={vickreyMs:0.00}"));
    }

    // Floors around 0.01 NTK within a factor of two, 0.5 to 50 CU a second, at most two minutes and 5 NTK to start:
    // ten seconds' pay of the fastest and a quarter of an hour's of the slowest.
    private static Offer Offer(int i, Random random)
    {
        var floor = new Ntk((long)(Ntk.NanoPerNtk * 0.01 * Math.Pow(2, (random.NextDouble() * 2) - 1)));
        return new($"node-{i:x8}", $"node-{i}", "gpu", floor, 0.5 * Math.Pow(100, random.NextDouble()))
        {
            Reliability = 0.9 + (0.1 * random.NextDouble()),
            StartCost = new(random.NextInt64(5 * Ntk.NanoPerNtk)),
            StartTime = TimeSpan.FromSeconds(random.Next(120)),
        };
    }

    // Milliseconds of a run once the code is compiled.
    private static (double Ms, AuctionResult Result) Median(Func<AuctionResult> clear)
    {
        var (result, warm) = (clear(), Stopwatch.StartNew());
        while (warm.Elapsed < WarmUp)
        {
            clear();
        }

        var times = Enumerable.Range(0, Runs).Select(_ =>
        {
            var start = Stopwatch.GetTimestamp();
            clear();
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }).Order().ToArray();
        return result.Outcome == AuctionOutcome.Cleared ? (times[Runs / 2], result) : throw new InvalidOperationException($"The auction ended with {result.Outcome}.");
    }
}
