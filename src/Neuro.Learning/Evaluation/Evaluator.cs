using Neuro.Client.Api;
using Neuro.Client.Models;
using Neuro.Kernels.Formats;
using Neuro.Learning.Imaging;

namespace Neuro.Learning.Evaluation;

// The record and this namespace share their name; inside it the record must be named in full once.
using Evaluation = Neuro.Client.Models.Evaluation;

/// <summary>Measures a model on labelled pictures that it has not been trained on.</summary>
public static class Evaluator
{
    private const int WorstShown = 6;
    private const int WorstSide = 160;
    private const int Batch = 32;

    /// <param name="model">What is measured.</param>
    /// <param name="images">What it is measured on; the class ids are the model's.</param>
    /// <param name="done">How many pictures have been seen.</param>
    /// <param name="cancel">Stops between two batches.</param>
    /// <exception cref="NeuroException"><c>evaluation.empty</c>, <c>evaluation.classes_mismatch</c>, <c>picture.unreadable</c>.</exception>
    public static Evaluation Evaluate(Classifier model, LabelledImages images, IProgress<int>? done = null, CancellationToken cancel = default)
    {
        var (metrics, worst) = (new ClassificationMetrics(model.Classes.Count), new WorstMistakes());
        foreach (var (image, probabilities) in Predictions(model, images, done, cancel))
        {
            metrics.Add(probabilities, image.ClassId);
            worst.Consider(image, probabilities);
        }

        var (top1, confusion) = (metrics.Top(1), metrics.Confusion);
        return new(model.Name, images.Name, model.Classes, metrics.Count, top1.Value, top1.Low, top1.High, metrics.Top(5).Value, confusion.MacroRecall,
            [.. Enumerable.Range(0, confusion.Classes)
                .Select(actual => Enumerable.Range(0, confusion.Classes).Select(predicted => (int)confusion[actual, predicted]).ToArray())],
            [.. worst.Found.Select(miss => new Mistake(miss.File, model.Classes[miss.Actual], model.Classes[miss.Predicted], miss.Confidence, miss.Jpeg))]);
    }

    /// <summary>The same measured more closely: calibration, curves and what else <see cref="ClassificationMetrics"/> knows, and for rendered products a table by
    /// each condition.</summary>
    /// <exception cref="NeuroException">As <see cref="Evaluate"/>.</exception>
    public static (ClassificationMetrics Metrics, IReadOnlyList<SliceTable> Slices) Measure(Classifier model, LabelledImages images, IProgress<int>? done = null,
        CancellationToken cancel = default)
    {
        var (metrics, sliced) = (new ClassificationMetrics(model.Classes.Count), new List<(Conditions, bool)>());
        foreach (var (image, probabilities) in Predictions(model, images, done, cancel))
        {
            var right = metrics.Add(probabilities, image.ClassId);
            if (image.Conditions is { } conditions)
            {
                sliced.Add((conditions, right));
            }
        }

        return (metrics, sliced.Count > 0 ? SliceTable.Of(sliced) : []);
    }

    /// <summary>Each picture, and the probabilities of all classes that the model gives it.</summary>
    /// <exception cref="NeuroException">As <see cref="Evaluate"/>.</exception>
    public static IEnumerable<(LabelledImage Image, float[] Probabilities)> Predictions(Classifier model, LabelledImages images, IProgress<int>? done = null,
        CancellationToken cancel = default)
    {
        if (images.Count == 0)
        {
            throw new NeuroException("evaluation.empty", $"{images.Name} holds no labelled pictures; there is nothing to measure.");
        }

        var seen = 0;
        foreach (var batch in images.Read().Chunk(Batch))
        {
            cancel.ThrowIfCancellationRequested();
            var probabilities = model.Predict([.. batch.Select(item => item.Image)]);
            for (var i = 0; i < batch.Length; i++)
            {
                Require(batch[i].ClassId < model.Classes.Count, images, batch[i], model);
                yield return (batch[i], probabilities[i]);
            }

            done?.Report(seen += batch.Length);
        }
    }

    private static void Require(bool known, LabelledImages images, LabelledImage image, Classifier model)
    {
        if (!known)
        {
            throw new NeuroException("evaluation.classes_mismatch",
                $"{image.File} of {images.Name} has the class id {image.ClassId}, but the model '{model.Name}' knows {model.Classes.Count} classes, 0 to {model.Classes.Count - 1}. Evaluate it on the classes that it was trained for.");
        }
    }

    /// <summary>The mistakes made with the most confidence, as small pictures.</summary>
    private sealed class WorstMistakes
    {
        public List<(string File, int Actual, int Predicted, double Confidence, byte[] Jpeg)> Found { get; } = [];

        public void Consider(LabelledImage image, float[] probabilities)
        {
            var best = Array.IndexOf(probabilities, probabilities.Max());
            if (best == image.ClassId || (Found.Count == WorstShown && probabilities[best] <= Found[^1].Confidence))
            {
                return;
            }

            Found.Add((image.File, image.ClassId, best, probabilities[best], Codec.Jpeg(Small(image.Image, Square.Whole(image.Image, 1)), 80)));
            Found.Sort((a, b) => b.Confidence.CompareTo(a.Confidence));
            Found.RemoveRange(Math.Min(WorstShown, Found.Count), Math.Max(0, Found.Count - WorstShown));
        }

        private static Image Small(Image image, Square region)
        {
            var side = (int)Math.Min(WorstSide, region.Side);
            return new(side, side, Resampler.Square(image, region, side));
        }
    }
}
