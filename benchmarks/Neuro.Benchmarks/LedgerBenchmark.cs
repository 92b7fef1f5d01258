using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Neuro.Backend.Ledger;
using Ledger = Neuro.Backend.Ledger.Ledger;
using Neuro.Backend.Storage;
using Neuro.Client.Tokens;

namespace Neuro.Benchmarks;

/// <summary>The verb <c>ledger</c>: durable transfers a second with many callers, each of which waits for its answer before it sends the next.</summary>
internal static class LedgerBenchmark
{
    private const int Accounts = 1000;

    private sealed record Options(int Callers, double Seconds, string Engine);

    public static async Task<int> RunAsync(string[] args)
    {
        if (Parse(args) is not { } options)
        {
            Console.Error.WriteLine("ledger [--callers 256] [--seconds 5] [--engine sqlite|postgres]");
            return 1;
        }

        if (options.Engine == "sqlite")
        {
            var folder = Directory.CreateTempSubdirectory("neuro-ledger-");
            await using (var database = Database.Sqlite(Path.Combine(folder.FullName, "ledger.db")))
            {
                await MeasureAsync(options, database);
            }

            folder.Delete(recursive: true);
            return 0;
        }

        if (LedgerPostgres.FindBinaries() is not { } binaries)
        {
            Console.Error.WriteLine("--engine postgres needs initdb: apt install postgresql");
            return 1;
        }

        await using var server = await LedgerPostgres.StartAsync(binaries);
        await using var postgres = Database.Postgres(await server.NewDatabaseAsync());
        await MeasureAsync(options, postgres);
        return 0;
    }

    private static async Task MeasureAsync(Options options, Database database)
    {
        await database.MigrateAsync(CancellationToken.None);
        await using var ledger = new Ledger(database, TimeProvider.System);
        await ledger.OpenBooksAsync(CancellationToken.None);
        var accounts = Enumerable.Range(0, Accounts).Select(_ => Guid.NewGuid()).ToArray();
        foreach (var account in accounts)
        {
            await ledger.OpenAccountAsync(account, "customer", "bench", CancellationToken.None);
        }

        await Task.WhenAll(accounts.Select(account => ledger.SubmitAsync(TransferRequest.Transfer(Guid.NewGuid(), SystemAccounts.Treasury, account, Ntk.Of(1000), "Start"))));
        await DriveAsync(ledger, accounts, options.Callers, TimeSpan.FromSeconds(1));
        var watch = Stopwatch.StartNew();
        var latencies = await DriveAsync(ledger, accounts, options.Callers, TimeSpan.FromSeconds(options.Seconds));
        var elapsed = watch.Elapsed.TotalSeconds;
        var proof = await ledger.ProofAsync(CancellationToken.None);
        if (proof.Sum != Ntk.Zero || proof.Faults.Count > 0)
        {
            throw new InvalidOperationException($"The books do not add up: {string.Join(' ', proof.Faults)}");
        }

        Array.Sort(latencies);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"ledger engine={options.Engine} callers={options.Callers} transfers_per_s={latencies.Length / elapsed:0} p99_ms={latencies[(int)(latencies.Length * 0.99)]:0.0}"));
    }

    // Milliseconds of each transfer.
    private static async Task<double[]> DriveAsync(Ledger ledger, Guid[] accounts, int callers, TimeSpan time)
    {
        var latencies = new ConcurrentQueue<double[]>();
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var (random, mine) = (new Random(caller), new List<double>());
            while (watch.Elapsed < time)
            {
                var from = random.Next(accounts.Length);
                var to = (from + 1 + random.Next(accounts.Length - 1)) % accounts.Length;
                var start = Stopwatch.GetTimestamp();
                var result = await ledger.SubmitAsync(TransferRequest.Transfer(Guid.CreateVersion7(), accounts[from], accounts[to], new Ntk(random.Next(1, 1_000_000)), "Bench"));
                mine.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                if (result.Code != TransferCode.Ok)
                {
                    throw new InvalidOperationException($"A transfer was refused: {result.Code}.");
                }
            }

            latencies.Enqueue([.. mine]);
        })));
        return [.. latencies.SelectMany(mine => mine)];
    }

    private static Options? Parse(string[] args)
    {
        var options = new Options(256, 5, "sqlite");
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            if (args[i] == "--callers" && int.TryParse(value, CultureInfo.InvariantCulture, out var callers) && callers is >= 1 and <= 100_000)
            {
                options = options with { Callers = callers };
            }
            else if (args[i] == "--seconds" && double.TryParse(value, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 3600)
            {
                options = options with { Seconds = seconds };
            }
            else if (args[i] == "--engine" && value is "sqlite" or "postgres")
            {
                options = options with { Engine = value };
            }
            else
            {
                return null;
            }
        }

        return options;
    }
}
