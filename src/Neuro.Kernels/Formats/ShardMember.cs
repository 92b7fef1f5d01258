using System.Globalization;

namespace Neuro.Kernels.Formats;

/// <summary>The names of files in a shard, by the WebDataset convention: what stands before the first dot is the sample.</summary>
internal static class ShardMember
{
    public const string Jpeg = ".jpg";
    public const string Depth = ".depth.png";
    public const string Ids = ".ids.png";
    public const string Labels = ".json";

    /// <summary>At least six digits, so that names sort as numbers up to a million.</summary>
    public static string ImageName(int index) => index.ToString("D6", CultureInfo.InvariantCulture);

    /// <summary>Splits a member's name into index and kind; false for whatever we do not write.</summary>
    public static bool TryParse(string name, out int index, out string kind)
    {
        var dot = name.IndexOf('.');
        kind = dot < 0 ? "" : name[dot..];
        index = -1;
        return dot is >= 6 and <= 10
            && kind is (Jpeg or Depth or Ids or Labels)
            && int.TryParse(name.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out index)
            && name[..dot] == ImageName(index);
    }
}
