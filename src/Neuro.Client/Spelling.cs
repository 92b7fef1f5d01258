namespace Neuro;

/// <summary>Which known names somebody may have meant. The file is compiled into each assembly that needs it.</summary>
internal static class Spelling
{
    private const int MostLetters = 64;

    /// <summary>The known names by how much they look like a written one, the nearest first.</summary>
    public static IEnumerable<string> Nearest(string written, IEnumerable<string> known) =>
        known.OrderBy(name => Distance(written, name)).ThenBy(name => name, StringComparer.Ordinal);

    /// <summary>Edits between two words, whatever their case: insert, delete, replace, or swap two neighbours (optimal string alignment); of the first 64 letters of each.</summary>
    public static int Distance(string a, string b)
    {
        (a, b) = (Start(a), Start(b));
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

    private static string Start(string word) => word[..Math.Min(word.Length, MostLetters)].ToLowerInvariant();
}
