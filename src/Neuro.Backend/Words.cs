namespace Neuro.Backend;

/// <summary>Text from outside, made fit for one line.</summary>
internal static class Words
{
    /// <summary>At most <paramref name="longest"/> characters, none of them a control character.</summary>
    public static string Clip(string text, int longest)
    {
        var line = string.Concat(text.Take(longest + 1).Select(letter => char.IsControl(letter) ? ' ' : letter)).Trim();
        return line.Length <= longest ? line : line[..(longest - 1)] + "…";
    }
}
