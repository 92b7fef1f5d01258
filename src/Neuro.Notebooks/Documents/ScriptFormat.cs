using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Neuro.Notebooks.Documents;

/// <summary>.csx and .cs: C# with a line <c>// %%</c> above each cell; a file without one is one cell.</summary>
/// <remarks>
/// Markdown and raw cells are comments, magics are comments without a space (<c>//#!time</c>), and so are in a .cs the lines <c>#r</c>, <c>#i</c> and <c>#load</c>,
/// which a program may not have; the packages that they name stand as <c>#:package</c> at the top, for <c>dotnet run</c>.
/// </remarks>
/// <param name="isProgram">Whether it is a .cs.</param>
internal sealed partial class ScriptFormat(bool isProgram)
{
    private sealed record Section(string? Mark, int Line, IReadOnlyList<string> Content);

    public Notebook Read(string text, string name)
    {
        var (rest, cells) = ((JsonObject?)null, new List<JsonObject>());
        var sections = Sections(NotebookText.Lines(text));
        foreach (var section in sections)
        {
            var mark = section.Mark is { } line ? CellMark.Parse(line, section.Line, name) : new(CellKind.Code, null);
            var content = NotebookText.WithoutSeparator(section.Content, isLast: section == sections[^1]).Select(CellMark.Unescape);
            if (mark.Kind is not { } kind)
            {
                rest = mark.Header;
            }
            else if (section.Mark is not null || section.Content.Any(written => !string.IsNullOrWhiteSpace(written)))
            {
                var lines = kind == CellKind.Code ? ScriptMagics.Uncomment(content, isProgram) : content.Select(FromComment);
                cells.Add(CellHeader.Node(kind, string.Join('\n', lines), mark.Header));
            }
        }

        return NotebookText.Notebook(rest, isProgram ? WithoutPackages(cells, hasPreamble: sections is [{ Mark: null }, ..]) : cells, name);
    }

    public string Write(Notebook notebook)
    {
        var code = notebook.Cells.Where(cell => cell.Kind == CellKind.Code).Select(cell => cell.Source);
        var (rest, packages) = (NotebookText.Rest(notebook.Root), isProgram ? Packages(code) : []);
        var text = new StringBuilder().AppendJoin("", packages.Select(package => package + "\n"));
        var between = text.Length > 0 ? "\n" : "";
        if (rest is not null)
        {
            text.Append(between).Append(new CellMark(null, rest)).Append('\n');
            between = "\n";
        }

        for (var place = 0; place < notebook.Cells.Count; place++, between = "\n")
        {
            var (cell, header) = (notebook.Cells[place], CellHeader.Of(notebook.Cells[place], place));
            var plain = text.Length == 0 && cell.Kind == CellKind.Code && header is null && !string.IsNullOrWhiteSpace(cell.Source);
            text.Append(between).Append(plain ? "" : new CellMark(cell.Kind, header) + "\n").Append(Content(cell));
        }

        return text.ToString();
    }

    private static List<Section> Sections(string[] lines)
    {
        var sections = new List<Section>();
        for (var at = 0; at < lines.Length;)
        {
            var mark = CellMark.Is(lines[at]) ? lines[at] : null;
            var first = mark is null ? at : at + 1;
            var end = Array.FindIndex(lines, first, CellMark.Is) is >= 0 and var next ? next : lines.Length;
            sections.Add(new(mark, at + 1, lines[first..end]));
            at = end;
        }

        return sections;
    }

    private string Content(NotebookCell cell)
    {
        if (cell.Source.Length == 0)
        {
            return "";
        }

        var lines = cell.Source.Split('\n');
        return string.Join('\n', (cell.Kind == CellKind.Code ? ScriptMagics.Comment(lines, isProgram) : lines.Select(ToComment)).Select(CellMark.Escape)) + "\n";
    }

    private static string ToComment(string line) => line.Length == 0 ? "//" : "// " + line;

    internal static string FromComment(string line) => line.StartsWith("// ", StringComparison.Ordinal) ? line[3..] : line.StartsWith("//", StringComparison.Ordinal) ? line[2..] : line;

    /// <summary>The lines that writing made of the cells' own references are not cells' text.</summary>
    private static List<JsonObject> WithoutPackages(List<JsonObject> cells, bool hasPreamble)
    {
        var code = cells.Skip(1).Where(cell => (string?)cell["cell_type"] == "code").Select(cell => MultilineText.Read(cell["source"])!);
        var made = hasPreamble ? Packages(code) : [];
        return made.Count > 0 && MultilineText.Read(cells[0]["source"]) == string.Join('\n', made) ? cells[1..] : cells;
    }

    private static List<string> Packages(IEnumerable<string> sources) =>
    [
        .. sources.SelectMany(source => source.Split('\n')).Select(line => Reference().Match(line)).Where(reference => reference.Success)
            .Select(reference => $"#:package {reference.Groups[1].Value}@{(reference.Groups[2].Value is { Length: > 0 } version ? version : "*")}").Distinct(),
    ];

    [GeneratedRegex("""^\s*#r\s+"nuget:\s*([^",\s]+)\s*(?:,\s*([^"\s]*)\s*)?"\s*$""")]
    private static partial Regex Reference();
}
