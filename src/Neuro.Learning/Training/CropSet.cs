using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Neuro.Client.Api;

namespace Neuro.Learning.Training;

/// <summary>Crops of labelled products, split by picture into a training and a validation part.</summary>
public sealed partial class CropSet
{
    private const double ValidationShare = 0.1;

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
        Validation = [.. crops.Where(crop => held.Contains(crop.Image))];
        Hash = Digest(crops);
    }

    /// <summary>Crops in both parts.</summary>
    public int Count => Training.Count + Validation.Count;

    /// <summary>How many classes the labels may name.</summary>
    public int Classes => ClassNames.Count;

    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Side in pixels of the model input that the crops are meant for.</summary>
    public int Size { get; }

    /// <summary>SHA-256 (hex) of all pixels and labels.</summary>
    public string Hash { get; }

    internal IReadOnlyList<Crop> Training { get; }

    internal IReadOnlyList<Crop> Validation { get; }

    /// <summary>Whole pictures, small, as <see cref="Crop.Backdrop"/> makes them: what training may put behind a product.</summary>
    internal IReadOnlyList<byte[]> Backdrops { get; }

    /// <summary>Side in pixels of the stored crops.</summary>
    internal int Side { get; }

    internal static int StoredSide(int size) => (int)Math.Ceiling(size * Crop.Oversize);

    /// <summary>A tenth of the pictures, at least one; none when there are fewer than four.</summary>
    private static HashSet<int> HeldBack(int[] pictures, ulong seed) => pictures.Length < 4
        ? []
        : [.. pictures.OrderBy(picture => SplitMix.For(seed, (ulong)picture).Next()).Take(Math.Max(1, (int)(pictures.Length * ValidationShare)))];

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
