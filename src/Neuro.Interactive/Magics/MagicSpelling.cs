namespace Neuro.Interactive.Magics;

/// <summary>The names somebody may have meant.</summary>
internal static class MagicSpelling
{
    private const int Most = 3;

    /// <summary>" Did you mean …?" with the nearest names, or nothing where none is near.</summary>
    public static string Suggest(string written, IEnumerable<string> names, string prefix)
    {
        var near = Nearest(written, names);
        return near.Count == 0 ? "" : $" Did you mean {string.Join(" or ", near.Select(name => prefix + name))}?";
    }

    /// <summary>Up to three names within a third of the word's length (at least two edits), or that contain it, nearest first.</summary>
    public static IReadOnlyList<string> Nearest(string written, IEnumerable<string> names) =>
    [
        .. names
            .Select(name => (Name: name, Edits: Spelling.Distance(written, name)))
            .Where(near => near.Edits <= Math.Max(2, written.Length / 3) || (written.Length >= 3 && near.Name.Contains(written, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(near => near.Edits).ThenBy(near => near.Name, StringComparer.Ordinal)
            .Take(Most)
            .Select(near => near.Name),
    ];
}
