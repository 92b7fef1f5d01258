using System.Text.RegularExpressions;
using Neuro.Interactive.Formatting;
using Neuro.Interactive.Magics;

namespace Neuro.Notebooks.Engine.Assist;

/// <summary>Completes and explains the lines of a cell that are not C#: magics, and the paths in directives.</summary>
internal static partial class LineAssist
{
    /// <summary>Null when the line at the cursor is C#.</summary>
    public static Completions? Complete(string code, int cursor, MagicCatalogue magics, IEnumerable<string> variables)
    {
        var (line, start) = LineAt(code, cursor);
        var column = cursor - start;
        if (Path().Match(line[..column]) is { Success: true } path)
        {
            var written = path.Groups[1];
            return new(start + written.Index, cursor, [.. MagicCompletions.Files(written.Value).Select(file => new Completion(file.Text, file.Kind, null))]);
        }

        if (!line.AsSpan().TrimStart().StartsWith("#!"))
        {
            return null;
        }

        var found = magics.Complete(line, column, variables);
        return new(start + found.Start, cursor, [.. found.Items.Select(item => new Completion(item.Text, item.Kind, item.Help))]);
    }

    /// <summary>Null when the line at the cursor is no magic.</summary>
    public static MimeBundle? Explain(string code, int cursor, MagicCatalogue magics)
    {
        var (line, _) = LineAt(code, cursor);
        return MagicCatalogue.IsMagic(line) ? magics.Explain(line) : null;
    }

    private static (string Line, int Start) LineAt(string code, int cursor)
    {
        var start = cursor == 0 ? 0 : code.LastIndexOf('\n', cursor - 1) + 1;
        var end = code.IndexOf('\n', cursor);
        return (code[start..(end < 0 ? code.Length : end)], start);
    }

    /// <summary>A path that is not closed yet.</summary>
    [GeneratedRegex("""^\s*#(?:r|load)\s+"((?!nuget:)[^"]*)$""")]
    private static partial Regex Path();
}
