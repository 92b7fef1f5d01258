using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Neuro.Client.Api;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;

namespace Neuro.Learning.Dense;

/// <summary>Whole pictures with the boxes, and where they are known the pixels, of what they show; for detectors, segmenters and instances.</summary>
public sealed partial class PictureSet : TrainingData
{
    /// <summary>Stored pictures are larger than the model's input by this, so that a close view is still sharp.</summary>
    private const double Oversize = 1.25;

    private const int ValidationBatch = 16;
    private const double DetectorsMosaic = 0.5;

    private readonly IReadOnlyList<LabelledPicture> held;

    internal PictureSet(IReadOnlyList<LabelledPicture> pictures, IReadOnlyList<string> classes, int size, ulong seed)
    {
        Require(pictures.Count > 0, "training.empty", "There is nothing to train on: the dataset has no pictures. Order some.");
        foreach (var picture in pictures)
        {
            CheckLabels(picture, classes);
        }

        Require(pictures.Any(picture => picture.Labels.Objects.Any(one => !one.Ignored)), "training.no_boxes",
            $"None of the {pictures.Count} pictures has a labelled object that is visible and large enough; a detector learns from boxes. Order larger pictures, or lower the limits.");
        (ClassNames, Size) = (classes, size);
        var back = HeldBack([.. pictures.Select(picture => picture.Number).Distinct()], seed);
        Training = [.. pictures.Where(picture => !back.Contains(picture.Number))];
        held = [.. pictures.Where(picture => back.Contains(picture.Number))];
        Hash = Digest(pictures);
    }

    public override IReadOnlyList<string> ClassNames { get; }

    public override int Size { get; }

    public override string Hash { get; }

    public override int ValidationSamples => held.Count;

    internal IReadOnlyList<LabelledPicture> Training { get; }

    internal override int PerEpoch => Training.Count;

    /// <summary>A plane has values enough to take a mean of.</summary>
    internal override int LeastPart => 2;

    internal override IReadOnlyList<int> ClassCounts
    {
        get
        {
            var counts = new int[Classes];
            foreach (var one in Training.SelectMany(picture => picture.Labels.Objects).Where(one => !one.Ignored))
            {
                counts[one.ClassId]++;
            }

            return counts;
        }
    }

    /// <summary>Side in pixels of pictures that are stored for a model's input.</summary>
    internal static int StoredSide(int size) => (int)Math.Ceiling(size * Oversize);

    internal override void Check(ModelSpec spec)
    {
        Require(spec.Task is ModelTask.Detect or ModelTask.Segment or ModelTask.Instances, "model.not_trainable",
            $"The model '{spec.Name}' is made to {spec.Task.Name()}; whole pictures train detectors, segmenters and instances.");
        Require(spec.Input[1] == Size && spec.Input[2] == Size, "training.size_mismatch",
            $"The model reads {spec.Input[2]} × {spec.Input[1]} pixels, but the pictures are made for {Size} × {Size}. Make both with the same size.");
        var (background, needs) = spec.HasBackground ? (1, " and the background") : (0, "");
        Require(spec.Classes == Classes + background, "training.classes_mismatch",
            $"The model tells {spec.Classes} classes apart, but the dataset has {Classes}{needs}. Make the model for {Classes + background} classes.");
        Require(spec.Task == ModelTask.Detect || Training.All(picture => picture.Labels.Ids is not null), "training.no_masks",
            $"The model '{spec.Name}' learns from pixels, but the labels hold only boxes. Train a detector, or take a dataset with masks.");
    }

    internal override IEnumerable<Batch> Epoch(TrainingOptions options, int epoch)
    {
        var (augmentation, order) = (new PictureAugmentation(Size), Shuffled(Training.Count, options.Seed, epoch));
        var (count, mosaic) = (Math.Min(options.BatchSize, order.Length), options.Mosaic ?? DetectorsMosaic);
        for (var i = 0; i < BatchesPerEpoch(options); i++)
        {
            var (pixels, labels) = (new byte[count * Size * Size * 3], new PictureLabels[count]);
            for (var k = 0; k < count; k++)
            {
                var sample = order[(i * count) + k];
                labels[k] = augmentation.Apply(Training[sample], Training, mosaic, SplitMix.For(options.Seed, (ulong)epoch, (ulong)sample), pixels.AsSpan(k * Size * Size * 3, Size * Size * 3));
            }

            yield return new(pixels, [], count, labels);
        }
    }

    internal override IEnumerable<Batch> Validation() => Plain(held);

    /// <summary>Whole upright pictures in batches.</summary>
    internal IEnumerable<Batch> Plain(IReadOnlyList<LabelledPicture> pictures)
    {
        var (augmentation, first) = (new PictureAugmentation(Size), 0);
        foreach (var chunk in pictures.Chunk(ValidationBatch))
        {
            var (pixels, labels) = (new byte[chunk.Length * Size * Size * 3], new PictureLabels[chunk.Length]);
            for (var k = 0; k < chunk.Length; k++)
            {
                labels[k] = augmentation.Plain(chunk[k], pixels.AsSpan(k * Size * Size * 3, Size * Size * 3));
            }

            yield return new(pixels, [], chunk.Length, labels, first);
            first += chunk.Length;
        }
    }

    private static void CheckLabels(LabelledPicture picture, IReadOnlyList<string> classes)
    {
        var wrong = picture.Labels.Objects.FirstOrDefault(one => one.ClassId < 0 || one.ClassId >= classes.Count);
        Require(wrong is null, "training.label_out_of_range",
            $"An object in picture {picture.Number} has the class id {wrong?.ClassId}; there are {classes.Count} classes, 0 to {classes.Count - 1}. Train with the catalogue that the dataset was rendered from.");
        // Half a pixel: corners of distant pictures are rounded.
        var outside = picture.Labels.Objects.FirstOrDefault(one => !(one.Box is { Width: > 0, Height: > 0 } box && box.IsValid
            && box.X >= -0.5 && box.Y >= -0.5 && box.X + box.Width <= picture.Side + 0.5 && box.Y + box.Height <= picture.Side + 0.5));
        Require(outside is null, "training.box_outside",
            $"An object in picture {picture.Number} has the box {outside?.Box}, as scaled to {picture.Side} × {picture.Side} pixels, which is empty or not within the picture. Correct the label or leave the picture out.");
    }

    private static string Digest(IReadOnlyList<LabelledPicture> pictures)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var picture in pictures)
        {
            hash.AppendData(MemoryMarshal.AsBytes([picture.Number, picture.Side, picture.Labels.Objects.Count]));
            hash.AppendData(picture.Rgb);
            foreach (var one in picture.Labels.Objects)
            {
                hash.AppendData(MemoryMarshal.AsBytes([one.ClassId, one.Box.X, one.Box.Y, one.Box.Width, one.Box.Height, one.Ignored ? 1 : 0]));
            }

            hash.AppendData(MemoryMarshal.AsBytes(picture.Labels.Ids.AsSpan()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
