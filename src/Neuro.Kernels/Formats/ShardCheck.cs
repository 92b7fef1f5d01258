using Neuro.Kernels.Compute;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Formats;

/// <summary>What came of checking a shard.</summary>
/// <param name="Valid">Whether it may be paid.</param>
/// <param name="Reason">One sentence: what was checked, or what is wrong.</param>
public sealed record ShardVerdict(bool Valid, string Reason);

/// <summary>Checks a shard that somebody else rendered by rendering some of its images again.</summary>
public static class ShardCheck
{
    /// <summary>Mean difference of decoded colours, in steps of 1/255, that another processor's rounding may cause; a picture of another seed differs by more than 10.</summary>
    private const double ColourTolerance = 2;

    /// <summary>Reads the whole shard and renders <paramref name="samples"/> of its images again: ids, depth and labels must be equal, colours nearly so.</summary>
    /// <param name="recipe">What was ordered.</param>
    /// <param name="catalogue">The one that the recipe names.</param>
    /// <param name="seed">Of the dataset.</param>
    /// <param name="first">Index of the shard's first image.</param>
    /// <param name="count">Images in the shard.</param>
    /// <param name="tarPath">The shard; it may come from a stranger.</param>
    /// <param name="sampleSeed">Chooses the images; whoever rendered the shard must not know it.</param>
    /// <param name="samples">Images to render again.</param>
    public static ShardVerdict Check(Recipe recipe, Catalogue catalogue, ulong seed, int first, int count, string tarPath, ulong sampleSeed, int samples = 1)
    {
        try
        {
            return Wrong(recipe, catalogue, seed, first, count, tarPath, sampleSeed, samples) is { } reason
                ? new ShardVerdict(false, reason)
                : new ShardVerdict(true, $"{count} images from {first}, {Math.Min(samples, count)} of them rendered again and equal.");
        }
        catch (KernelsException unreadable) when (unreadable is ShardException or PictureException)
        {
            return new ShardVerdict(false, unreadable.Message);
        }
    }

    private static string? Wrong(Recipe recipe, Catalogue catalogue, ulong seed, int first, int count, string tarPath, ulong sampleSeed, int samples)
    {
        var manifest = ShardReader.Manifest(tarPath);
        var wanted = new ShardContent(recipe.Hash, seed, first, count, DatasetRenderer.ClassNames(catalogue));
        var got = manifest.Content;
        if ((got.RecipeHash, got.Seed, got.First, got.Count) != (wanted.RecipeHash, wanted.Seed, wanted.First, wanted.Count) || !got.Classes.SequenceEqual(wanted.Classes))
        {
            return $"The shard holds images {got.First} to {got.First + got.Count - 1} of recipe {got.RecipeHash}, seed {got.Seed}; ordered were {first} to {first + count - 1} of {wanted.RecipeHash}, seed {seed}.";
        }

        var chosen = Sample(first, count, sampleSeed, samples);
        var histogram = new int[wanted.Classes.Count];
        using var backend = RenderBackends.Create();
        var frame = new Frame(recipe.Width, recipe.Height, PixelMaps.InFrame(recipe.Maps));
        foreach (var image in ShardReader.Read(tarPath))
        {
            if (image.Labels.Instances.FirstOrDefault(instance => instance.ClassId >= histogram.Length) is { } unknown)
            {
                return $"Image {image.Index} labels an instance of class {unknown.ClassId}; the catalogue has {histogram.Length} classes.";
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

        return histogram.SequenceEqual(manifest.ClassHistogram) && histogram.Sum() == manifest.Objects ? null : "The shard's own counts of objects are not those of its labels.";
    }

    private static string? Difference(IRenderBackend backend, Recipe recipe, Scene scene, Frame frame, ShardImage image)
    {
        backend.Render(scene, frame);
        var again = EncodedImage.Encode(frame, LabelPass.Run(scene, frame), scene.Photometrics.JpegQuality, DatasetRenderer.Maps(recipe));
        if (!SamePixels(image.IdsPng, again.IdsPng))
        {
            return $"Image {image.Index} rendered again shows other instance ids.";
        }

        if (!SamePixels(image.DepthPng, again.DepthPng))
        {
            return $"Image {image.Index} rendered again shows another depth.";
        }

        if (!image.Labels.Equals(again.Labels))
        {
            return $"Image {image.Index} rendered again has other labels.";
        }

        if (DifferentMap(image.Maps, again.Maps) is { } map)
        {
            return $"Image {image.Index} rendered again has another {map} map.";
        }

        var (was, now) = (image.Decode(), Codec.Decode(again.Jpeg, "colours"));
        var colour = was.Rgb.Length == now.Rgb.Length ? MeanDifference(was.Rgb, now.Rgb) : 255;
        return colour <= ColourTolerance ? null : $"Image {image.Index} rendered again has other colours, by {colour:F1} of 255 on average.";
    }

    private static bool SamePixels(byte[] a, byte[] b)
    {
        var (was, now) = (PngReader.Read(a, "its picture"), PngReader.Read(b, "the picture rendered again"));
        return (was.Width, was.Height) == (now.Width, now.Height) && was.Values.AsSpan().SequenceEqual(now.Values);
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
