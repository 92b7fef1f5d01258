using Neuro.Client.Api;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Exchange;
using Neuro.Learning.Training;

namespace Neuro.Learning.Recognition;

/// <param name="Photos">How many the model was trained on further; none for the model as it is.</param>
/// <param name="Top1">On the photos that no count uses.</param>
public sealed record FineTuned(int Photos, Proportion Top1);

/// <summary>What some real photos add to a model that has seen rendered pictures alone.</summary>
public static class FineTuning
{
    private const int Epochs = 20;
    private const double LearningRate = 4e-4;

    /// <summary>Trains a model further on a few photos, as many of each class as can be, and tests it on those left over: the same ones for every count.</summary>
    /// <param name="model">Folder of the finished model.</param>
    /// <param name="photos">To learn from and to test on.</param>
    /// <param name="counts">How many to learn from; a smaller count's are among a larger one's.</param>
    /// <param name="seed">Chooses them, and orders the steps.</param>
    /// <param name="folder">For the further models, one folder each.</param>
    /// <param name="done">How many of <paramref name="counts"/> are measured.</param>
    /// <param name="cancel">Stops between two steps.</param>
    /// <exception cref="NeuroException"><c>finetuning.too_few</c>; as <see cref="Trainer.Train"/>.</exception>
    public static IReadOnlyList<FineTuned> Measure(string model, LabelledImages photos, IReadOnlyList<int> counts, ulong seed, string folder, IProgress<int>? done = null, CancellationToken cancel = default)
    {
        var most = counts.Max();
        if (most >= photos.Count)
        {
            throw new NeuroException("finetuning.too_few", $"{photos.Name} has {photos.Count} photos; {most} to learn from leave none to test on.");
        }

        var (spec, card) = ModelFolder.Read(model);
        var ordered = Ordered(photos, seed);
        var (rest, results) = (new LabelledImages(photos.Name, photos.Count - most, () => ordered.Skip(most)), new List<FineTuned>());
        foreach (var count in counts)
        {
            var tuned = count == 0 ? model : Trainer.Train(
                spec, CropSet.FromPhotos(ordered.Take(count), card.Classes, spec.Input[1], seed), new() { Epochs = Epochs, BatchSize = 16, LearningRate = LearningRate, Seed = seed },
                Path.Combine(folder, FormattableString.Invariant($"photos-{count}")), cancel: cancel, start: model).Folder;
            using var classifier = Classifier.Load(tuned, Environment.ProcessorCount, Classifier.OneView);
            results.Add(new(count, Evaluator.Measure(classifier, rest, cancel: cancel).Metrics.Top(1)));
            done?.Report(results.Count);
        }

        return results;
    }

    /// <summary>One of each class, then another of each, and so on; which is first is drawn.</summary>
    private static List<LabelledImage> Ordered(LabelledImages photos, ulong seed) =>
        [.. photos.Read().Select((photo, i) => (Photo: photo, Draw: SplitMix.For(seed, (ulong)i).Next()))
            .GroupBy(one => one.Photo.ClassId)
            .SelectMany(of => of.OrderBy(one => one.Draw).Select((one, turn) => (one.Photo, one.Draw, Turn: turn)))
            .OrderBy(one => (one.Turn, one.Draw)).Select(one => one.Photo)];
}
