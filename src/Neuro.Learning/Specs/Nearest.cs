namespace Neuro.Learning.Specs;

/// <summary>The known names that look most like a misspelt one.</summary>
internal static class Nearest
{
    public static string Sentence(string wrong, IEnumerable<string> known) =>
        $"did you mean {string.Join(" or ", known.OrderBy(name => Distance(wrong, name)).ThenBy(name => name, StringComparer.Ordinal).Take(2).Select(name => $"'{name}'"))}?";

    /// <summary>Edits between two words (Levenshtein 1966), the first 64 letters of each.</summary>
    private static int Distance(string a, string b)
    {
        var (from, to) = (a[..Math.Min(a.Length, 64)], b[..Math.Min(b.Length, 64)]);
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var (diagonal, left) = (row[0], row[0] = i);
            for (var j = 1; j <= to.Length; j++)
            {
                (diagonal, left) = (row[j], Math.Min(Math.Min(row[j], left) + 1, diagonal + (from[i - 1] == to[j - 1] ? 0 : 1)));
                row[j] = left;
            }
        }

        return row[^1];
    }
}
