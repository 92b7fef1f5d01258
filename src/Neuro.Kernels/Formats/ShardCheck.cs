using Neuro.Kernels.Compute;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Formats;

/// <summary>What came of checking a shard.</summary>
/// <param name="Valid">Whether it may be paid.</param>
/// <param name="Reason">One sentence: what was checked, or what is wrong.</param>
public sealed record ShardVerdict(bool Valid, string Reason)
{
    /// <summary>Whether an image shows what its recipe cannot make, by more than rounding: other ids in more than a thousandth of its pixels, or ten times the tolerance of colours.</summary>
    public bool Contradicted { get; init; }
}

/// <summary>Whether two made the same shard.</summary>
/// <param name="Reason">One sentence: how much was compared, or what differs.</param>
/// <param name="Image">The first image that differs; null when none does, or when one of the two cannot be read.</param>
public sealed record ShardComparison(bool Same, string Reason, int? Image = null);

/// <summary>Checks a shard that somebody else rendered by rendering some of its images again.</summary>
public static class ShardCheck
{
    /// <summary>Mean difference of decoded colours, in steps of 1/255, that another processor's rounding may cause; a picture of another seed differs by more than 10.</summary>
    private const double ColourTolerance = 2;

    // No rounding does this: a processor of another make moves a few pixels of an edge.
    private const double ContradictedIds = 0.001;
    private const double ContradictedColours = 10 * ColourTolerance;

    private sealed record Fault(string Reason, bool Contradicted = false);

    /// <summary>Reads the whole shard and renders <paramref name="samples"/> of its images again: ids, depth and labels must be equal, colours nearly so.</summary>
    /// <param name="recipe">What was ordered.</param>
    /// <param name="catalogue">The one that the recipe names.</param>
    /// <param name="seed">Of the dataset.</param>
    /// <param name="first">Index of the shard's first image.</param>
    /// <param name="count">Images in the shard.</param>
    /// <param name="tarPath">The shard; it may come from a stranger.</param>
    /// <param name="sampleSeed">Chooses the images; whoever rendered the shard must not know it.</param>
    /// <param name="samples">Images to render again.</param>
    /// <param name="image">One that must be among them.</param>
    public static ShardVerdict Check(Recipe recipe, Catalogue catalogue, ulong seed, int first, int count, string tarPath, ulong sampleSeed, int samples = 1, int? image = null)
    {
        try
        {
            return Wrong(recipe, catalogue, seed, first, count, tarPath, sampleSeed, samples, image) is { } fault
                ? new ShardVerdict(false, fault.Reason) { Contradicted = fault.Contradicted }
                : new ShardVerdict(true, $"{count} images from {first}, {Math.Min(samples, count)} of them rendered again and equal.");
        }
        catch (KernelsException unreadable) when (unreadable is ShardException or PictureException)
        {
            return new ShardVerdict(false, unreadable.Message);
        }
    }

    /// <summary>Compares every image of two shards that ought to be the same, as <see cref="Check"/> does; nothing is rendered.</summary>
    /// <param name="tarPath">One of them; it may come from a stranger, as the other.</param>
    public static ShardComparison Compare(Recipe recipe, int first, int count, string tarPath, string otherPath)
    {
        try
        {
            if (Differs(ShardReader.Manifest(tarPath).Content, ShardReader.Manifest(otherPath).Content))
            {
                return new ShardComparison(false, "The two shards do not say that they are the same.");
            }

            var at = first;
            foreach (var (image, other) in ShardReader.Read(tarPath).Zip(ShardReader.Read(otherPath)))
            {
                if (image.Index != at || other.Index != at)
                {
                    return new ShardComparison(false, $"Images {image.Index} and {other.Index} stand where image {at} was to be.");
                }

                if (Difference(image, other.IdsPng, other.DepthPng, other.Jpeg, other.Maps, other.Labels) is { } fault)
                {
                    return new ShardComparison(false, fault.Reason, at);
                }

                at++;
            }

            return at == first + count
                ? new ShardComparison(true, $"{count} images from {first} of {recipe.Hash[..12]}, all of them compared")
                : new ShardComparison(false, $"One of the shards ends before image {at}.");
        }
        catch (KernelsException unreadable) when (unreadable is ShardException or PictureException)
        {
            return new ShardComparison(false, unreadable.Message);
        }
    }

    private static bool Differs(ShardContent a, ShardContent b) =>
        (a.RecipeHash, a.Seed, a.First, a.Count) != (b.RecipeHash, b.Seed, b.First, b.Count) || !a.Classes.SequenceEqual(b.Classes);

    private static Fault? Wrong(Recipe recipe, Catalogue catalogue, ulong seed, int first, int count, string tarPath, ulong sampleSeed, int samples, int? must)
    {
        var manifest = ShardReader.Manifest(tarPath);
        var wanted = new ShardContent(recipe.Hash, seed, first, count, DatasetRenderer.ClassNames(catalogue));
        var got = manifest.Content;
        if (Differs(got, wanted))
        {
            return new Fault($"The shard holds images {got.First} to {got.First + got.Count - 1} of recipe {got.RecipeHash}, seed {got.Seed}; ordered were {first} to {first + count - 1} of {wanted.RecipeHash}, seed {seed}.");
        }

        var chosen = Sample(first, count, sampleSeed, samples);
        if (must is { } one)
        {
            chosen.Add(one);
        }

        var histogram = new int[wanted.Classes.Count];
        using var backend = RenderBackends.Create();
        var frame = new Frame(recipe.Width, recipe.Height, PixelMaps.InFrame(recipe.Maps));
        foreach (var image in ShardReader.Read(tarPath))
        {
            if (image.Labels.Instances.FirstOrDefault(instance => instance.ClassId >= histogram.Length) is { } unknown)
            {
                return new Fault($"Image {image.Index} labels an instance of class {unknown.ClassId}; the catalogue has {histogram.Length} classes.");
            }

            foreach (var instance in image.Labels.Instances)
            {
                histogram[instance.ClassId]++;
            }

            if (chosen.Contains(image.Index) && Difference(backend, recipe, SceneBuilder.Build(recipe, catalogue, seed, image.Index), frame, image) is { } difference)
            {
                return difference;
            }
        }

        return histogram.SequenceEqual(manifest.ClassHistogram) && histogram.Sum() == manifest.Objects ? null : new Fault("The shard's own counts of objects are not those of its labels.");
    }

    private static Fault? Difference(IRenderBackend backend, Recipe recipe, Scene scene, Frame frame, ShardImage image)
    {
        backend.Render(scene, frame);
        var again = EncodedImage.Encode(frame, LabelPass.Run(scene, frame), scene.Photometrics.JpegQuality, DatasetRenderer.Maps(recipe));
        return Difference(image, again.IdsPng, again.DepthPng, again.Jpeg, again.Maps, again.Labels);
    }

    private static Fault? Difference(ShardImage image, byte[] ids, byte[] depth, byte[] jpeg, IReadOnlyDictionary<string, byte[]> maps, ImageLabels labels)
    {
        if (OtherPixels(image.IdsPng, ids) is var other and > 0)
        {
            return new Fault($"Image {image.Index} rendered again shows other instance ids.", other > ContradictedIds);
        }

        if (OtherPixels(image.DepthPng, depth) > 0)
        {
            return new Fault($"Image {image.Index} rendered again shows another depth.");
        }

        if (!image.Labels.Equals(labels))
        {
            return new Fault($"Image {image.Index} rendered again has other labels.");
        }

        if (DifferentMap(image.Maps, maps) is { } map)
        {
            return new Fault($"Image {image.Index} rendered again has another {map} map.");
        }

        if (image.Jpeg.AsSpan().SequenceEqual(jpeg))
        {
            return null;
        }

        var (was, now) = (image.Decode(), Codec.Decode(jpeg, "colours"));
        var colour = was.Rgb.Length == now.Rgb.Length ? MeanDifference(was.Rgb, now.Rgb) : 255;
        return colour <= ColourTolerance ? null : new Fault($"Image {image.Index} rendered again has other colours, by {colour:F1} of 255 on average.", colour > ContradictedColours);
    }

    /// <summary>The share of pixels that differ; all of them when the sizes do.</summary>
    private static double OtherPixels(byte[] a, byte[] b)
    {
        if (a.AsSpan().SequenceEqual(b))
        {
            return 0;
        }

        var (was, now) = (PngReader.Read(a, "its picture"), PngReader.Read(b, "the picture rendered again"));
        return (was.Width, was.Height) != (now.Width, now.Height) ? 1 : was.Values.Where((value, at) => value != now.Values[at]).Count() / (double)was.Values.Length;
    }

    /// <summary>The first map that only one side has, or that differs: parts at all, the others by more than rounding.</summary>
    private static string? DifferentMap(IReadOnlyDictionary<string, byte[]> was, IReadOnlyDictionary<string, byte[]> now) =>
        PixelMaps.Optional.FirstOrDefault(map =>
        {
            if (!was.TryGetValue(map, out var a) || !now.TryGetValue(map, out var b))
            {
                return was.ContainsKey(map) != now.ContainsKey(map);
            }

            var (old, fresh) = (PixelMaps.Read(map, a, $"its {map}").Values, PixelMaps.Read(map, b, map).Values);
            var steps = map is PixelMaps.Irradiance or PixelMaps.Uv ? ushort.MaxValue / 255.0 : 1;
            return old.Length != fresh.Length || (map == PixelMaps.Parts ? !old.AsSpan().SequenceEqual(fresh) : MeanDifference(old, fresh) / steps > ColourTolerance);
        });

    private static double MeanDifference(ushort[] a, ushort[] b)
    {
        long sum = 0;
        for (var at = 0; at < a.Length; at++)
        {
            sum += Math.Abs(a[at] - b[at]);
        }

        return (double)sum / a.Length;
    }

    private static double MeanDifference(byte[] a, byte[] b)
    {
        long sum = 0;
        for (var at = 0; at < a.Length; at++)
        {
            sum += Math.Abs(a[at] - b[at]);
        }

        return (double)sum / a.Length;
    }

    private static HashSet<int> Sample(int first, int count, ulong sampleSeed, int samples)
    {
        var random = new Random((int)(sampleSeed ^ (sampleSeed >> 32)));
        var indices = Enumerable.Range(first, count).ToArray();
        random.Shuffle(indices);
        return [.. indices.Take(samples)];
    }
}
