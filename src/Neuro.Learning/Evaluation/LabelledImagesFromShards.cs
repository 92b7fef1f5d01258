using Neuro.Client.Api;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Labels;
using Neuro.Learning.Imaging;
using Neuro.Learning.Training;

namespace Neuro.Learning.Evaluation;

public sealed partial class LabelledImages
{
    /// <summary>A product takes this share of its picture's height, as in a photo taken of it.</summary>
    private const double Fill = 0.75;

    private const int MaxSide = 192;

    /// <summary>Products cut out of rendered shards, one picture each: a held-out rendering, for where no photos are.</summary>
    /// <param name="tarPaths">Shards of one dataset, rendered with another seed than what the model was trained on.</param>
    /// <param name="classes">The model's classes; the dataset must have the same.</param>
    /// <param name="limits">Which products are taken.</param>
    /// <exception cref="NeuroException"><c>evaluation.classes_mismatch</c>.</exception>
    /// <exception cref="ShardException">A shard is damaged.</exception>
    public static LabelledImages FromShards(IEnumerable<string> tarPaths, IReadOnlyList<string> classes, CropLimits? limits = null)
    {
        var dataset = Dataset.Open(tarPaths);
        if (!dataset.ClassNames.SequenceEqual(classes))
        {
            throw new NeuroException("evaluation.classes_mismatch",
                $"The dataset has the classes {Some(dataset.ClassNames)}, the model {Some(classes)}. Render the dataset from the catalogue that the model was trained for.");
        }

        var chosen = limits ?? new();
        var count = dataset.Images().Sum(image => image.Labels.Instances.Count(instance => CropSet.IsTaken(instance, chosen)));
        return new($"rendered products, seed {dataset.Seed}", count, () => dataset.Images().SelectMany(image => Cut(image.Decode(), image.Labels.Instances, image.Index, chosen)));
    }

    internal static IEnumerable<LabelledImage> Cut(Image picture, IEnumerable<Instance> products, int index, CropLimits limits)
    {
        foreach (var instance in products.Where(instance => CropSet.IsTaken(instance, limits)))
        {
            var region = CropCutter.Region(instance.Box, Fill);
            var side = Math.Min(MaxSide, (int)Math.Ceiling(region.Side));
            yield return new($"image {index}, product {instance.Id}", instance.ClassId, new(side, side, Resampler.Square(picture, region, side)),
                Conditions.Of(instance, picture));
        }
    }

    private static string Some(IReadOnlyList<string> names) => $"{string.Join(", ", names.Take(3))}{(names.Count > 3 ? $" and {names.Count - 3} more" : "")}";
}
