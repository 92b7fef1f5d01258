using System.Runtime.ExceptionServices;
using Neuro.Client.Api;
using Neuro.Kernels;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Formats.Exchange;
using Neuro.Kernels.Labels;
using Neuro.Learning.Training;

namespace Neuro.Learning.Dense;

/// <summary>Which pictures and objects are learnt from.</summary>
public sealed record PictureLimits
{
    /// <summary>The least visible share of an object; others are ignored.</summary>
    /// <value>0.25</value>
    public double Visibility { get; init; } = 0.25;

    /// <summary>The least longer side of an object in pixels of the model's input; smaller ones are ignored.</summary>
    /// <value>6</value>
    public int Side { get; init; } = 6;

    /// <summary>Whether everything is of one class, <c>product</c>.</summary>
    /// <value>false</value>
    public bool ClassAgnostic { get; init; }

    /// <summary>The most memory for stored pictures, bytes; from more pictures, those that fit are drawn by the seed.</summary>
    /// <value>2 GiB</value>
    public long Bytes { get; init; } = 2L << 30;
}

public sealed partial class PictureSet
{
    /// <summary>The name of the one class of <see cref="PictureLimits.ClassAgnostic"/>.</summary>
    public const string AnyProduct = "product";

    /// <summary>Reads the pictures of rendered shards with the boxes and pixels of all products.</summary>
    /// <param name="tarPaths">Shards of one dataset.</param>
    /// <param name="size">Side in pixels of the model's input.</param>
    /// <param name="seed">Draws which pictures are held back for validation.</param>
    /// <param name="limits">Which pictures and products.</param>
    /// <param name="cancel">Stops between two pictures.</param>
    /// <exception cref="NeuroException"><c>training.empty</c>, <c>training.no_boxes</c>, <c>training.label_out_of_range</c>, <c>training.box_outside</c>, <c>training.picture_empty</c>.</exception>
    /// <exception cref="ShardException">A shard is damaged.</exception>
    public static PictureSet FromShards(IEnumerable<string> tarPaths, int size, ulong seed = 0, PictureLimits? limits = null, CancellationToken cancel = default)
    {
        var (dataset, chosen) = (Dataset.Open(tarPaths), limits ?? new());
        return Read(dataset.Images(), dataset.Count, image => From(image, size, chosen), image => image.Index, ClassesOf(dataset.ClassNames, chosen), [dataset.RecipeHash], size, seed, chosen, cancel);
    }

    /// <summary>Reads the pictures of a dataset in a format of others; pixels where all its labels have them.</summary>
    /// <exception cref="NeuroException">As <see cref="FromShards"/>.</exception>
    /// <exception cref="ExchangeException">A picture cannot be read.</exception>
    public static PictureSet FromImport(ExternalDataset dataset, int size, ulong seed = 0, PictureLimits? limits = null, CancellationToken cancel = default)
    {
        var (chosen, numbered) = (limits ?? new(), dataset.Images.Index().ToList());
        var masks = dataset.Images.SelectMany(image => image.Objects).All(one => one.Runs is not null || one.Polygons.Count > 0);
        return Read(numbered, numbered.Count, image => From(image.Item, image.Index, size, chosen, masks), image => image.Index, ClassesOf(dataset.ClassNames, chosen), [], size, seed, chosen, cancel);
    }

    private static IReadOnlyList<string> ClassesOf(IReadOnlyList<string> names, PictureLimits limits) => limits.ClassAgnostic ? [AnyProduct] : names;

    private static PictureSet Read<T>(
        IEnumerable<T> images, int count, Func<T, LabelledPicture> fit, Func<T, int> number, IReadOnlyList<string> classes, IReadOnlyList<string> recipes, int size, ulong seed, PictureLimits limits, CancellationToken cancel)
    {
        var share = limits.Bytes / (double)Math.Max(1, count * 5L * StoredSide(size) * StoredSide(size));
        try
        {
            return new(
                [.. images.Where(image => share >= 1 || SplitMix.For(seed, (ulong)number(image)).Chance(share)).AsParallel().AsOrdered().WithCancellation(cancel).Select(fit)],
                classes, size, seed) { Recipes = recipes };
        }
        catch (AggregateException e) when (e.InnerException is KernelsException or NeuroException)
        {
            ExceptionDispatchInfo.Throw(e.InnerException);
            throw;
        }
    }

    private static LabelledPicture From(ShardImage image, int size, PictureLimits limits)
    {
        var picture = image.Decode();
        RequirePixels(picture, image.Index);
        var scale = (double)size / Math.Max(picture.Width, picture.Height);
        var place = image.Labels.Instances.Index().ToDictionary(one => one.Item.Id, one => (ushort)(one.Index + 1));
        return LabelledPicture.Fit(picture, [.. image.Labels.Instances.Select(Object)], [.. image.Ids().Select(id => place.GetValueOrDefault(id))], image.Index, StoredSide(size));

        PictureObject Object(Instance one) => new(limits.ClassAgnostic ? 0 : one.ClassId, one.Box,
            one.Visibility < limits.Visibility || Math.Max(one.Box.Width, one.Box.Height) * scale < limits.Side, one.Area);
    }

    private static LabelledPicture From(ExternalImage image, int number, int size, PictureLimits limits, bool masks)
    {
        var picture = image.Decode();
        RequirePixels(picture, number);
        var scale = (double)size / Math.Max(picture.Width, picture.Height);
        var ids = masks ? new ushort[picture.Width * picture.Height] : null;
        var objects = new List<PictureObject>();
        foreach (var one in image.Objects)
        {
            var (mask, box) = (masks ? image.MaskOf(one) : null, new Detection.Box(one.Box.X, one.Box.Y, one.Box.Width, one.Box.Height));
            objects.Add(new(limits.ClassAgnostic ? 0 : one.ClassId, box, Math.Max(box.Width, box.Height) * scale < limits.Side, mask?.Area ?? box.Area));
            if (mask is not null && (mask.Width, mask.Height) == (picture.Width, picture.Height))
            {
                var pixels = mask.Decode();
                for (var i = 0; i < pixels.Length; i++)
                {
                    ids![i] = pixels[i] ? (ushort)objects.Count : ids[i];
                }
            }
        }

        return LabelledPicture.Fit(picture, objects, ids, number, StoredSide(size));
    }

    private static void RequirePixels(Image picture, int number) =>
        Require(picture.Width > 0 && picture.Height > 0, "training.picture_empty", $"Picture {number} is {picture.Width} × {picture.Height} pixels; there is nothing to see. Leave it out.");
}
