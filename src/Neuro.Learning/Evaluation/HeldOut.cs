using Neuro.Learning.Training;

namespace Neuro.Learning.Evaluation;

/// <summary>A finished model measured on the part of its dataset that training held back.</summary>
public static class HeldOut
{
    private const int BatchSize = 128;

    /// <summary>The share of held-back crops that the model names right, or null when the dataset was too small to hold any back.</summary>
    /// <remarks>The same crops and the same view as training's own validation; it runs in OnnxRuntime, so a borderline crop may fall the other way.</remarks>
    /// <param name="data">Made from the same shards with the same seed as for training.</param>
    public static double? Accuracy(Classifier model, CropSet data)
    {
        var plain = new Augmentation(data.Side, data.Size);
        var right = 0;
        foreach (var crops in data.Validation.Chunk(BatchSize))
        {
            var pictures = crops.Select(crop =>
            {
                var pixels = new byte[data.Size * data.Size * 3];
                plain.Plain(crop, pixels);
                return pixels;
            });
            var logits = model.Run([.. pictures]).AsSpan();
            for (var i = 0; i < crops.Length; i++)
            {
                var scores = logits.Slice(i * model.Classes.Count, model.Classes.Count);
                right += scores.IndexOf(System.Numerics.Tensors.TensorPrimitives.Max(scores)) == crops[i].ClassId ? 1 : 0;
            }
        }

        return data.Validation.Count > 0 ? (double)right / data.Validation.Count : null;
    }
}
