using System.Diagnostics;
using System.Globalization;
using Neuro.Backend.Cluster;
using Neuro.Backend.Exchange;
using Neuro.Backend.Ledger;
using Neuro.Backend.Storage;
using Neuro.Client.Tokens;
using Ledger = Neuro.Backend.Ledger.Ledger;

namespace Neuro.Benchmarks;

/// <summary>The verb <c>orderbook --durable</c>: orders a second through the exchange, each with its hold, rows, trades and transfers on disk before it is answered.</summary>
/// <remarks>
/// The mix is that of <see cref="OrderBookBenchmark"/> as far as it applies: per 100 commands 9 limit orders that rest, 3 immediate-or-cancel orders, 6 cancels and 82 moves. The exchange
/// cannot move an order, so a move is a cancel and a new order, of which one in 40 crosses the middle. Every caller has an account of its own, a share of about 1,000 open orders,
/// and waits for each answer. Orders a second counts orders placed, commands a second also the cancels; the times are those of orders. The books must prove right afterwards.
/// </remarks>
internal static class ExchangeBenchmark
{
    private const string Asset = "cpu:bench";
    private const int Open = 1000;
    private const int Farthest = 1500;
    private const int MostLots = 10_000;
    private static readonly Ntk Tick = new(1000);

    public static async Task<int> RunAsync(string[] args) =>
        LoadOptions.Parse("orderbook --durable", args, new(256, 10, "sqlite")) is { } options ? await options.OnDatabaseAsync(database => MeasureAsync(options, database)) : 1;

    private static async Task MeasureAsync(LoadOptions options, Database database)
    {
        await using var ledger = new Ledger(database, TimeProvider.System);
        await ledger.OpenBooksAsync(CancellationToken.None);
        var leases = new Leases(database, TimeProvider.System) { Url = "http://127.0.0.1/" };
        await using var exchange = new Exchange(database, ledger, leases, TimeProvider.System);
        await exchange.OpenBookAsync(Asset, "Compute", Tick, 100, CancellationToken.None);
        await using var renewing = new Timer(_ => leases.RenewAsync(CancellationToken.None).Wait(), null, leases.Shared ? Leases.Term / 6 : Timeout.InfiniteTimeSpan, Leases.Term / 6);
        var market = new Market(exchange);
        var traders = new List<Trader>();
        while (traders.Count < options.Callers)
        {
            var account = Guid.NewGuid();
            await ledger.OpenAccountAsync(account, "customer", "bench", CancellationToken.None);
            await ledger.SubmitAsync(TransferRequest.Transfer(Guid.NewGuid(), SystemAccounts.Treasury, account, Ntk.Of(100_000), "Start"));
            await exchange.IssueAsync(Guid.NewGuid(), account, Asset, 1_000_000_000, "start", CancellationToken.None);
            traders.Add(new(market, account, traders.Count, Math.Max(1, Open / options.Callers)));
        }

        await Task.WhenAll(traders.Select(trader => trader.OpenAsync()));
        await DriveAsync(traders, TimeSpan.FromSeconds(2));
        traders.ForEach(trader => trader.Forget());
        var (watch, cpu) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        await DriveAsync(traders, TimeSpan.FromSeconds(options.Seconds));
        var elapsed = watch.Elapsed.TotalSeconds;
        cpu = Environment.CpuUsage.TotalTime - cpu;
        var proof = await ledger.ProofAsync(CancellationToken.None);
        if (proof.Sum != Ntk.Zero || proof.Faults.Count > 0)
        {
            throw new InvalidOperationException($"The books do not add up: {string.Join(' ', proof.Faults)}");
        }

        var times = traders.SelectMany(trader => trader.Times).Order().ToArray();
        var (cancels, trading) = (traders.Sum(trader => trader.Cancels), traders.Sum(trader => trader.Trading));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"orderbook durable={options.Engine} callers={options.Callers} orders_per_s={times.Length / elapsed:0} commands_per_s={(times.Length + cancels) / elapsed:0} "
            + $"p50_ms={At(0.5):0.0} p99_ms={At(0.99):0.0} trading={(double)trading / (times.Length + cancels):0.0%} cpu_us_per_command={cpu.TotalMicroseconds / (times.Length + cancels):0}"));

        double At(double share) => times[(int)(times.Length * share)];
    }

    private static async Task DriveAsync(List<Trader> traders, TimeSpan time)
    {
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(traders.Select(trader => Task.Run(async () =>
        {
            while (watch.Elapsed < time)
            {
                await trader.StepAsync();
            }
        })));
    }

    /// <summary>Where prices are: the middle wanders a tick up or down every 20 orders.</summary>
    private sealed class Market(Exchange exchange)
    {
        private long middle = 100_000;

        public Exchange Exchange => exchange;

        /// <summary>A price in ticks: away from the middle, or so that it trades.</summary>
        public long Price(Random random, bool isBid, bool crosses)
        {
            var now = Interlocked.Add(ref middle, random.Next(40) switch { 0 => 1, 1 => -1, _ => 0 });
            var depth = exchange.Depth(Asset, 1);
            var (best, other) = (Ticks(depth.Bids), Ticks(depth.Asks));
            var distance = 1 + (int)(Farthest * Math.Pow(random.NextDouble(), 1.5));
            return (isBid, crosses) switch
            {
                (true, true) => (other ?? now) + 2,
                (false, true) => Math.Max(1, (best ?? now) - 2),
                (true, false) => Math.Min(now - distance, (other ?? long.MaxValue) - 1),
                (false, false) => Math.Max(now + distance, (best ?? 0) + 1),
            };
        }

        private static long? Ticks(IReadOnlyList<Neuro.Client.Market.DepthLevel> side) => side.Count > 0 ? side[0].Price.Nano / Tick.Nano : null;
    }

    /// <summary>One caller with an account.</summary>
    private sealed class Trader(Market market, Guid account, int seed, int share)
    {
        private readonly Random random = new(seed);
        private readonly List<Guid> open = [];

        /// <summary>Milliseconds of each order.</summary>
        public List<double> Times { get; } = [];

        public int Cancels { get; private set; }

        /// <summary>How many orders traded when they came in.</summary>
        public int Trading { get; private set; }

        public async Task OpenAsync()
        {
            while (open.Count < share)
            {
                await PlaceAsync("limit", crosses: false, 100);
            }
        }

        public void Forget()
        {
            Times.Clear();
            (Cancels, Trading) = (0, 0);
        }

        public async Task StepAsync()
        {
            var which = random.Next(100);
            if (which < 9 || open.Count == 0)
            {
                await PlaceAsync("limit", crosses: false, 100);
            }
            else if (which < 12)
            {
                await PlaceAsync("ioc", crosses: true, 1);
            }
            else
            {
                await CancelAsync();
                if (which >= 18 || open.Count < share)
                {
                    await PlaceAsync("limit", random.Next(40) == 0, 100);
                }
            }
        }

        private async Task PlaceAsync(string kind, bool crosses, int least)
        {
            var isBid = random.Next(2) == 0;
            var price = market.Price(random, isBid, crosses);
            // A heavy tail: Pareto, exponent 1.2.
            var lots = (long)Math.Min(MostLots, least * Math.Pow(1 - random.NextDouble(), -1 / 1.2));
            var start = Stopwatch.GetTimestamp();
            var order = await market.Exchange.PlaceAsync(account, Asset, new(Guid.CreateVersion7(), isBid ? "bid" : "ask", kind, new Ntk(price * Tick.Nano), lots), CancellationToken.None);
            Times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            Trading += order.Filled > 0 ? 1 : 0;
            if (order.State == "open")
            {
                open.Add(order.Id);
            }
        }

        private async Task CancelAsync()
        {
            var place = random.Next(open.Count);
            await market.Exchange.CancelAsync(account, Asset, open[place], CancellationToken.None);
            open.RemoveAt(place);
            Cancels++;
        }
    }
}
