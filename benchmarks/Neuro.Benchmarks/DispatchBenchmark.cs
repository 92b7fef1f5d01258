using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Backend;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;

namespace Neuro.Benchmarks;

/// <summary>The verb <c>dispatch</c>: shards a second that nodes claim and complete, durably; and then how many of them are accepted and paid a second, with receipts.</summary>
/// <remarks>Each caller is a node that claims a shard, signs and completes it, and claims the next; claims and completions that come together share a transaction. HTTP and the artifacts are not in it: see <c>wire</c>.</remarks>
internal static class DispatchBenchmark
{
    private const int ShardsAJob = 10_000;

    public static async Task<int> RunAsync(string[] args) =>
        LoadOptions.Parse("dispatch", args, new(256, 5, "sqlite")) is { } options ? await options.OnEngineAsync((folder, postgres) => MeasureAsync(options, folder, postgres)) : 1;

    private static async Task MeasureAsync(LoadOptions options, string folder, string? postgres)
    {
        var work = new BenchWork();
        await using var platform = await Platform.StartAsync(new() { DataFolder = folder, PostgresConnectionString = postgres, Workloads = [work], RequestBurst = 1_000_000 });
        var fleet = await Fleet.JoinAsync(platform, options.Callers);
        await using var customer = await NeuroClient.ConnectAsync(platform.Url.ToString(), platform.FirstUserKey);
        await customer.BuyAsync(Ntk.Of(1_000_000));
        var output = await customer.Artifacts.UploadAsync([1], "bench");
        await OrderAsync(customer);
        await DriveAsync(fleet, output, TimeSpan.FromSeconds(1));
        await OrderAsync(customer, jobs: 1 + (int)(options.Seconds / 2));
        var watch = Stopwatch.StartNew();
        var (done, latencies) = await DriveAsync(fleet, output, TimeSpan.FromSeconds(options.Seconds));
        var perSecond = done / watch.Elapsed.TotalSeconds;

        var before = await PaidAsync(platform);
        work.Verdicts.SetResult();
        var paying = Stopwatch.StartNew();
        await Task.Delay(TimeSpan.FromSeconds(options.Seconds));
        var paid = (await PaidAsync(platform) - before) / paying.Elapsed.TotalSeconds;
        var proof = await customer.Api.GetProofAsync();
        if (proof.Faults.Count > 0)
        {
            throw new InvalidOperationException($"The books do not add up: {string.Join(' ', proof.Faults)}");
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"dispatch engine={options.Engine} callers={options.Callers} shards_per_s={perSecond:0} claim_p50_ms={At(latencies, 0.5):0.0} claim_p99_ms={At(latencies, 0.99):0.0} paid_per_s={paid:0}"));
    }

    internal static double At(double[] sorted, double part) => sorted[(int)(sorted.Length * part)];

    private static async Task OrderAsync(NeuroClient customer, int jobs = 1)
    {
        for (var i = 0; i < jobs; i++)
        {
            await customer.OrderAsync(await customer.QuoteAsync(new RenderSpec("{}", (ulong)i, ShardsAJob)));
        }
    }

    private static async Task<int> PaidAsync(Platform platform)
    {
        await using var db = platform.Services.GetRequiredService<Database>().CreateDbContext();
        return await db.Receipts.CountAsync();
    }

    private static async Task<(int Done, double[] ClaimMilliseconds)> DriveAsync(Fleet fleet, ArtifactRef output, TimeSpan time)
    {
        var watch = Stopwatch.StartNew();
        var each = await Task.WhenAll(fleet.Nodes.Select(node => Task.Run(async () =>
        {
            var (done, latencies) = (0, new List<double>());
            while (watch.Elapsed < time)
            {
                var began = Stopwatch.GetTimestamp();
                if (await fleet.Board.ClaimAsync(node.Id, CancellationToken.None) is not { } lease)
                {
                    throw new InvalidOperationException("There were no shards left: the measurement took more than was ordered.");
                }

                latencies.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                var signature = Ed25519.Sign(node.Secret!, Receipt.WorkBytes(lease.JobId, lease.Shard, [output.Sha256]));
                await fleet.Board.CompleteAsync(node.Id, lease.ShardId, lease.JobId, lease.Shard, new Completion(lease.Token, [output], signature), CancellationToken.None);
                done++;
            }

            return (done, latencies);
        })));
        return (each.Sum(one => one.done), [.. each.SelectMany(one => one.latencies).Order()]);
    }
}
