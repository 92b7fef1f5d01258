using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using Neuro.Backend.Cluster;
using Neuro.Backend.Ledger;
using Neuro.Backend.Storage;
using Neuro.Backend.Tests.Exchange;
using Neuro.Backend.Tests.Treasury;
using Neuro.Backend.Treasury;
using Neuro.Chain.Anvil;
using Neuro.Chain.Values;
using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests;

/// <summary>A second process that does real work until SIGKILL ends it in the middle.</summary>
internal static class CrashChild
{
    public const string LedgerVerb = "--ledger-child";
    public const string ExchangeVerb = "--exchange-child";
    public const string MakerVerb = "--maker-child";
    public const string PlatformVerb = "--platform-child";
    public const string ReplicaVerb = "--replica-child";
    public const string ChainVerb = "--chain-child";
    private const int Callers = 32;

    public static readonly Guid Payer = DerivedId.Of("test/payer");
    public static readonly Guid Payee = DerivedId.Of("test/payee");

    public static Process Start(params string[] arguments) => Start(new Dictionary<string, string>(), arguments);

    /// <param name="environment">Variables besides those of this process.</param>
    public static Process Start(IReadOnlyDictionary<string, string> environment, params string[] arguments) => Start(environment, [], arguments);

    /// <param name="environment">Variables besides those of this process.</param>
    /// <param name="behind">A command that runs the one that is put behind it.</param>
    public static Process Start(IReadOnlyDictionary<string, string> environment, string[] behind, params string[] arguments)
    {
        // This program is either its own host or was handed to dotnet.
        var hosted = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        string[] all = hosted ? [typeof(CrashChild).Assembly.Location, .. arguments] : arguments;
        all = [.. behind, Environment.ProcessPath!, .. all];
        var start = new ProcessStartInfo(all[0], all[1..]) { RedirectStandardOutput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Transfers without end; says each on standard output once the ledger has acknowledged it.</summary>
    public static async Task<int> WriteLedgerAsync(string engine, string where)
    {
        await using var database = engine == "postgres" ? Database.Postgres(where) : Database.Sqlite(where);
        await using var ledger = new Backend.Ledger.Ledger(database, TimeProvider.System);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            while (true)
            {
                var id = Guid.NewGuid();
                var (hold, post, rest) = (DerivedId.Of("hold", id), DerivedId.Of("post", id), DerivedId.Of("rest", id));
                var results = await ledger.SubmitAsync([
                    TransferRequest.Transfer(id, Payer, Payee, new Ntk(7), "crash"),
                    TransferRequest.Hold(hold, Payer, null, new Ntk(5), null, "crash"),
                    TransferRequest.Post(post, hold, Payee, new Ntk(3), "crash"),
                    TransferRequest.Void(rest, hold, "crash")]);
                if (results.All(result => result.Code == TransferCode.Ok))
                {
                    lock (Console.Out)
                    {
                        Console.Out.WriteLine(id);
                        Console.Out.Flush();
                    }
                }
            }
        }));
        return 0;
    }

    /// <summary>Bids and asks without end; says each order once it is acknowledged.</summary>
    public static async Task<int> TradeAsync(string engine, string where)
    {
        await using var database = engine == "postgres" ? Database.Postgres(where) : Database.Sqlite(where);
        await using var ledger = new Backend.Ledger.Ledger(database, TimeProvider.System);
        await using var leases = await TestLeases.TakeAsync(database, Backend.Exchange.Exchange.Lease, TimeSpan.FromSeconds(3));
        await using var exchange = new Backend.Exchange.Exchange(database, ledger, leases.Leases, TimeProvider.System);
        await exchange.SyncAsync(CancellationToken.None);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async caller =>
        {
            var random = new Random(caller);
            while (true)
            {
                var (who, side) = (TestExchange.People[random.Next(3)], random.Next(2) == 0 ? "bid" : "ask");
                await UnlessBusyAsync(async () =>
                {
                    var order = await exchange.PlaceAsync(who, TestExchange.Asset, new(Guid.NewGuid(), side, random.Next(4) == 0 ? "ioc" : "limit", Ntk.Of(random.Next(1, 4)), random.Next(1, 4)), CancellationToken.None);
                    lock (Console.Out)
                    {
                        Console.Out.WriteLine(order.Id);
                        Console.Out.Flush();
                    }

                    if (order.State == "open" && random.Next(2) == 0)
                    {
                        await exchange.CancelAsync(who, TestExchange.Asset, order.Id, CancellationToken.None);
                    }
                });
            }
        }));
        return 0;
    }

    /// <summary>A market maker's rounds without end, among people who trade; says each round.</summary>
    public static async Task<int> MakeMarketAsync(string engine, string where)
    {
        await using var database = engine == "postgres" ? Database.Postgres(where) : Database.Sqlite(where);
        await using var ledger = new Backend.Ledger.Ledger(database, TimeProvider.System);
        await using var leases = await TestLeases.TakeAsync(database, Backend.Exchange.Exchange.Lease, TimeSpan.FromSeconds(3));
        await using var exchange = new Backend.Exchange.Exchange(database, ledger, leases.Leases, TimeProvider.System);
        await exchange.SyncAsync(CancellationToken.None);
        using var maker = new MarketMaker(database, exchange, new TreasurySettings(database), NullLogger<MarketMaker>.Instance);
        var trading = TestTreasury.People.Select((who, caller) => Task.Run(async () =>
        {
            for (var random = new Random(caller + Environment.ProcessId); ;)
            {
                var side = random.Next(2) == 0 ? "bid" : "ask";
                await UnlessBusyAsync(() => exchange.PlaceAsync(who, TestTreasury.Cash, new(Guid.NewGuid(), side, "ioc", Ntk.Of(random.Next(80, 121) / 100m), random.Next(1, 150)), CancellationToken.None));
            }
        })).ToList();
        while (trading.TrueForAll(task => !task.IsFaulted))
        {
            await UnlessBusyAsync(() => maker.QuoteAsync(CancellationToken.None));
            Console.Out.WriteLine("round");
            Console.Out.Flush();
        }

        return 1;
    }

    // A machine that stands still for seconds loses its lease and gets it again; nothing is wrong with that.
    private static async Task UnlessBusyAsync(Func<Task> what)
    {
        try
        {
            await what();
        }
        catch (NeuroException busy) when (busy.Status == 503)
        {
            await Task.Delay(100);
        }
    }

    /// <summary>One of several replicas; says its address, and stops in order when it is asked to (SIGTERM).</summary>
    public static async Task<int> RunReplicaAsync(PlatformOptions options)
    {
        var asked = new TaskCompletionSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            asked.TrySetResult();
        });
        await using var platform = await Platform.StartAsync(options);
        Console.Out.WriteLine(platform.Url);
        Console.Out.Flush();
        await asked.Task;
        return 0;
    }

    /// <summary>A platform with a chain, which it looks at all the time; says its address.</summary>
    public static Task<int> RunChainAsync(string folder, string endpoint, string vault, string fromBlock) => RunAsync(new PlatformOptions
    {
        DataFolder = folder,
        RequestBurst = 1_000_000,
        Chain = new()
        {
            Endpoints = [new(endpoint)], Vault = Address.Parse(vault), Settler = AnvilNode.Signers[1], FromBlock = long.Parse(fromBlock, CultureInfo.InvariantCulture),
            PollInterval = TimeSpan.FromMilliseconds(20), BatchInterval = TimeSpan.FromMilliseconds(50),
        },
    });

    /// <summary>A whole platform; says its address.</summary>
    public static Task<int> RunPlatformAsync(string folder, string url) =>
        RunAsync(new PlatformOptions { DataFolder = folder, Url = url, Workloads = [new NumberWork(), new TrainWork()], ClaimWait = TimeSpan.Zero });

    private static async Task<int> RunAsync(PlatformOptions options)
    {
        await using var platform = await Platform.StartAsync(options);
        Console.Out.WriteLine(platform.Url);
        Console.Out.Flush();
        await new TaskCompletionSource().Task; // Until it is killed.
        return 0;
    }
}
