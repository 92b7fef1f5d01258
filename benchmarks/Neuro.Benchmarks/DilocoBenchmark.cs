using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Backend;
using Neuro.Backend.Storage;
using Neuro.Cli.Workloads;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Models;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Exchange;
using Neuro.Learning.LocalSgd;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;
using Neuro.Learning.Zoo;
using Neuro.Node.Work;

namespace Neuro.Benchmarks;

/// <summary>The verb <c>diloco</c>: one model trained plainly, and across 1, 2 and 4 nodes of a platform on this machine at as many samples; then across 4 of which one hangs in the second round.</summary>
internal static class DilocoBenchmark
{
    private const int Size = 32;
    private const int Parts = 4;
    private const double Z = 1.96;
    private static readonly Capacity Capacity = new("cpu-bench", "bench", 1, 4L << 30, 25, 10);

    public static async Task<int> RunAsync(string[] args)
    {
        var (rounds, steps, images, scenes) = (8, 100, 150, 250);
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 >= args.Length || !int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var value) || value < 1)
            {
                return Usage();
            }

            switch (args[i])
            {
                case "--rounds":
                    rounds = value;
                    break;
                case "--steps":
                    steps = value;
                    break;
                case "--images":
                    images = value;
                    break;
                case "--scenes":
                    scenes = value;
                    break;
                default:
                    return Usage();
            }
        }

        var folder = Directory.CreateTempSubdirectory("neuro-diloco-").FullName;
        try
        {
            await MeasureAsync(folder, rounds, steps, images, scenes);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int Usage()
    {
        Console.Error.WriteLine("Usage: diloco [--rounds 8] [--steps 100, of a part in a round across 4 nodes] [--images 150, to learn from] [--scenes 250, to measure by]");
        return 2;
    }

    private static async Task MeasureAsync(string folder, int rounds, int steps, int images, int scenes)
    {
        var catalogue = Catalogue.Load(Path.Combine(Root.Folder, "datasets", "corner-shop"));
        var recipe = ShelfRecipe.Default(catalogue);
        var spec = Zoo.SmallCnn(catalogue.Products.Count, Size, [16, 32, 64, 128]);
        using var unseen = new SceneStream(catalogue, [(recipe, 1)], Size, seed: 1_000_003, new() { ValidationScenes = scenes });
        await using var platform = await Platform.StartAsync(new PlatformOptions { DataFolder = Path.Combine(folder, "platform"), Workloads = [new RenderWorkload(), new DilocoWorkload()], RequestBurst = 1_000_000 });
        await using var customer = await NeuroClient.ConnectAsync(platform.Url.ToString(), platform.FirstUserKey);
        await customer.BuyAsync(Ntk.Of(100_000));
        var packed = await customer.Artifacts.UploadAsync(catalogue.Pack(), "catalogue.tar");
        Trace.Assert(packed.Sha256 == catalogue.Hash);
        Job rendered;
        await using (Start(platform, folder, "renderer", new RenderWork()))
        {
            rendered = await OrderAsync(customer, new RenderSpec(recipe.ToJson(), 1, images));
        }

        var dataset = await customer.DatasetAsync(rendered);
        var plain = Plain(spec, await customer.DownloadAsync(dataset), Parts * rounds * steps, Path.Combine(folder, "plain"), unseen);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"diloco nodes=plain steps={Parts * rounds * steps} accuracy={100 * plain:0.00} n={unseen.ValidationSamples} interval={100 * Reach(plain, unseen):0.00}"));
        foreach (var (nodes, hangs) in new[] { (1, false), (2, false), (4, false), (4, true) })
        {
            var order = new DilocoSpec(spec.ToJson(), nodes, rounds, Parts * steps / nodes, seed: 1) { Dataset = dataset.Id, RoundTime = TimeSpan.FromSeconds(hangs ? 30 : 600) };
            var began = Stopwatch.GetTimestamp();
            await using var workers = new Workers([.. Enumerable.Range(0, nodes).Select(i => Start(platform, folder, $"node-{nodes}-{i}{(hangs ? "-late" : "")}", hangs && i == 0 ? new HangingWork() : new DilocoWork()))]);
            var job = await OrderAsync(customer, order);
            var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            var accuracy = await AccuracyAsync(customer, job, Path.Combine(folder, $"{job.Id}"), unseen);
            await PrintAsync(platform, job, order, hangs, spec, dataset, seconds, accuracy, unseen);
        }
    }

    // The same samples by the ordinary trainer.
    private static double Plain(ModelSpec spec, IReadOnlyList<string> shards, int steps, string folder, SceneStream unseen)
    {
        var crops = CropSet.FromShards(shards, Size, seed: 1);
        var options = new TrainingOptions { Epochs = Math.Max(1, (int)Math.Round((double)steps * DilocoPlan.BatchSize / crops.Training.Count)), Seed = 1, Threads = 2, Precision = Precision.Float32 };
        Trainer.Train(spec, crops, options, folder);
        return Accuracy(folder, unseen);
    }

    private static double Accuracy(string folder, SceneStream unseen)
    {
        using var model = Classifier.Load(folder);
        return HeldOut.Outcomes(model, unseen).Average(outcome => outcome.Right ? 1.0 : 0);
    }

    private static async Task<double> AccuracyAsync(NeuroClient customer, Job job, string folder, SceneStream unseen)
    {
        ModelPackage.Unpack(await File.ReadAllBytesAsync(await customer.DownloadAsync(await customer.ModelAsync(job))), folder);
        return Accuracy(folder, unseen);
    }

    // Half of the 95 % interval.
    private static double Reach(double accuracy, SceneStream unseen) => Z * Math.Sqrt(accuracy * (1 - accuracy) / unseen.ValidationSamples);

    private static async Task<Job> OrderAsync(NeuroClient customer, JobSpec spec)
    {
        var job = await customer.CompleteAsync(await customer.OrderAsync(await customer.QuoteAsync(spec)));
        return job.State == JobState.Succeeded ? job : throw new InvalidOperationException($"The job ended {job.State}: {job.Error}");
    }

    private static async Task PrintAsync(Platform platform, Job job, DilocoSpec order, bool hangs, ModelSpec spec, DatasetManifest dataset, double seconds, double accuracy, SceneStream unseen)
    {
        await using var db = platform.Services.GetRequiredService<Database>().CreateDbContext();
        var shards = await db.Shards.AsNoTracking().Where(row => row.JobId == job.Id && row.Copy == 0 && row.Outputs != null).ToListAsync();
        var data = dataset.Shards.Sum(shard => shard.Bytes);
        var uploaded = shards.Sum(shard => JsonSerializer.Deserialize<List<ArtifactRef>>(shard.Outputs!, NeuroJson.Options)!.Sum(output => output.Bytes));
        // What is fetched besides the dataset, which each node fetches once: weights.
        var downloaded = shards.Select(shard => JsonSerializer.Deserialize<Usage>(shard.Usage!, NeuroJson.Options)!.BytesIn).Sum(bytes => bytes >= data ? bytes - data : bytes);
        // Exchanging gradients each step: every node sends its own in fp32 and fetches the mean.
        var gradients = 8.0 * spec.Parameters * shards.Count * order.Steps;
        var redone = shards.Sum(shard => (double)shard.RedoneMilli) / shards.Sum(shard => (double)shard.WorkMilli);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"diloco nodes={order.Nodes} rounds={order.Rounds} steps={order.Steps} hangs={(hangs ? 1 : 0)} accuracy={100 * accuracy:0.00} n={unseen.ValidationSamples} interval={100 * Reach(accuracy, unseen):0.00} "
            + $"shards={shards.Count} lost_shards={(order.Nodes * order.Rounds) - shards.Count} up_mb={uploaded / 1e6:0.00} down_mb={downloaded / 1e6:0.00} gradients_mb={gradients / 1e6:0} ratio={gradients / (uploaded + downloaded):0} "
            + $"redone={redone:0.00} seconds={seconds:0.0}"));
    }

    private static RunningWorker Start(Platform platform, string folder, string name, IWork work) =>
        new(new NodeOptions { Platform = platform.Url, Folder = Path.Combine(folder, name), OwnerKey = platform.NodeOwnerKey, Name = name }, work);

    /// <summary>Takes a shard and never ends it, however faithfully its node beats.</summary>
    private sealed class HangingWork : IWork
    {
        private readonly DilocoWork honest = new();
        private int shards;

        public string Kind => DilocoSpec.KindName;

        public WorkResult Run(Lease lease, IReadOnlyList<string> inputs, string scratch, WorkProgress progress, CancellationToken cancel)
        {
            if (Interlocked.Increment(ref shards) == 2)
            {
                cancel.WaitHandle.WaitOne();
            }

            return honest.Run(lease, inputs, scratch, progress, cancel);
        }
    }

    private sealed class RunningWorker : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly Worker worker;
        private readonly Task running;

        public RunningWorker(NodeOptions options, IWork work)
        {
            worker = new(options, _ => { }, TimeProvider.System, (lease, inputs, scratch, progress, _, cancel) => Task.Run(() => work.Run(lease, inputs, scratch, progress, cancel), cancel));
            var joined = new TaskCompletionSource();
            worker.Joined += joined.SetResult;
            running = worker.RunAsync(Capacity, stop.Token);
            Task.WaitAny(joined.Task, running);
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await running;
            worker.Dispose();
            stop.Dispose();
        }
    }

    private sealed class Workers(IReadOnlyList<RunningWorker> all) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var worker in all)
            {
                await worker.DisposeAsync();
            }
        }
    }
}
