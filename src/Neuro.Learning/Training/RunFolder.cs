using System.Globalization;
using System.Text.Json;
using Neuro.Client.Api;
using Neuro.Kernels.Formats;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Exchange;
using Neuro.Learning.Training.Figures;

namespace Neuro.Learning.Training;

/// <summary>What a run tells of itself, file by file, beside its model: docs/train-a-model.md lists them.</summary>
internal sealed class RunFolder(string folder, TrainingData data, TrainingOptions options)
{
    private const int MosaicPictures = 64;
    private const int PredictionsShown = 36;
    private static readonly JsonSerializerOptions Readable = new(NeuroJson.Options) { WriteIndented = true };

    /// <summary>Written before the first step: settings, how many samples there are of each class, and the first batch as the network will see it.</summary>
    public void Begin()
    {
        Write("settings.json", JsonSerializer.Serialize(options, Readable));
        var counts = data.ClassCounts;
        Write("labels.csv", Table("class_id,name,samples", counts.Select((count, id) => Line($"{id},{Csv.Quoted(data.ClassNames[id])},{count}"))));
        Write("labels.svg", BarFigure.Draw("Samples of each class", data.ClassNames, counts));
        var batch = new BatchLoader(data, options).First();
        var sample = batch.Pixels.Length / batch.Count;
        var pictures = Enumerable.Range(0, Math.Min(MosaicPictures, batch.Count)).Select(i => batch.Pixels[(i * sample)..((i + 1) * sample)]).ToList();
        AtomicFile.Write(Path.Combine(folder, "first-batch.jpg"), stream => stream.Write(PictureFigure.Mosaic(pictures, data.Size)));
    }

    /// <summary>Written after each epoch: the results so far, as table and curves.</summary>
    public void Epoch(IReadOnlyList<EpochMetrics> epochs)
    {
        var perEpoch = data.BatchesPerEpoch(options);
        Write("results.csv", Table("epoch,loss,accuracy,validation_accuracy,learning_rate", epochs.Select(epoch => Line(
            $"{epoch.Epoch},{epoch.Loss:R},{epoch.Accuracy:R},{epoch.ValidationAccuracy:R},{Rate(epoch):R}"))));
        double Rate(EpochMetrics epoch) => LearningRates.At(options, epoch.Epoch * perEpoch, options.Epochs * perEpoch);

        double[] x = [.. epochs.Select(epoch => (double)epoch.Epoch)];
        Write("loss.svg", LineFigure.Draw("Loss", "epoch", "cross-entropy, nats", [new("training", x, [.. epochs.Select(epoch => epoch.Loss)])]));
        Write("accuracy.svg", LineFigure.Draw("Accuracy", "epoch", "share named right",
            [new("training", x, [.. epochs.Select(epoch => epoch.Accuracy)]),
             new("held back", x, [.. epochs.Select(epoch => epoch.ValidationAccuracy ?? double.NaN)])], shares: true));
    }

    /// <summary>Written at the end, of the finished model on the held-back samples: confusion, precision, recall and F1, and predictions beside labels.</summary>
    public void End()
    {
        if (data.Validation.Count == 0)
        {
            return;
        }

        using var model = Classifier.Load(folder, options.Threads > 0 ? options.Threads : Environment.ProcessorCount, Classifier.OneView);
        var (metrics, predictions) = (new ClassificationMetrics(data.Classes), new List<Prediction>());
        foreach (var (crop, pixels, probabilities) in HeldOut.Predictions(model, data))
        {
            metrics.Add(probabilities, crop.ClassId);
            var best = Array.IndexOf(probabilities, probabilities.Max());
            predictions.Add(new(new Image(data.Size, data.Size, pixels), data.ClassNames[crop.ClassId], data.ClassNames[best], probabilities[best]));
        }

        Confusion(metrics.Confusion);
        Classes(metrics);
        var shown = predictions.OrderBy(one => one.IsRight).ThenByDescending(one => one.Confidence).Take(PredictionsShown).ToList();
        Write("predictions.svg", PictureFigure.Predictions("Held-back samples, the most confident mistakes first", shown));
    }

    private void Confusion(ConfusionMatrix matrix)
    {
        double[][] counts = [.. Enumerable.Range(0, matrix.Classes)
            .Select(actual => Enumerable.Range(0, matrix.Classes).Select(predicted => (double)matrix[actual, predicted]).ToArray())];
        var both = new[] { ("confusion", "Confusion, samples", counts), ("confusion-normalised", "Confusion, share of each class", matrix.Normalised()) };
        foreach (var (name, title, values) in both)
        {
            var rows = values.Select((row, actual) => string.Join(',', row.Select(value => Line($"{value:R}")).Prepend(Csv.Quoted(data.ClassNames[actual]))));
            Write($"{name}.csv", Table(string.Join(',', data.ClassNames.Select(Csv.Quoted).Prepend("actual")), rows));
            Write($"{name}.svg", MatrixFigure.Draw(title, data.ClassNames, values));
        }
    }

    /// <summary>Of each class as a table, and their mean, over the classes that occur, as curves.</summary>
    private void Classes(ClassificationMetrics metrics)
    {
        var (matrix, curves) = (metrics.Confusion, Enumerable.Range(0, data.Classes).Select(metrics.Confidence).ToList());
        Write("classes.csv", Table("class_id,name,precision,recall,f1,best_threshold", Enumerable.Range(0, data.Classes).Select(id => Line(
            $"{id},{Csv.Quoted(data.ClassNames[id])},{matrix.Precision[id]:R},{matrix.Recall[id]:R},{matrix.F1[id]:R},{curves[id].BestThreshold:R}"))));
        var occurring = curves.Where(curve => double.IsFinite(curve.Recall[0])).ToList();
        double[] thresholds = [.. Enumerable.Range(0, curves[0].Precision.Count).Select(ConfidenceCurve.Threshold)];
        Curve Mean(string name, Func<ConfidenceCurve, IReadOnlyList<double>> of)
        {
            var all = occurring.Select(of).ToList();
            return new(name, thresholds, [.. thresholds.Select((_, i) => all.Average(one => one[i]))]);
        }

        Write("precision-recall-f1.svg", LineFigure.Draw("Precision, recall and F1, mean of the classes", "least confidence that is believed", "share",
            [Mean("precision", curve => curve.Precision), Mean("recall", curve => curve.Recall), Mean("F1", curve => curve.F1)], shares: true));
    }

    private void Write(string name, string text) => AtomicFile.Write(Path.Combine(folder, name), text);

    private static string Table(string header, IEnumerable<string> rows) => string.Join('\n', rows.Prepend(header)) + "\n";

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
