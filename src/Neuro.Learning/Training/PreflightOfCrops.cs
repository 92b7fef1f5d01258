using System.Security.Cryptography;
using static Neuro.Learning.Training.PreflightReport;

namespace Neuro.Learning.Training;

/// <summary>What is looked at in crops.</summary>
public static partial class Preflight
{
    private static Finding Sizes(CropData data)
    {
        double[] enlarged = [.. data.Known.Where(crop => crop.Longest > 0).Select(crop => Augmentation.PlainFill * data.Size / crop.Longest).Order()];
        if (enlarged.Length == 0)
        {
            return new("object size", Verdict.Good, "How large the products were in their pictures is not known; nothing to compare.");
        }

        var share = (double)enlarged.Count(times => times > MostEnlarged) / enlarged.Length;
        var found = Line($"Half of the products are enlarged {enlarged[enlarged.Length / 2]:0.0} times or more for {data.Size} pixels, and {share:0 %} more than {MostEnlarged:0} times.");
        return share > Many
            ? new("object size", Verdict.Warning, $"{found} Render larger pictures, take a smaller input, or leave small products out.")
            : new("object size", Verdict.Good, found);
    }

    private static Finding Duplicates(CropData data)
    {
        var seen = new Dictionary<string, int>();
        var (again, contradicting) = (0, 0);
        foreach (var crop in data.Known)
        {
            var hash = HashOf(crop);
            again += seen.TryAdd(hash, crop.ClassId) ? 0 : 1;
            contradicting += seen[hash] == crop.ClassId ? 0 : 1;
        }

        // Of a stream that is yet to be rendered the known samples are the held-back ones themselves.
        var leaked = ReferenceEquals(data.Known, data.Held) ? 0 : data.Held.Count(crop => seen.ContainsKey(HashOf(crop)));
        return contradicting > 0 ? new("duplicates", Verdict.Bad, $"{contradicting} pictures are there with two labels; one of them is wrong. Look at them first.")
            : leaked > 0 ? new("duplicates", Verdict.Warning,
                $"{leaked} of {data.Held.Count} held-back pictures are also learnt from, so that the accuracy on them says too much. Take the copies out.")
            : again > Many * data.Known.Count ? new("duplicates", Verdict.Warning,
                $"{again} of {data.Known.Count} pictures are copies of others; they cost time and teach nothing.")
            : new("duplicates", Verdict.Good, $"{again} of {data.Known.Count} pictures are copies of others, pixel by pixel.");
    }

    private static string HashOf(Crop crop) => Convert.ToBase64String(SHA256.HashData(crop.Rgba));

    /// <summary>Samples of all classes in turn, in their plain view.</summary>
    private static Batch BatchOf(CropData data, int size)
    {
        var crops = data.Known.GroupBy(crop => crop.ClassId).OrderBy(group => group.Key)
            .SelectMany(group => group.Take(size).Select((crop, place) => (Crop: crop, Place: place)))
            .OrderBy(one => one.Place).Take(size).Select(one => one.Crop).ToList();
        return new([.. crops.SelectMany(new Augmentation(data.Side, data.Size).Plain)], [.. crops.Select(crop => (long)crop.ClassId)], crops.Count);
    }
}
