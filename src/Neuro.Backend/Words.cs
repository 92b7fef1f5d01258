namespace Neuro.Backend;

/// <summary>Text from outside, made fit to be kept and shown.</summary>
internal static class Words
{
    /// <summary>One line of at most <paramref name="longest"/> characters, none of them a control character.</summary>
    public static string Clip(string text, int longest)
    {
        var line = string.Concat(text.Take(longest + 1).Select(letter => char.IsControl(letter) ? ' ' : letter)).Trim();
        return line.Length <= longest ? line : line[..(longest - 1)] + "…";
    }

    /// <summary>Lines, without control characters but their ends.</summary>
    public static string Lines(string text) => string.Concat(text.ReplaceLineEndings("\n").Select(letter => char.IsControl(letter) && letter != '\n' ? ' ' : letter)).Trim();
}
