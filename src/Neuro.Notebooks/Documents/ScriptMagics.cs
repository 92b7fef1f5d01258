using System.Text.RegularExpressions;
using Neuro.Interactive.Magics;

namespace Neuro.Notebooks.Documents;

/// <summary>Magics as a C# file holds them, and back: <c>#!time</c> is <c>//#!time</c>, and the text that belongs to one such as <c>#!html</c> is a comment too.</summary>
/// <remarks>A line that is already such a comment gets two more slashes, so that both ways are exact.</remarks>
internal static partial class ScriptMagics
{
    private static readonly MagicCatalogue General = new();

    /// <param name="lines">A code cell.</param>
    /// <param name="directives">Whether <c>#r</c>, <c>#i</c> and <c>#load</c> are commented likewise.</param>
    public static IEnumerable<string> Comment(IEnumerable<string> lines, bool directives)
    {
        var inText = false;
        foreach (var line in lines)
        {
            var (found, isMagic) = Find(line, directives, commented: false);
            inText = isMagic ? TakesText(line) : inText;
            yield return !isMagic && inText ? (line.Length == 0 ? "//" : "// " + line) : found is null ? line : line.Insert(found.Groups[1].Length, "//");
        }
    }

    public static IEnumerable<string> Uncomment(IEnumerable<string> lines, bool directives)
    {
        var inText = false;
        foreach (var line in lines)
        {
            var (found, isMagic) = Find(line, directives, commented: true);
            var bare = found is null ? line : line.Remove(found.Groups[1].Length, 2);
            inText = isMagic ? TakesText(bare) : inText;
            yield return !isMagic && inText ? ScriptFormat.FromComment(line) : bare;
        }
    }

    private static (Match? Line, bool IsMagic) Find(string line, bool directives, bool commented)
    {
        var match = (commented ? Commented() : Bare()).Match(line);
        var isMagic = match.Success && match.Groups[2].Length == 0 && match.Groups[3].Value[1] == '!';
        return match.Success && (directives || match.Groups[3].Value[1] == '!') ? (match, isMagic) : (null, false);
    }

    /// <summary>Whether what stands below the magic is its text rather than C#; of magics that only the platform has, none has any.</summary>
    private static bool TakesText(string line)
    {
        try
        {
            return General.Find(line.Trim()).Scope == MagicScope.UntilNextMagic;
        }
        catch (MagicException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^(\s*)((?://)*)(#!\p{L}|#(?:r|i|load)\s)")]
    private static partial Regex Bare();

    [GeneratedRegex(@"^(\s*)//((?://)*)(#!\p{L}|#(?:r|i|load)\s)")]
    private static partial Regex Commented();
}
