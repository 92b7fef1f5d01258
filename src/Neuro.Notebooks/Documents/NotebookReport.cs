using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Neuro.Interactive.Formatting;
using Neuro.Interactive.Reports;

namespace Neuro.Notebooks.Documents;

/// <summary>A notebook as the cells of a report: the one place where the two meet.</summary>
public static partial class NotebookReport
{
    /// <summary>Writes the page of a notebook with its outputs.</summary>
    /// <param name="name">What it is called without a heading.</param>
    /// <returns>Its title.</returns>
    public static string Write(Notebook notebook, string name, string path)
    {
        var title = Title(notebook, name);
        Report.Write(path, title, Cells(notebook));
        return title;
    }

    /// <summary>The first heading of the notebook, or <paramref name="otherwise"/>.</summary>
    public static string Title(Notebook notebook, string otherwise) => notebook.Cells
        .Where(cell => cell.Kind == CellKind.Markdown)
        .SelectMany(cell => cell.Source.Split('\n'))
        .FirstOrDefault(line => line.StartsWith("# ", StringComparison.Ordinal))?[2..].Trim() ?? otherwise;

    public static IReadOnlyList<ReportCell> Cells(Notebook notebook) =>
        [.. notebook.Cells.Where(cell => cell.Kind != CellKind.Raw).Select(cell => cell.Kind == CellKind.Markdown ? Text(cell) : Code(cell))];

    /// <summary>The errors that a cell shows, as text.</summary>
    public static IEnumerable<string> Errors(NotebookCell cell) => cell.Outputs.OfType<JsonObject>().Where(output => output["output_type"]?.ToString() == "error").Select(Error);

    private static ReportCell Text(NotebookCell cell)
    {
        var text = cell.Source;
        foreach (var (name, forms) in cell.Node["attachments"] as JsonObject ?? [])
        {
            if (forms is JsonObject data && NotebookOutputs.Bundle(data).FirstOrDefault(form => form.Key.StartsWith("image/", StringComparison.Ordinal)) is { Key: { } mime, Value: var picture })
            {
                text = text.Replace($"attachment:{name}", $"data:{mime};base64,{picture.ReplaceLineEndings("")}", StringComparison.Ordinal);
            }
        }

        return new ReportText(text);
    }

    private static ReportCell Code(NotebookCell cell) => new ReportCode(
        cell.ExecutionCount is { } count ? $"In [{count}]" : "In [ ]",
        cell.Source,
        [.. cell.Outputs.OfType<JsonObject>().Select(Output).OfType<ReportOutput>()]);

    private static ReportOutput? Output(JsonObject output) => output["output_type"]?.ToString() switch
    {
        "stream" => new(output["name"]?.ToString() == "stderr" ? ReportOutputKind.ConsoleError : ReportOutputKind.Console, new MimeBundle(Plain(MultilineText.Read(output["text"]) ?? ""))),
        "error" => new(ReportOutputKind.Error, new MimeBundle(Error(output))),
        _ when output["data"] is JsonObject data => new(ReportOutputKind.Value, NotebookOutputs.Bundle(data)),
        _ => null,
    };

    /// <summary>The traceback where there is one: it has the message, and the line of source.</summary>
    private static string Error(JsonObject output) => output["traceback"] is JsonArray { Count: > 0 } lines
        ? Plain(string.Join('\n', lines.Select(line => line?.ToString())))
        : $"{output["ename"]}: {output["evalue"]}";

    private static string Plain(string text) => Escape().Replace(text, "");

    /// <summary>Colours and cursor moves of a terminal.</summary>
    [GeneratedRegex(@"\x1B\[[0-9;?]*[ -/]*[@-~]")]
    private static partial Regex Escape();
}
