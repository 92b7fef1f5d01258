using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Neuro.Notebooks.Documents;

/// <summary>.dib: a line <c>#!csharp</c>, <c>#!markdown</c> or <c>#!raw</c> above each cell, <c>#!meta</c> above the notebook's own JSON.</summary>
/// <remarks>
/// A cell in another language begins with that language's line and is code whose first line is a magic.
/// A line of a cell that looks like a mark is moved one space to the right, and back when it is read.
/// What .dib has no place for (ids, tags, metadata) stands in a comment above the cell's first line.
/// </remarks>
internal static partial class DibFormat
{
    public static Notebook Read(string text, string name)
    {
        var (rest, cells) = ((JsonObject?)null, new List<JsonObject>());
        var lines = NotebookText.Lines(text);
        for (var at = 0; at < lines.Length;)
        {
            var mark = Mark().Match(lines[at]) is { Success: true } found ? found.Groups[1].Value : null;
            var end = Array.FindIndex(lines, at + 1, line => Mark().IsMatch(line)) is >= 0 and var next ? next : lines.Length;
            var content = NotebookText.WithoutSeparator(lines[(mark is null ? at : at + 1)..end], isLast: end == lines.Length).ToList();
            if (mark is not null && content is ["", ..])
            {
                content.RemoveAt(0);
            }

            at = end;
            if (mark == "meta")
            {
                rest ??= Meta(string.Join('\n', content), name);
            }
            else if (mark is not null || content.Any(line => !string.IsNullOrWhiteSpace(line)))
            {
                cells.Add(Cell(mark ?? "csharp", content, cells.Count, name));
            }
        }

        return NotebookText.Notebook(rest, cells, name);
    }

    public static string Write(Notebook notebook)
    {
        var sections = notebook.Cells.Select(Section).Prepend(Meta(notebook.Root));
        return string.Join('\n', sections);
    }

    private static JsonObject Cell(string mark, List<string> content, int index, string name)
    {
        var kind = mark switch
        {
            "markdown" or "md" => CellKind.Markdown,
            "raw" => CellKind.Raw,
            _ => CellKind.Code,
        };
        if (mark is not ("csharp" or "c#" or "cs" or "markdown" or "md" or "raw"))
        {
            return CellHeader.Node(kind, string.Join('\n', content.Select(Unescape).Prepend("#!" + mark)), null);
        }

        JsonObject? header = null;
        if (content.Count > 0 && Header(kind).Match(content[0]) is { Success: true } written)
        {
            header = CellHeader.Parse(written.Groups[1].Value)
                ?? throw new NotebookException("notebook.broken_cell", $"{name}: cell {index + 1}: its first line is no JSON object: {written.Groups[1].Value}");
            content.RemoveAt(0);
        }

        return CellHeader.Node(kind, string.Join('\n', content.Select(Unescape)), header);
    }

    private static string Section(NotebookCell cell, int place)
    {
        var (header, lines) = (CellHeader.Of(cell, place), cell.Source.Split('\n'));
        if (cell.Kind == CellKind.Code && header is null && lines.Length > 1 && lines[1..] is not [""] && IsOtherLanguage(lines[0]))
        {
            return $"{lines[0]}\n\n{string.Join('\n', lines[1..].Select(Escape))}\n";
        }

        var text = new StringBuilder(cell.Kind switch { CellKind.Code => "#!csharp\n\n", CellKind.Markdown => "#!markdown\n\n", _ => "#!raw\n\n" });
        if (header is not null || Header(cell.Kind).IsMatch(lines[0]))
        {
            var json = CellHeader.Text(header ?? []);
            text.Append(cell.Kind == CellKind.Code ? $"// %% {json}\n" : $"<!-- %% {json} -->\n");
        }
        else if (cell.Source.Length == 0)
        {
            return text.ToString();
        }

        return text.AppendJoin('\n', lines.Select(Escape)).Append('\n').ToString();
    }

    /// <summary>The languages of .NET Interactive are written in the file's own way; what else the notebook says stands beside them.</summary>
    private static string Meta(JsonObject root)
    {
        var rest = root.DeepClone().AsObject();
        var meta = Languages();
        if (rest["metadata"] is JsonObject metadata && metadata["polyglot_notebook"] is JsonObject languages
            && !languages.ContainsKey("notebook") && !JsonNode.DeepEquals(languages, meta))
        {
            metadata.Remove("polyglot_notebook");
            meta = languages;
        }

        if (NotebookText.Rest(rest) is { } own)
        {
            meta["notebook"] = own;
        }

        return $"#!meta\n\n{CellHeader.Text(meta)}\n";
    }

    private static JsonObject Meta(string json, string name)
    {
        var meta = CellHeader.Parse(json)
            ?? throw new NotebookException("notebook.unsupported", $"{name}: what stands below #!meta is no JSON object. Mend it or take it out.");
        var rest = meta["notebook"] is { } own
            ? own as JsonObject ?? throw new NotebookException("notebook.unsupported", $"{name}: #!meta: notebook is {own.ToJsonString()}; expected an object.")
            : NotebookReader.Empty();
        meta.Remove("notebook");
        if (!JsonNode.DeepEquals(meta, Languages()) && (rest["metadata"] ??= new JsonObject()) is JsonObject metadata)
        {
            metadata["polyglot_notebook"] = meta;
        }

        return rest;
    }

    private static JsonObject Languages() => new()
    {
        ["kernelInfo"] = new JsonObject
        {
            ["defaultKernelName"] = "csharp",
            ["items"] = new JsonArray(new JsonObject { ["aliases"] = new JsonArray("c#", "cs"), ["languageName"] = "C#", ["name"] = "csharp" }),
        },
    };

    private static Regex Header(CellKind kind) => kind == CellKind.Code ? CodeHeader() : TextHeader();

    private static bool IsOtherLanguage(string line) => Mark().Match(line) is { Success: true } mark
        && mark.Groups[1].Value is not ("csharp" or "c#" or "cs" or "markdown" or "md" or "raw" or "meta") && line == "#!" + mark.Groups[1].Value;

    private static string Escape(string line) => Mark().IsMatch(line.TrimStart(' ')) ? " " + line : line;

    private static string Unescape(string line) => line.StartsWith(' ') && Mark().IsMatch(line.TrimStart(' ')) ? line[1..] : line;

    [GeneratedRegex(@"^#!(csharp|c#|cs|markdown|md|raw|meta|html|mermaid|javascript|js|fsharp|f#|fs|pwsh|powershell|sql|kql|http|python|r|julia|value|razor|t4)[ \t\r]*$")]
    private static partial Regex Mark();

    [GeneratedRegex(@"^// %% (\{.*\})$")]
    private static partial Regex CodeHeader();

    [GeneratedRegex("^<!-- %% (\\{.*\\}) -->$")]
    private static partial Regex TextHeader();
}
