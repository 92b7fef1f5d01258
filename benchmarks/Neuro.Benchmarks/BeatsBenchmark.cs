using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Backend;
using Neuro.Backend.Jobs;
using Neuro.Backend.Storage;
using Neuro.Client.Nodes;

namespace Neuro.Benchmarks;

/// <summary>The verb <c>beats</c>: many nodes without a wire, each with a lease out of a million open shards: heart-beats a second, how long a claim takes meanwhile, and what memory all of it needs.</summary>
/// <remarks>In turn each node beats, a little further each time, as if it worked ten seconds on a shard; so the beats that must be written down are among them. Now and then one claims.</remarks>
internal static class BeatsBenchmark
{
    private const int Jobs = 100;
    private const int ShardsAJob = 10_000;
    private const double Stride = 0.1;
    private const int Parts = 100;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(string[] args)
    {
        var nodes = args is ["--nodes", var value, ..] && int.TryParse(value, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= 1_000_000 ? count : 10_000;
        return LoadOptions.Parse("beats [--nodes 10000]", args is ["--nodes", _, .. var rest] ? rest : args, new(256, 10, "sqlite")) is { } options
            ? await options.OnEngineAsync((folder, postgres) => MeasureAsync(nodes, options, folder, postgres))
            : 1;
    }

    private static async Task MeasureAsync(int count, LoadOptions options, string folder, string? postgres)
    {
        await using var platform = await Platform.StartAsync(new() { DataFolder = folder, PostgresConnectionString = postgres, Workloads = [new BenchWork()], LeaseTime = TimeSpan.FromSeconds(30) });
        await OpenShardsAsync(platform);
        var fleet = await Fleet.JoinAsync(platform, count);
        var nodes = Stopwatch.StartNew();
        var leases = new Lease?[count];
        var next = -1;
        using var over = new CancellationTokenSource();
        var keeping = KeepAsync(fleet, leases, over.Token);
        var claims = await Task.WhenAll(Enumerable.Range(0, options.Callers).Select(_ => Task.Run(async () =>
        {
            var latencies = new List<double>();
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                var began = Stopwatch.GetTimestamp();
                leases[i] = await fleet.Board.ClaimAsync(fleet.Nodes[i].Id, CancellationToken.None) ?? throw new InvalidOperationException("A node got no shard.");
                latencies.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }

            return latencies;
        })));
        var claimed = count / nodes.Elapsed.TotalSeconds;
        double[] claimTimes = [.. claims.SelectMany(one => one).Order()];
        await over.CancelAsync();
        await keeping;

        var (beats, lost) = await BeatAsync(fleet, leases, options);
        GC.Collect();
        var memory = Process.GetCurrentProcess().WorkingSet64 / 1e6;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"beats engine={options.Engine} nodes={count} open_shards={Jobs * ShardsAJob} beats_per_s={beats:0} lost={lost} claims_per_s={claimed:0} "
            + $"claim_p50_ms={DispatchBenchmark.At(claimTimes, 0.5):0.0} claim_p99_ms={DispatchBenchmark.At(claimTimes, 0.99):0.0} memory_mb={memory:0}"));
    }

    // While some still claim, those that have a shard beat every ten seconds, or they would lose it; a hundredth of them at a time, and none waits for the others.
    private static Task KeepAsync(Fleet fleet, Lease?[] leases, CancellationToken over) => Task.WhenAll(Enumerable.Range(0, Parts).Select(async part =>
    {
        try
        {
            await Task.Delay(Every / Parts * part, over);
            using var timer = new PeriodicTimer(Every);
            do
            {
                var held = Enumerable.Range(0, leases.Length).Where(i => i % Parts == part && leases[i] is not null);
                await Task.WhenAll(held.Select(i => TryBeatAsync(fleet, i, leases[i]!, 0)));
            }
            while (await timer.WaitForNextTickAsync(over));
        }
        catch (OperationCanceledException)
        {
            // All have one.
        }
    }));

    // False when the lease is lost.
    private static async Task<bool> TryBeatAsync(Fleet fleet, int node, Lease lease, double fraction)
    {
        try
        {
            await fleet.Board.HeartbeatAsync(fleet.Nodes[node].Id, lease.ShardId, new(lease.Token, fraction), CancellationToken.None);
            return true;
        }
        catch (Client.Api.NeuroException over) when (over.Code == "lease.lost")
        {
            return false;
        }
    }

    private static async Task<(double PerSecond, int Lost)> BeatAsync(Fleet fleet, Lease?[] leases, LoadOptions options)
    {
        var (watch, time, next, done, lost) = (Stopwatch.StartNew(), TimeSpan.FromSeconds(options.Seconds), -1L, 0L, 0);
        await Task.WhenAll(Enumerable.Range(0, options.Callers).Select(_ => Task.Run(async () =>
        {
            while (watch.Elapsed < time)
            {
                var turn = Interlocked.Increment(ref next);
                var (i, round) = ((int)(turn % leases.Length), turn / leases.Length);
                if (await TryBeatAsync(fleet, i, leases[i]!, Math.Min(0.99, Stride * (round + 1))))
                {
                    Interlocked.Increment(ref done);
                }
                else
                {
                    Interlocked.Increment(ref lost);
                }
            }
        })));
        return (done / watch.Elapsed.TotalSeconds, lost);
    }

    private static async Task OpenShardsAsync(Platform platform)
    {
        var database = platform.Services.GetRequiredService<Database>();
        for (var number = 0; number < Jobs; number++)
        {
            await using var db = database.CreateDbContext();
            var job = Guid.NewGuid();
            db.Jobs.Add(new JobRow
            {
                Id = job, AccountId = Guid.NewGuid(), Kind = "render", Title = "bench", Name = "bench", RecipeHash = new string('0', 64), State = (int)JobPhase.Running, Shards = ShardsAJob,
                Spec = """{"kind":"render","recipe":{},"seed":1,"count":10000}""", WorkMilli = ShardsAJob * 1000, PriceNano = 1_000_000_000, CapPriceNano = 1_000_000_000, CapNano = 1, CreatedAt = DateTimeOffset.UtcNow,
            });
            await db.SaveChangesAsync();
            var id = database.IsPostgres ? "gen_random_uuid()" : "upper(substr(h,1,8)||'-'||substr(h,9,4)||'-'||substr(h,13,4)||'-'||substr(h,17,4)||'-'||substr(h,21,12))";
            var hex = database.IsPostgres ? "''" : "hex(randomblob(16))";
            await db.Database.ExecuteSqlAsync(FormattableStringFactory.Create(
                $$"""
                INSERT INTO shards (id, job_id, number, first, count, work_milli, inputs, state, attempt, failures, fraction, pay_nano, fee_nano, sample_seed)
                WITH RECURSIVE n(i, h) AS (SELECT 0, {{hex}} UNION ALL SELECT i + 1, {{hex}} FROM n WHERE i + 1 < {{ShardsAJob}})
                SELECT {{id}}, {0}, i, i, 1, 1000, '[]', 0, 0, 0, 0, 0, 0, 0 FROM n
                """, job));
        }
    }
}
