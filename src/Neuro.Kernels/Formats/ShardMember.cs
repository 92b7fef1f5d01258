using System.Globalization;

namespace Neuro.Kernels.Formats;

/// <summary>The names of files in a shard, by the WebDataset convention: what stands before the first dot is the sample.</summary>
internal static class ShardMember
{
    public const string Jpeg = ".jpg";
    public const string Depth = ".depth.png";
    public const string Ids = ".ids.png";
    public const string Labels = ".json";

    private static readonly HashSet<string> Kinds = [Jpeg, Depth, Ids, Labels, .. PixelMaps.Optional.Select(OfMap)];

    /// <summary>The end of an optional pixel map's name.</summary>
    public static string OfMap(string map) => $".{map}.png";

    /// <summary>The files of an image with these optional maps, in the order in which a shard holds them.</summary>
    public static IReadOnlyList<string> KindsOf(IEnumerable<string> maps) => [Jpeg, Depth, Ids, .. PixelMaps.Optional.Intersect(maps).Select(OfMap), Labels];

    /// <summary>At least six digits, so that names sort as numbers up to a million.</summary>
    public static string ImageName(int index) => index.ToString("D6", CultureInfo.InvariantCulture);

    /// <summary>Splits a member's name into index and kind; false for whatever we do not write.</summary>
    public static bool TryParse(string name, out int index, out string kind)
    {
        var dot = name.IndexOf('.');
        kind = dot < 0 ? "" : name[dot..];
        index = -1;
        return dot is >= 6 and <= 10
            && Kinds.Contains(kind)
            && int.TryParse(name.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out index)
            && index < int.MaxValue // One more is counted to.
            && name[..dot] == ImageName(index);
    }
}
