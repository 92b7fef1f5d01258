using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Magics.General;

internal sealed class MarkdownMagic() : Magic("markdown", "Shows the lines below it as Markdown.")
{
    public override MagicScope Scope => MagicScope.UntilNextMagic;

    public override Task RunAsync(Arguments given, IMagicHost host)
    {
        var text = given.Body.Text;
        host.Display(new MimeBundle(text, (MimeTypes.Markdown, text), (MimeTypes.Html, Markdig.Markdown.ToHtml(text))));
        return Task.CompletedTask;
    }
}
