using System.Text;
using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Reports;

/// <summary>A notebook's run as one HTML file that needs nothing else: it opens offline, asks the network for nothing and runs no script.</summary>
/// <remarks>Outputs may come from a stranger's notebook, so the page forbids itself everything but its own styles and embedded pictures (Content-Security-Policy), and tags that act without script are shown as text.</remarks>
public static class Report
{
    private const string Policy = "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

    /// <summary>Writes the file whole or not at all: to a temporary name beside it, then renamed.</summary>
    public static void Write(string path, string title, IReadOnlyList<ReportCell> cells)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        var temporary = path + ".part";
        try
        {
            using (var file = File.Create(temporary))
            {
                Write(file, title, cells);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (IOException)
        {
            File.Delete(temporary);
            throw;
        }
    }

    public static void Write(Stream stream, string title, IReadOnlyList<ReportCell> cells)
    {
        var headings = new ReportHeadings();
        var body = Html.Join(cells.Select(cell => Cell(cell, headings)), "\n");
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
        writer.Write(Html.Of(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="{Policy}">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <link rel="icon" href="data:,">
            <title>{title}</title>
            <style>{Html.Raw(ReportStyle.Sheet)}{Html.Raw(HtmlStyle.Sheet)}</style>
            </head>
            <body>
            <a class="skip" href="#content">Skip to the content</a>
            {headings.Contents()}
            <main id="content">
            {(headings.HasTitle ? Html.Empty : Html.Of($"<h1>{title}</h1>"))}
            {body}
            </main>
            </body>
            </html>

            """));
    }

    private static Html Cell(ReportCell cell, ReportHeadings headings) => cell switch
    {
        ReportText text => Html.Of($"<section class=\"text\">{ReportMarkdown.ToHtml(text.Markdown, headings)}</section>"),
        ReportCode { Source: var source } code when string.IsNullOrWhiteSpace(source) => Html.Join(code.Outputs.Select(Output)),
        ReportCode code => Html.Of(
            $"""
            <section class="cell"><details><summary>{code.Label} <code>{FirstLine(code.Source)}</code></summary><pre class="code"><code>{code.Source}</code></pre></details>
            {code.Outputs.Select(Output)}</section>
            """),
        _ => Html.Empty,
    };

    private static string FirstLine(string source) => source.Split('\n').First(line => line.Trim().Length > 0).Trim();

    private static Html Output(ReportOutput output) => output.Kind switch
    {
        ReportOutputKind.Console => Html.Of($"<pre class=\"out\">{output.Bundle.Text}</pre>"),
        ReportOutputKind.ConsoleError => Html.Of($"<pre class=\"out err\">{output.Bundle.Text}</pre>"),
        ReportOutputKind.Error => Html.Of($"<pre class=\"out error\" role=\"alert\">{output.Bundle.Text}</pre>"),
        _ => Html.Of($"<div class=\"out\">{Value(output.Bundle)}</div>"),
    };

    /// <summary>HTML before a picture before text.</summary>
    private static Html Value(MimeBundle value)
    {
        if (value.Html is { } html)
        {
            return Html.Raw(ForeignHtml.Disarm(html.Replace(HtmlStyle.Element, "", StringComparison.Ordinal)));
        }

        if (value[MimeTypes.Svg] is { } svg)
        {
            return Picture("image/svg+xml", Convert.ToBase64String(Encoding.UTF8.GetBytes(svg)), value.Text);
        }

        if ((value[MimeTypes.Png] ?? value[MimeTypes.Jpeg]) is { } picture)
        {
            return Picture(value[MimeTypes.Png] is null ? MimeTypes.Jpeg : MimeTypes.Png, picture.ReplaceLineEndings(""), value.Text);
        }

        return value[MimeTypes.Markdown] is { } markdown ? ReportMarkdown.ToHtml(markdown, null) : Html.Of($"<pre>{value.Text}</pre>");
    }

    private static Html Picture(string mime, string base64, string alt) => Html.Of($"<img src=\"data:{mime};base64,{base64}\" alt=\"{(alt.Length > 0 ? alt : "picture")}\">");
}
