using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Neuro.Notebooks.Documents;

/// <summary>The line above a cell of a script: <c>// %% Title [markdown] {"tags":["x"]}</c>, all of it optional but the percent signs.</summary>
/// <param name="Kind">Null for <c>[notebook]</c>: the members of the notebook itself.</param>
internal sealed partial record CellMark(CellKind? Kind, JsonObject? Header)
{
    private const string Title = "title", Whole = "notebook";

    public static bool Is(string line) => Mark().IsMatch(line);

    /// <summary>A line that would be taken for a mark gets two more slashes in front, which reading takes away.</summary>
    public static string Escape(string line) => LikeMark().IsMatch(line) ? "//" + line : line;

    public static string Unescape(string line) => !Is(line) && LikeMark().IsMatch(line) ? line[2..] : line;

    /// <exception cref="NotebookException"><c>notebook.broken_cell</c>: JSON that breaks.</exception>
    public static CellMark Parse(string line, int number, string name)
    {
        var words = Mark().Match(line).Groups[1].Value.Trim();
        JsonObject? header = null;
        if (words.IndexOf('{') is >= 0 and var at && words[^1] == '}' && (at == 0 || words[at - 1] == ' '))
        {
            header = CellHeader.Parse(words[at..]);
            if (header is null && (at == 0 || words[at - 2] == ']'))
            {
                throw new NotebookException("notebook.broken_cell", $"{name}: line {number}: the cell's mark has no JSON object: {words[at..]}");
            }

            words = header is null ? words : words[..at].TrimEnd();
        }

        CellKind? kind = CellKind.Code;
        if (KindWord().Match(words) is { Success: true } written)
        {
            kind = written.Groups[1].Value == Whole ? null : Enum.Parse<CellKind>(written.Groups[1].Value, ignoreCase: true);
            words = words[..written.Index].TrimEnd();
        }

        if (words.Length > 0 && ((header ??= [])["metadata"] ??= new JsonObject()) is JsonObject metadata)
        {
            metadata[Title] = words;
        }

        return new(kind, header);
    }

    public override string ToString()
    {
        var kind = Kind switch
        {
            CellKind.Code => "",
            null => $" [{Whole}]",
            var other => $" [{other.ToString()!.ToLowerInvariant()}]",
        };
        if (Header?["metadata"]?[Title] is JsonValue title && title.TryGetValue<string>(out var words) && PlainWords().IsMatch(words))
        {
            var rest = Header.DeepClone().AsObject();
            rest["metadata"]!.AsObject().Remove(Title);
            if (rest["metadata"]!.AsObject().Count == 0)
            {
                rest.Remove("metadata");
            }

            return $"// %% {words}{kind}{(rest.Count > 0 ? " " + CellHeader.Text(rest) : "")}";
        }

        return $"// %%{kind}{(Header is null ? "" : " " + CellHeader.Text(Header))}";
    }

    [GeneratedRegex(@"^// ?%%(?:\s(.*))?$")]
    private static partial Regex Mark();

    [GeneratedRegex(@"^(?://)+ ?%%(?:\s|$)")]
    private static partial Regex LikeMark();

    [GeneratedRegex(@"(?:^|(?<=\s))\[(markdown|raw|notebook)\]$")]
    private static partial Regex KindWord();

    /// <summary>Titles that no reader can take for anything else.</summary>
    [GeneratedRegex(@"^[\p{L}\p{N}](?:[\p{L}\p{N}\p{P}\p{Sm} -[\[\]{}]]*[\p{L}\p{N}.?!])?\z")]
    private static partial Regex PlainWords();
}
