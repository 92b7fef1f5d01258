using System.Diagnostics;
using System.Globalization;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Recognition;
using Neuro.Learning.Training;

namespace Neuro.Benchmarks;

/// <summary>The verb <c>stream</c>: a recogniser learns from scenes that are rendered while it does, nothing on a disk between; how long its steps wait for samples.</summary>
internal static class StreamBenchmark
{
    private const int BatchSize = 32;

    public static int Run(string[] args)
    {
        var (sizes, samples, catalogue) = ("80,128", 4096, Path.Combine(Root.Folder, "datasets", "corner-shop"));
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--sizes" when value.Split(',').All(size => int.TryParse(size, CultureInfo.InvariantCulture, out var side) && side is >= 32 and <= 512):
                    sizes = value;
                    break;
                case "--samples" when int.TryParse(value, CultureInfo.InvariantCulture, out samples) && samples is >= 256 and <= 1_000_000:
                    break;
                case "--catalogue" when Directory.Exists(value):
                    catalogue = value;
                    break;
                default:
                    Console.Error.WriteLine($"'{string.Join(' ', args)}' is not understood. Usage: stream [--sizes 80,128] [--samples 4096] [--catalogue DIR]");
                    return 2;
            }
        }

        var products = Catalogue.Load(catalogue);
        foreach (var size in sizes.Split(',').Select(side => int.Parse(side, CultureInfo.InvariantCulture)))
        {
            Measure(products, size, samples);
        }

        return 0;
    }

    private static void Measure(Catalogue catalogue, int size, int samples)
    {
        var folder = Directory.CreateTempSubdirectory("neuro-stream-").FullName;
        try
        {
            // Two epochs: the first begins with an empty window, as every training does.
            var plan = new RecognitionPlan { Name = "stream", Stages = [new(size, 1, 2e-3)], SamplesPerEpoch = samples, BatchSize = BatchSize };
            var (stage, watch, cpu) = (plan.Stages[0], Stopwatch.StartNew(), Process.GetCurrentProcess().TotalProcessorTime);
            using var stream = new SceneStream(catalogue, plan.Mix(catalogue, stage), size, 1, plan.Stream(stage) with { ValidationScenes = 0 });
            var model = Trainer.Train(plan.Network(catalogue.Products.Count, size), stream, new() { Epochs = 2, BatchSize = BatchSize, LearningRate = stage.LearningRate }, folder);
            var (seconds, spent) = (watch.Elapsed.TotalSeconds, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"stream size={size} samples={2 * samples} scenes={stream.Scenes} samples_per_s={2 * samples / seconds:0.0} cpu_ms_per_sample={1000 * spent / (2 * samples):0.00} wait_share={model.WaitShare:0.0000} load={Root.Load()}"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
