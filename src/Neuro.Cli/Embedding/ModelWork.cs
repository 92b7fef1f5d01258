using Neuro.Client.Api;
using Neuro.Client.Models;
using Neuro.Interactive.Formatting;
using Neuro.Interactive.Magics;
using Neuro.Learning.Compression;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Exchange;
using Neuro.Learning.Training;
// The record and its namespace share their name.
using Evaluation = Neuro.Client.Models.Evaluation;

namespace Neuro.Cli.Embedding;

/// <summary>What <c>#!neuro-evaluate</c>, <c>#!neuro-compress</c> and <c>#!neuro-export</c> do with models.</summary>
internal static class ModelWork
{
    /// <exception cref="NeuroException"><c>evaluation.*</c>, <c>model.*</c>.</exception>
    public static Task<Evaluation> EvaluateAsync(string model, object pictures, IProgress<double> progress, CancellationToken cancel)
    {
        using var files = new UnpackedModel(model);
        using var classifier = Classifier.Load(files.Folder, Environment.ProcessorCount);
        var images = pictures switch
        {
            LabelledImages ready => ready,
            IReadOnlyList<string> shards => LabelledImages.FromShards(shards, classifier.Classes),
            var other => throw new NeuroException(
                "evaluation.pictures_unknown", $"The pictures are a {other.GetType().Name}; expected LabelledImages, such as LabelledImages.FromCsv gives, or a dataset."),
        };
        var told = new ImmediateProgress<int>(done => progress.Report((double)done / Math.Max(1, images.Count)));
        return Task.FromResult(Evaluator.Evaluate(classifier, images, told, cancel));
    }

    /// <exception cref="NeuroException">As <see cref="Compressor.Run"/>.</exception>
    public static Task<CompressionReport> CompressAsync(CompressRequest asked, IProgress<double> progress, CancellationToken cancel)
    {
        using var files = new UnpackedModel(asked.Model);
        var whole = SavedModel.Open(files.Folder).Spec;
        var plan = new CompressionPlan
        {
            Reductions = asked.Epochs == 0 ? [] : asked.Reductions,
            FineTuning = new() { Epochs = asked.Epochs, LearningRate = 1e-3, Seed = asked.Seed },
        };
        using var stream = Compressor.Rendered(asked.Catalogue, whole.Input[1], asked.Seed, asked.Samples);
        var models = Compressor.Run(files.Folder, stream, asked.Folder, plan, progress, cancel);
        List<MeasuredModel> measured = [];
        foreach (var model in models)
        {
            cancel.ThrowIfCancellationRequested();
            measured.Add(new(
                model.Name, model.Accuracy(stream, asked.Threads), model.Spec.Macs, model.Spec.Parameters, model.Bytes, model.Latency(asked.Threads),
                Path.Combine(model.Folder, model.File)));
        }

        var machine = $"{asked.Threads} {(asked.Threads == 1 ? "thread" : "threads")}, processor {(Compressor.HasVnni ? "with" : "without")} VNNI";
        return Task.FromResult(new CompressionReport(whole.Name, stream.ValidationSamples, machine, measured));
    }

    /// <exception cref="NeuroException"><c>model.unknown_format</c>, <c>model.*</c>, <c>onnx.*</c>.</exception>
    public static Task ExportAsync(string model, IReadOnlyList<string> receipts, string file, CancellationToken cancel) => Task.Run(() => Export(model, receipts, file), cancel);

    private static void Export(string model, IReadOnlyList<string> receipts, string file)
    {
        using var files = new UnpackedModel(model);
        var saved = SavedModel.Open(files.Folder);
        (receipts.Count > 0 && saved.Card is { } card ? saved with { Card = card with { Receipts = receipts } } : saved).Export(file);
    }
}

/// <summary>A model's folder: the one that was given, or a package unpacked for as long as it is needed.</summary>
internal sealed class UnpackedModel : IDisposable
{
    private readonly string? own;

    /// <param name="model">A model's package (a tar), or its folder.</param>
    public UnpackedModel(string model)
    {
        if (Directory.Exists(model))
        {
            Folder = model;
            return;
        }

        own = Directory.CreateTempSubdirectory("neuro-model-").FullName;
        Folder = Path.Combine(own, "model");
        ModelPackage.Unpack(File.ReadAllBytes(model), Folder);
    }

    public string Folder { get; }

    public void Dispose()
    {
        if (own is not null)
        {
            Directory.Delete(own, recursive: true);
        }
    }
}
