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

    public static async Task<int> RunAsync(string[] args) =>
        LoadOptions.Parse("ledger", args, new(256, 5, "sqlite")) is { } options ? await options.OnDatabaseAsync(database => MeasureAsync(options, database)) : 1;

    private static async Task MeasureAsync(LoadOptions options, Database database)
    {
        await using var ledger = new Ledger(database, TimeProvider.System);
        await ledger.OpenBooksAsync(CancellationToken.None);
        var accounts = await OpenAsync(ledger);
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

    /// <summary>Accounts with something to spend.</summary>
    internal static async Task<Guid[]> OpenAsync(Ledger ledger)
    {
        var accounts = Enumerable.Range(0, Accounts).Select(_ => Guid.NewGuid()).ToArray();
        foreach (var account in accounts)
        {
            await ledger.OpenAccountAsync(account, "customer", "bench", CancellationToken.None);
        }

        await Task.WhenAll(accounts.Select(account => ledger.SubmitAsync(TransferRequest.Transfer(Guid.NewGuid(), SystemAccounts.Treasury, account, Ntk.Of(1000), "Start"))));
        return accounts;
    }

    /// <summary>Milliseconds of each transfer.</summary>
    internal static async Task<double[]> DriveAsync(Ledger ledger, Guid[] accounts, int callers, TimeSpan time)
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
}
