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
        if (images.Count == 0)
        {
            throw new NeuroException("evaluation.empty", $"{images.Name} holds no labelled pictures; there is nothing to measure.");
        }

        var tally = new Tally(model.Classes.Count);
        foreach (var batch in images.Read().Chunk(Batch))
        {
            cancel.ThrowIfCancellationRequested();
            var probabilities = model.Predict([.. batch.Select(item => item.Image)]);
            for (var i = 0; i < batch.Length; i++)
            {
                Require(batch[i].ClassId < model.Classes.Count, images, batch[i].File, batch[i].ClassId, model);
                tally.Add(batch[i].File, batch[i].ClassId, probabilities[i], batch[i].Image);
            }

            done?.Report(tally.Count);
        }

        var (low, high) = Wilson.Interval(tally.Right, tally.Count);
        return new(model.Name, images.Name, model.Classes, tally.Count, (double)tally.Right / tally.Count, low, high, (double)tally.InFive / tally.Count, tally.MacroRecall, tally.Confusion,
            [.. tally.Worst.Select(miss => new Mistake(miss.File, model.Classes[miss.Actual], model.Classes[miss.Predicted], miss.Confidence, miss.Jpeg))]);
    }

    private static void Require(bool known, LabelledImages images, string file, int classId, Classifier model)
    {
        if (!known)
        {
            throw new NeuroException("evaluation.classes_mismatch", $"{file} of {images.Name} has the class id {classId}, but the model '{model.Name}' knows {model.Classes.Count} classes, 0 to {model.Classes.Count - 1}. Evaluate it on the classes that it was trained for.");
        }
    }

    private sealed class Tally(int classes)
    {
        public int Count { get; private set; }

        public int Right { get; private set; }

        public int InFive { get; private set; }

        public int[][] Confusion { get; } = [.. Enumerable.Range(0, classes).Select(_ => new int[classes])];

        public List<(string File, int Actual, int Predicted, double Confidence, byte[] Jpeg)> Worst { get; } = [];

        /// <summary>Over the classes that occur.</summary>
        public double MacroRecall => Confusion.Select((row, actual) => (Seen: row.Sum(), Right: row[actual])).Where(row => row.Seen > 0).Average(row => (double)row.Right / row.Seen);

        public void Add(string file, int actual, float[] probabilities, Image image)
        {
            var best = Array.IndexOf(probabilities, probabilities.Max());
            Count++;
            Right += best == actual ? 1 : 0;
            InFive += probabilities.Count(p => p > probabilities[actual]) < 5 ? 1 : 0;
            Confusion[actual][best]++;
            if (best != actual)
            {
                Remember(file, actual, best, probabilities[best], image);
            }
        }

        private void Remember(string file, int actual, int predicted, double confidence, Image image)
        {
            if (Worst.Count == WorstShown && confidence <= Worst[^1].Confidence)
            {
                return;
            }

            var whole = Square.Whole(image, 1);
            Worst.Add((file, actual, predicted, confidence, Codec.Jpeg(Small(image, whole), 80)));
            Worst.Sort((a, b) => b.Confidence.CompareTo(a.Confidence));
            Worst.RemoveRange(Math.Min(WorstShown, Worst.Count), Math.Max(0, Worst.Count - WorstShown));
        }

        private static Image Small(Image image, Square region)
        {
            var side = (int)Math.Min(WorstSide, region.Side);
            return new(side, side, Resampler.Square(image, region, side));
        }
    }
}
