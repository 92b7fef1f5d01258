using System.Text.Json;
using Neuro.Client.Api;
using Neuro.Kernels.Formats;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Exchange;
using Neuro.Learning.Runtime;
using Neuro.Learning.Specs;
using Neuro.Learning.Training.Figures;
using static Neuro.Learning.Training.Figures.FigureFolder;
using static TorchSharp.torch;

namespace Neuro.Learning.Training;

/// <summary>What a run tells of itself, file by file, beside its model: docs/train-a-model.md lists them.</summary>
internal sealed class RunFolder(string folder, ModelSpec spec, TrainingData data, TrainingOptions options)
{
    private const int MosaicPictures = 64;
    private const int SignalsShown = 3;
    private static readonly JsonSerializerOptions Readable = new(NeuroJson.Options) { WriteIndented = true };

    private readonly FigureFolder files = new(folder);

    /// <summary>Written before the first step: settings, how many labels there are of each class, and the first batch as the network will see it.</summary>
    public void Begin()
    {
        files.Write("settings.json", JsonSerializer.Serialize(options, Readable));
        var counts = data.ClassCounts;
        files.Table("labels.csv", "class_id,name,samples", counts.Select((count, id) => Line($"{id},{Csv.Quoted(data.ClassNames[id])},{count}")));
        files.Write("labels.svg", BarFigure.Draw("Labels of each class", data.ClassNames, counts));
        var batch = new BatchLoader(data, options).First();
        if (spec.Task == ModelTask.Signal)
        {
            files.Write("first-batch.svg", LineFigure.Draw("The first signals", "step", "µ-law code",
                [.. Enumerable.Range(0, Math.Min(SignalsShown, batch.Count)).Select(i => PlaceFigures.Signal($"{i + 1}", batch.Sample(i).ToArray()))]));
            return;
        }

        var pictures = Enumerable.Range(0, Math.Min(MosaicPictures, batch.Count)).Select(i => new Image(data.Size, data.Size, batch.Sample(i).ToArray()));
        files.Write("first-batch.jpg", PictureFigure.Mosaic(
            [.. pictures.Select((picture, i) => batch.Pictures is { } labels ? Paint.Labels(picture, labels[i]).Rgb : picture.Rgb)], data.Size));
    }

    /// <summary>Written after each epoch: the results so far, as table and curves.</summary>
    public void Epoch(IReadOnlyList<EpochMetrics> epochs)
    {
        var perEpoch = data.BatchesPerEpoch(options);
        string[] losses = [.. epochs[0].Losses?.Keys ?? []], measures = [.. epochs[0].Measures?.Keys ?? []];
        string[] header = ["epoch", "loss", "accuracy", "validation_accuracy", "learning_rate", .. losses.Select(name => $"loss_{name}"), .. measures.Select(Column)];
        files.Table("results.csv", string.Join(',', header), epochs.Select(epoch => string.Join(',', [
            Line($"{epoch.Epoch},{epoch.Loss:R},{epoch.Accuracy:R},{epoch.ValidationAccuracy:R},{Rate(epoch):R}"),
            .. losses.Select(name => Line($"{epoch.Losses![name]:R}")), .. measures.Select(name => Line($"{epoch.Measures![name]:R}"))])));
        double Rate(EpochMetrics epoch) => LearningRates.At(options, epoch.Epoch * perEpoch, options.Epochs * perEpoch);
        static string Column(string measure) => measure.Replace(' ', '_').ToLowerInvariant();

        double[] x = [.. epochs.Select(epoch => (double)epoch.Epoch)];
        files.Write("loss.svg", LineFigure.Draw("Loss", "epoch", losses.Length == 0 ? "cross-entropy, nats" : "loss and its terms",
            [new("training", x, [.. epochs.Select(epoch => epoch.Loss)]), .. losses.Select(name => new Curve(name, x, [.. epochs.Select(epoch => epoch.Losses![name])]))]));
        IReadOnlyList<Curve> heldBack = measures.Length == 0
            ? [new("held back", x, [.. epochs.Select(epoch => epoch.ValidationAccuracy ?? double.NaN)])]
            : [.. measures.Select(name => new Curve($"held back: {name}", x, [.. epochs.Select(epoch => epoch.Measures![name])]))];
        files.Write("accuracy.svg", LineFigure.Draw("Accuracy", "epoch", "share named right", [new("training", x, [.. epochs.Select(epoch => epoch.Accuracy)]), .. heldBack], shares: true));
    }

    /// <summary>Written at the end, of the finished model on the held-back samples: what was taken for what, curves by confidence, and predictions beside labels.</summary>
    public void End(IReadOnlyDictionary<string, TensorValues> weights)
    {
        if (data.ValidationSamples == 0)
        {
            return;
        }

        if (data is CropData crops)
        {
            using var model = Classifier.Load(folder, options.Threads > 0 ? options.Threads : Environment.ProcessorCount, Classifier.OneView);
            ClassifierFigures.Write(files, model, crops);
            return;
        }

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var network = new Network(spec, weights, TorchRuntime.Device);
        if (spec.Task is ModelTask.Segment or ModelTask.Signal)
        {
            PlaceFigures.Write(files, network, spec, data, options);
        }
        else
        {
            DetectorFigures.Write(files, network, spec, data);
        }
    }
}
