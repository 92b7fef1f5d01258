namespace Neuro.Notebooks.Jupyter;

/// <summary>Places in code: Jupyter counts Unicode code points, .NET counts UTF-16 units.</summary>
internal static class CodePoints
{
    /// <summary>The UTF-16 offset of so many code points; a count outside the text means its nearest end.</summary>
    public static int ToUtf16(string text, int codePoints)
    {
        var at = 0;
        for (; codePoints > 0 && at < text.Length; codePoints--)
        {
            at += IsPair(text, at) ? 2 : 1;
        }

        return at;
    }

    /// <summary>The code points in front of a UTF-16 offset.</summary>
    public static int FromUtf16(string text, int offset)
    {
        var count = 0;
        for (var at = 0; at < offset && at < text.Length; count++)
        {
            at += IsPair(text, at) ? 2 : 1;
        }

        return count;
    }

    private static bool IsPair(string text, int at) => at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]);
}
