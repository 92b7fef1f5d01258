using System.Globalization;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Compression;
using Neuro.Learning.Exchange;
using Neuro.Learning.Recognition;
using Neuro.Learning.Training;
using Neuro.Learning.Zoo;

namespace Neuro.Benchmarks;

/// <summary>The verb <c>compress</c>: a recogniser of the corner shop trained for a minute or so, then all that compression makes of it, with what each knows of
/// rendered products that none has seen.</summary>
internal static class CompressBenchmark
{
    private const int Size = 64;

    private const string Usage = "compress [--model DIR] [--catalogue DIR] [--epochs 8, or 0 to quantise alone] [--samples 2048] [--out DIR, where a run that was stopped goes on]";

    public static int Run(string[] args)
    {
        var (model, catalogue, epochs, samples) = ((string?)null, Path.Combine(Root.Folder, "datasets", "corner-shop"), 8, 2048);
        var folder = Path.Combine("artifacts", "bench", "compress");
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--model" when Directory.Exists(value):
                    model = value;
                    break;
                case "--catalogue" when Directory.Exists(value):
                    catalogue = value;
                    break;
                case "--epochs" when int.TryParse(value, CultureInfo.InvariantCulture, out var n) && n is >= 0 and <= 1000:
                    epochs = n;
                    break;
                case "--samples" when int.TryParse(value, CultureInfo.InvariantCulture, out var n) && n is >= 64 and <= 1_000_000:
                    samples = n;
                    break;
                case "--out" when value.Length > 0:
                    folder = value;
                    break;
                default:
                    Console.Error.WriteLine($"'{args[i]} {value}' is not understood. Usage: {Usage}");
                    return 2;
            }
        }

        Measure(model, Catalogue.Load(catalogue), epochs, samples, folder);
        return 0;
    }

    private static void Measure(string? model, Catalogue catalogue, int epochs, int samples, string folder)
    {
        var brief = new RecognitionPlan { Name = "brief", Stages = [new(Size, Math.Max(1, epochs), 2e-3)], SamplesPerEpoch = samples, Scenes = 1000 };
        var whole = SavedModel.Open(model ??= Recognition.Train(catalogue, brief, seed: 1, Path.Combine(folder, "whole")).Model.Folder);
        using var stream = Compressor.Rendered(catalogue, whole.Spec.Input[1], seed: 1000, samples);
        var plan = new CompressionPlan
        {
            Reductions = epochs > 0 ? [2, 3] : [],
            Pupils = epochs > 0 ? [Zoo.MobileNetV2(catalogue.Products.Count, whole.Spec.Input[1], 0.5)] : [],
            FineTuning = new() { Epochs = (epochs + 1) / 2, LearningRate = 1e-3 },
            Schooling = new() { Epochs = epochs },
        };
        var made = Compressor.Run(model, stream, Path.Combine(folder, "small"), plan);
        foreach (var one in made.Concat(Rounded(made[0], whole.Weights!, Compressor.Pictures(stream, plan))))
        {
            Print(one, stream);
        }
    }

    /// <summary>The whole model quantised in other ways than the usual one.</summary>
    private static IEnumerable<CompressedModel> Rounded(CompressedModel whole, IReadOnlyDictionary<string, TensorValues> weights, IReadOnlyList<byte[]> pictures)
    {
        foreach (var (name, options) in new (string, QuantisationOptions)[]
        {
            ("tails-0", new() { Tails = 0 }), ("tails-1e-5", new() { Tails = 1e-5 }), ("tails-1e-3", new() { Tails = 1e-3 }),
            ("seven-bits", new() { ReducedRange = true }),
            ("first-fp32", new() { Float32 = ["stem-conv"] }), ("last-fp32", new() { Float32 = ["logits"] }),
            ("first-and-last-fp32", new() { Float32 = ["stem-conv", "logits"] }),
        })
        {
            var file = $"{name}.onnx";
            File.WriteAllBytes(Path.Combine(whole.Folder, file), Quantisation.Quantise(whole.Spec, weights, pictures, options));
            yield return new($"int8-{name}", whole.Spec, whole.Folder, file);
        }
    }

    private static void Print(CompressedModel model, CropData data)
    {
        var (one, two) = (model.Latency(1), model.Latency(2));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"compress model={model.Name.Replace(' ', '-')} accuracy={100 * model.Accuracy(data, 2):0.00} n={data.ValidationSamples} "
            + $"macs={model.Spec.Macs} parameters={model.Spec.Parameters} mb={model.Bytes / 1e6:0.000} "
            + $"ms_1_thread={one.TotalMilliseconds:0.000} ms_2_threads={two.TotalMilliseconds:0.000}"));
    }
}
