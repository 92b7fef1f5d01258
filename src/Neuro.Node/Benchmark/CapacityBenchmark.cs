using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Text.Json;
using Neuro.Client.Api;
using Neuro.Client.Models;
using Neuro.Client.Nodes;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Runtime;
using Neuro.Learning.Training;
using Neuro.Learning.Zoo;
using Neuro.Node.Work;
using Measurement = Neuro.Client.Nodes.Benchmark;

namespace Neuro.Node.Benchmark;

/// <summary>Measures what this machine can do, by doing a little of the real work: renders a shard, then trains on it.</summary>
public static class CapacityBenchmark
{
    private const int Images = 48;
    private const int Classes = 12;
    private const int Crops = 640;
    private const string FileName = "capacity.json";
    private static readonly TimeSpan Fresh = TimeSpan.FromDays(7);

    private static string Build { get; } = typeof(CapacityBenchmark).Module.ModuleVersionId.ToString();

    /// <summary>What a node measured last, however long ago; null when there is nothing, or nothing that it signed.</summary>
    /// <param name="node">Its public key.</param>
    public static Measurement? Last(string folder, string node)
    {
        var kept = StatusFile.Read<Measurement>(Path.Combine(folder, FileName));
        return kept is { Capacity: not null, Build: not null, Signature: not null } && kept.Verify(node) ? kept : null;
    }

    /// <summary>What this build measured in the last seven days with as many cores as it may use now; null when there is nothing such.</summary>
    internal static Measurement? Known(NodeFolder folder) =>
        Last(folder.Path, Ed25519.PublicKey(folder.Key)) is { } kept && kept.Build == Build && kept.Capacity.Cores == Environment.ProcessorCount && DateTimeOffset.UtcNow - kept.At < Fresh ? kept : null;

    /// <summary>Measures now (some ten seconds), signs it and keeps it in the folder.</summary>
    /// <param name="measure">Measures with a scratch folder, here or in the process that does the work.</param>
    internal static async Task<Measurement> MeasureAndKeepAsync(NodeFolder folder, Action<string> log, Func<string, CancellationToken, Task<Capacity>> measure, CancellationToken cancel)
    {
        log("Measuring this machine: renders a shard and trains on it, some ten seconds.");
        var scratch = Path.Combine(folder.Path, "benchmark");
        var capacity = await measure(scratch, cancel) with { MemoryBytes = Memory }; // A process under a limit knows no more than that.
        var (write, read) = DiskBenchmark.Measure(scratch, cancel);
        log($"Measured {capacity.RenderCuPerSecond:0.00} CU/s rendering, {capacity.TrainCuPerSecond:0.00} CU/s training on {capacity.Device}.");
        var now = DateTimeOffset.UtcNow.ToMillisecond();
        return Keep(folder, new(now, Build, capacity, write, read, null, null, ""));
    }

    internal static Measurement Keep(NodeFolder folder, Measurement measured)
    {
        var signed = measured.Signed(folder.Key);
        StatusFile.Write(Path.Combine(folder.Path, FileName), signed);
        return signed;
    }

    /// <summary>Measures now.</summary>
    /// <param name="scratch">A folder that is made, used and removed.</param>
    public static Capacity Measure(string scratch, CancellationToken cancel)
    {
        Directory.CreateDirectory(scratch);
        try
        {
            var shard = Path.Combine(scratch, "shard.tar");
            var render = RenderCuPerSecond(scratch, shard, cancel);
            var train = TrainCuPerSecond(scratch, shard, cancel);
            return new Capacity(Pool(), $"{Environment.ProcessorCount} cores, {Simd()}", Environment.ProcessorCount, Memory, render, train);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static long Memory => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private static double RenderCuPerSecond(string scratch, string shard, CancellationToken cancel)
    {
        var catalogue = StripedCatalogue(Path.Combine(scratch, "catalogue"));
        var recipe = ShelfRecipe.Default(catalogue);
        DatasetRenderer.RenderShard(recipe, catalogue, 1, 0, 8, shard, null, cancel); // Compiles the kernels.
        File.Delete(shard);
        var watch = Stopwatch.StartNew();
        var made = DatasetRenderer.RenderShard(recipe, catalogue, 1, 0, Images, shard, null, cancel);
        return ReferenceNode.RenderCu(Images, recipe, (double)made.Objects / Images) / watch.Elapsed.TotalSeconds;
    }

    // Products told apart by the width and colour of their stripes: work like any other, and nothing to ship.
    private static Catalogue StripedCatalogue(string folder)
    {
        Directory.CreateDirectory(folder);
        var products = Enumerable.Range(0, Classes).Select(product =>
        {
            var rgb = new byte[128 * 128 * 3];
            for (var i = 0; i < rgb.Length; i++)
            {
                var row = i / (128 * 3);
                rgb[i] = (byte)(row / (4 + product) % 2 == 0 ? 230 : 40 + (product * 67 * (1 + (i % 3)) % 160));
            }

            File.WriteAllBytes(Path.Combine(folder, $"{product}.png"), Codec.Png(new Image(128, 128, rgb)));
            return new { sku = $"p{product}", name = $"Product {product}", shape = product % 4 == 3 ? "cylinder" : "box", widthMm = 80, heightMm = 160, depthMm = product % 4 == 3 ? 80 : 60, picture = $"{product}.png" };
        });
        File.WriteAllText(Path.Combine(folder, "catalogue.json"), JsonSerializer.Serialize(new { name = "benchmark", products }));
        return Catalogue.Load(folder);
    }

    private static double TrainCuPerSecond(string scratch, string shard, CancellationToken cancel)
    {
        TorchRuntime.Load();
        var model = Zoo.SmallCnn(Classes);
        var samples = CropSet.FromShards([shard], model.Input[^1], seed: 1, new CropLimits { Count = Crops }, cancel);
        var best = new Fastest();
        Trainer.Train(model, samples, new TrainingOptions { Epochs = 2, Seed = 1 }, Path.Combine(scratch, "model"), best, cancel);
        return ReferenceNode.TrainCu(1, model.Macs) * best.SamplesPerSecond;
    }

    private static string Pool() => Vector512.IsHardwareAccelerated ? "cpu-avx512" : Vector256.IsHardwareAccelerated ? "cpu-avx2" : "cpu";

    private static string Simd() => Vector512.IsHardwareAccelerated ? "512-bit SIMD" : Vector256.IsHardwareAccelerated ? "256-bit SIMD" : "128-bit SIMD";

    private sealed class Fastest : IProgress<TrainingPoint>
    {
        public double SamplesPerSecond { get; private set; }

        public void Report(TrainingPoint value) => SamplesPerSecond = Math.Max(SamplesPerSecond, value.SamplesPerSecond);
    }
}
