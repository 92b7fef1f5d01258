using Neuro.Learning.Training;

namespace Neuro.Learning.Evaluation;

/// <summary>A finished model measured on the part of its dataset that training held back.</summary>
public static class HeldOut
{
    private const int BatchSize = 128;

    /// <summary>The share of held-back crops that the model names right, or null when the dataset was too small to hold any back.</summary>
    /// <remarks>The same crops and the same view as training's own validation; it runs in OnnxRuntime, so a borderline crop may fall the other way.</remarks>
    /// <param name="data">Made from the same shards with the same seed as for training.</param>
    public static double? Accuracy(Classifier model, CropSet data) => data.Held.Count > 0 ? Outcomes(model, data).Average(outcome => outcome.Right ? 1.0 : 0) : null;

    /// <summary>The confidence of the best guess for each held-back crop, and whether it is right.</summary>
    internal static IReadOnlyList<(double Confidence, bool Right)> Outcomes(Classifier model, CropData data)
    {
        var metrics = new ClassificationMetrics(model.Classes.Count);
        foreach (var (crop, _, probabilities) in Predictions(model, data))
        {
            metrics.Add(probabilities, crop.ClassId);
        }

        return metrics.Outcomes;
    }

    /// <summary>Each held-back crop as the model sees it, <c>[size, size, 3]</c>, and the probabilities of all classes.</summary>
    internal static IEnumerable<(Crop Crop, byte[] Pixels, float[] Probabilities)> Predictions(Classifier model, CropData data)
    {
        var plain = new Augmentation(data.Side, data.Size);
        foreach (var crops in data.Held.Chunk(BatchSize))
        {
            byte[][] pictures = [.. crops.Select(plain.Plain)];
            var probabilities = model.Probabilities(pictures);
            for (var i = 0; i < crops.Length; i++)
            {
                yield return (crops[i], pictures[i], probabilities[i]);
            }
        }
    }
}
