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
            .Select(name => (Name: name, Edits: Distance(written.ToLowerInvariant(), name.ToLowerInvariant())))
            .Where(near => near.Edits <= Math.Max(2, written.Length / 3) || (written.Length >= 3 && near.Name.Contains(written, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(near => near.Edits).ThenBy(near => near.Name, StringComparer.Ordinal)
            .Take(Most)
            .Select(near => near.Name),
    ];

    /// <summary>Edits between two words: insert, delete, replace, or swap two neighbours (optimal string alignment).</summary>
    public static int Distance(string a, string b)
    {
        var edits = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    edits[i, j] = i + j;
                    continue;
                }

                var replaced = edits[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                edits[i, j] = Math.Min(replaced, 1 + Math.Min(edits[i - 1, j], edits[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    edits[i, j] = Math.Min(edits[i, j], 1 + edits[i - 2, j - 2]);
                }
            }
        }

        return edits[a.Length, b.Length];
    }
}
