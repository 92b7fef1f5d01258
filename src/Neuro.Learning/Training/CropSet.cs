using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Neuro.Client.Api;

namespace Neuro.Learning.Training;

/// <summary>Crops of labelled products, split by picture into a training and a validation part.</summary>
public sealed partial class CropSet : CropData
{
    internal CropSet(IReadOnlyList<Crop> crops, IReadOnlyList<string> classes, int size, ulong seed, IReadOnlyList<byte[]>? backdrops = null)
    {
        if (crops.Count == 0)
        {
            throw new NeuroException("training.empty", "There is nothing to train on: no labelled product is visible and large enough. Order more or larger pictures, or lower the limits on visibility and side.");
        }

        var wrong = crops.FirstOrDefault(crop => crop.ClassId < 0 || crop.ClassId >= classes.Count);
        if (wrong is not null)
        {
            throw new NeuroException("training.label_out_of_range", $"A product in picture {wrong.Image} has the class id {wrong.ClassId}; there are {classes.Count} classes, 0 to {classes.Count - 1}. Train with the catalogue that the dataset was rendered from.");
        }

        (ClassNames, Size, Side) = (classes, size, StoredSide(size));
        if (crops.Any(crop => crop.Rgba.Length != Side * Side * 4))
        {
            throw new ArgumentException($"Crops must be {Side} × {Side} pixels of four bytes.", nameof(crops));
        }

        Backdrops = backdrops ?? [];
        var held = HeldBack([.. crops.Select(crop => crop.Image).Distinct()], seed);
        Training = [.. crops.Where(crop => !held.Contains(crop.Image))];
        Held = [.. crops.Where(crop => held.Contains(crop.Image))];
        Hash = Digest(crops);
    }

    /// <summary>Crops in both parts.</summary>
    public int Count => Training.Count + Held.Count;

    public override IReadOnlyList<string> ClassNames { get; }

    public override int Size { get; }

    /// <summary>SHA-256 (hex) of all pixels and labels.</summary>
    public override string Hash { get; }

    internal IReadOnlyList<Crop> Training { get; }

    internal override IReadOnlyList<Crop> Held { get; }

    internal override IReadOnlyList<Crop> Known => Training;

    internal override int PerEpoch => Training.Count;

    internal IReadOnlyList<byte[]> Backdrops { get; }

    internal override int Side { get; }

    /// <summary>Every sample once, but for those left over after the last whole batch: they come in another epoch's order.</summary>
    internal override IEnumerable<Draw> Draws(TrainingOptions options, int epoch)
    {
        var order = Shuffled(Training.Count, options.Seed, epoch);
        var size = Math.Min(options.BatchSize, order.Length);
        for (var i = 0; i < BatchesPerEpoch(options); i++)
        {
            yield return new([.. order.AsSpan(i * size, size).ToArray().Select(sample => (Training[sample], (ulong)sample))], Backdrops);
        }
    }

    internal static int StoredSide(int size) => (int)Math.Ceiling(size * Crop.Oversize);

    private static string Digest(IReadOnlyList<Crop> crops)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var crop in crops)
        {
            hash.AppendData(MemoryMarshal.AsBytes([crop.ClassId, crop.Image]));
            hash.AppendData(crop.Rgba);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
