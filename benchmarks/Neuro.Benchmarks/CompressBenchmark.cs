using System.Globalization;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Compression;
using Neuro.Learning.Recognition;
using Neuro.Learning.Training;
using Neuro.Learning.Zoo;

namespace Neuro.Benchmarks;

/// <summary>The verb <c>compress</c>: a recogniser of the corner shop trained for a minute or so, then all that compression makes of it, with what each knows of rendered products that none has seen.</summary>
internal static class CompressBenchmark
{
    private const int Size = 64;

    public static int Run(string[] args)
    {
        var (epochs, samples) = (8, 2048);
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--epochs" when int.TryParse(value, CultureInfo.InvariantCulture, out var n) && n is >= 2 and <= 1000:
                    epochs = n;
                    break;
                case "--samples" when int.TryParse(value, CultureInfo.InvariantCulture, out var n) && n is >= 64 and <= 1_000_000:
                    samples = n;
                    break;
                default:
                    Console.Error.WriteLine($"'{args[i]} {value}' is not understood. Usage: compress [--epochs 8] [--samples 2048]");
                    return 2;
            }
        }

        var folder = Directory.CreateTempSubdirectory("neuro-compress-").FullName;
        try
        {
            Measure(epochs, samples, folder);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Measure(int epochs, int samples, string folder)
    {
        var catalogue = Catalogue.Load(Path.Combine(Root.Folder, "datasets", "corner-shop"));
        var whole = Recognition.Train(catalogue, new() { Name = "short", Stages = [new(Size, epochs, 2e-3)], SamplesPerEpoch = samples, Scenes = 1000 }, seed: 1, Path.Combine(folder, "whole")).Model;
        using var stream = Compressor.Rendered(catalogue, Size, seed: 1000, samples);
        var plan = new CompressionPlan
        {
            Pupils = [Zoo.MobileNetV2(catalogue.Products.Count, Size, 0.5)],
            FineTuning = new() { Epochs = epochs / 2, LearningRate = 1e-3 },
            Schooling = new() { Epochs = epochs },
        };
        foreach (var model in Compressor.Run(whole.Folder, stream, Path.Combine(folder, "small"), plan))
        {
            var (one, two) = (model.Latency(1), model.Latency(2));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"compress model={model.Name.Replace(' ', '-')} accuracy={100 * model.Accuracy(stream, 2):0.00} n={stream.ValidationSamples} macs={model.Spec.Macs} parameters={model.Spec.Parameters} mb={model.Bytes / 1e6:0.000} ms_1_thread={one.TotalMilliseconds:0.000} ms_2_threads={two.TotalMilliseconds:0.000}"));
        }
    }
}
