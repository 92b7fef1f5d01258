using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Magics.General;

internal sealed class MermaidMagic() : Magic("mermaid", "Shows the lines below it as a Mermaid diagram where the notebook draws them, else their source.")
{
    /// <summary>The type that JupyterLab draws by itself; no script goes along.</summary>
    private const string Mime = "text/vnd.mermaid";

    public override MagicScope Scope => MagicScope.UntilNextMagic;

    public override Task RunAsync(Arguments given, IMagicHost host)
    {
        var source = given.Body.Text.Trim();
        host.Display(new MimeBundle(source, (Mime, source), (MimeTypes.Html, Html.Of($"<pre class=\"mermaid\">{source}</pre>").ToString())));
        return Task.CompletedTask;
    }
}
