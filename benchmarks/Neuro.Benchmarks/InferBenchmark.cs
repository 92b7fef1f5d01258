using System.Globalization;
using Neuro.Learning.Compression;
using Neuro.Learning.Exchange;
using Neuro.Learning.Runtime;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;
using Neuro.Learning.Zoo;

namespace Neuro.Benchmarks;

/// <summary>The verb <c>infer</c>: images a second of exported models in OnnxRuntime, in fp32 and in int8; of the zoo with random weights, which take as long, or
/// of models' folders.</summary>
internal static class InferBenchmark
{
    private const int Classes = 31;

    private static readonly string[] Usual =
    [
        "recogniser", "small-cnn", "resnet18", "resnet50", "mobilenet-v2", "squeezenet1.1", "googlenet", "alexnet",
        "vgg16", "ssd300-vgg16", "yolo-nano", "yolo-small", "fcn-resnet50",
    ];

    public static int Run(string[] args)
    {
        var (models, size, threads, batch) = (Usual, (int?)null, 1, 1);
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--models" when value.Length > 0:
                    models = value.Split(',');
                    break;
                case "--size" when int.TryParse(value, CultureInfo.InvariantCulture, out var n) && n is >= 32 and <= 1024:
                    size = n;
                    break;
                case "--threads" when int.TryParse(value, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= 64:
                    threads = n;
                    break;
                case "--batch" when int.TryParse(value, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= 256:
                    batch = n;
                    break;
                default:
                    Console.Error.WriteLine($"'{args[i]} {value}' is not understood. Usage: infer [--models NAME|FOLDER,…] [--size N] [--threads 1] [--batch 1]");
                    return 2;
            }
        }

        foreach (var name in models)
        {
            var model = SavedModel.Open(name, Zoo.Models.ContainsKey(name) ? Classes : null, size);
            Measure(model.Spec, model.Weights ?? Network.Initial(model.Spec, seed: 0), threads, batch);
        }

        return 0;
    }

    private static void Measure(ModelSpec spec, IReadOnlyDictionary<string, TensorValues> weights, int threads, int batch)
    {
        var (fp32, int8) = (OnnxExporter.Export(spec, weights), Quantisation.Quantise(spec, weights, [ModelCheck.Pixels(spec, 1)]));
        double PerSecond(byte[] onnx) => batch / Latency.Measure(spec, onnx, threads, samples: batch).TotalSeconds;
        var (before, after) = (PerSecond(fp32), PerSecond(int8));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"infer model={spec.Name} side={spec.Input[1]} threads={threads} batch={batch} vnni={(Processor.HasVnni ? 1 : 0)} "
            + $"images_per_s={before:0.0} int8_images_per_s={after:0.0} ratio={after / before:0.00} mb={fp32.Length / 1e6:0.00} int8_mb={int8.Length / 1e6:0.00}"));
    }
}
