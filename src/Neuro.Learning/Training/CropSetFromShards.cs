using System.Runtime.ExceptionServices;
using Neuro.Client.Api;
using Neuro.Kernels;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Labels;

namespace Neuro.Learning.Training;

/// <summary>Which labelled products become samples.</summary>
public sealed record CropLimits
{
    /// <summary>The least visible share of a product.</summary>
    /// <value>0.35</value>
    public double Visibility { get; init; } = 0.35;

    /// <summary>The least longer side of a product's box in pixels.</summary>
    /// <value>20</value>
    public int Side { get; init; } = 20;

    /// <summary>Whether products that the picture's rim may cut are taken.</summary>
    /// <value>false</value>
    public bool Truncated { get; init; }

    /// <summary>The most crops; from more, this many are drawn by the seed. A crop for 64-pixel input takes 37 kB of memory.</summary>
    /// <value>24,000</value>
    public int Count { get; init; } = 24_000;
}

public sealed partial class CropSet
{
    private const int MaxBackdrops = 1000;

    /// <summary>Cuts every product that is large and visible enough out of rendered shards.</summary>
    /// <param name="tarPaths">Shards of one dataset.</param>
    /// <param name="size">Side in pixels of the model's input.</param>
    /// <param name="seed">Draws which pictures are held back for validation.</param>
    /// <param name="limits">Which products are taken.</param>
    /// <param name="cancel">Stops between two pictures.</param>
    /// <exception cref="NeuroException"><c>training.empty</c>, <c>training.label_out_of_range</c>.</exception>
    /// <exception cref="ShardException">A shard is damaged.</exception>
    public static CropSet FromShards(IEnumerable<string> tarPaths, int size, ulong seed = 0, CropLimits? limits = null, CancellationToken cancel = default)
    {
        var dataset = Dataset.Open(tarPaths);
        var (chosen, side) = (limits ?? new(), StoredSide(size));
        var share = Math.Min(1, (double)chosen.Count / Math.Max(1, dataset.Objects));
        try
        {
            // Each product is drawn by its own place, so that the choice is the same whatever the order or the number of threads.
            var pictures = dataset.Images()
                .AsParallel().AsOrdered().WithCancellation(cancel)
                .Select(image => Cut(image, [.. image.Labels.Instances.Where(instance => IsTaken(instance, chosen) && SplitMix.For(seed, (ulong)image.Index, (ulong)instance.Id).Chance(share))], side))
                .ToList();
            return new(
                [.. pictures.SelectMany(picture => picture.Crops)], dataset.ClassNames, size, seed,
                [.. pictures.Where((_, i) => i % Math.Max(1, pictures.Count / MaxBackdrops) == 0).Select(picture => picture.Backdrop)]) { Recipes = [dataset.RecipeHash] };
        }
        catch (AggregateException e) when (e.InnerException is KernelsException damaged)
        {
            ExceptionDispatchInfo.Throw(damaged);
            throw;
        }
    }

    /// <summary>About how many crops <see cref="FromShards"/> would cut; reads labels alone and no pixels.</summary>
    /// <exception cref="ShardException">A shard is damaged.</exception>
    public static int CountIn(IEnumerable<string> tarPaths, CropLimits? limits = null)
    {
        var chosen = limits ?? new();
        var taken = Dataset.Open(tarPaths).Images().Sum(image => image.Labels.Instances.Count(instance => IsTaken(instance, chosen)));
        return Math.Min(taken, chosen.Count);
    }

    private static (IReadOnlyList<Crop> Crops, byte[] Backdrop) Cut(ShardImage image, Instance[] instances, int side)
    {
        var picture = image.Decode();
        return ([.. instances.Select(instance => CropCutter.Cut(picture, instance, image.Index, side))], Crop.Backdrop(picture, side));
    }

    internal static bool IsTaken(Instance instance, CropLimits limits) =>
        instance.Visibility >= limits.Visibility && (limits.Truncated || !instance.Truncated) && Math.Max(instance.Box.Width, instance.Box.Height) >= limits.Side;
}
