using Markdig;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Reports;

/// <summary>Markdown as a report prints it: headings have ids, pictures from elsewhere become links, raw HTML is disarmed.</summary>
internal static class ReportMarkdown
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseGridTables()
        .UseEmphasisExtras()
        .UseTaskLists()
        .UseFootnotes()
        .UseDefinitionLists()
        .UseAutoLinks()
        .Build();

    /// <param name="markdown">The text of a cell.</param>
    /// <param name="headings">Where headings are listed; null where they are not (in an output).</param>
    public static Html ToHtml(string markdown, ReportHeadings? headings)
    {
        var document = Markdig.Markdown.Parse(markdown, Pipeline);
        if (headings is not null)
        {
            foreach (var heading in document.Descendants<HeadingBlock>())
            {
                heading.GetAttributes().Id = headings.Add(heading.Level, Words(heading.Inline));
            }
        }

        foreach (var picture in document.Descendants<LinkInline>().Where(link => link.IsImage && link.Url?.StartsWith("data:image/", StringComparison.OrdinalIgnoreCase) != true))
        {
            picture.IsImage = false;
        }

        return Html.Raw(ForeignHtml.Disarm(document.ToHtml(Pipeline)));
    }

    private static string Words(ContainerInline? inline) => inline is null ? "" : string.Concat(inline.Descendants<LeafInline>().Select(leaf => leaf switch
    {
        LiteralInline text => text.Content.ToString(),
        CodeInline code => code.Content,
        HtmlEntityInline entity => entity.Transcoded.ToString(),
        LineBreakInline => " ",
        _ => "",
    }));
}
