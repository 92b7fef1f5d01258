using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Magics.General;

internal sealed class HtmlMagic() : Magic("html", "Shows the lines below it as HTML.")
{
    public override MagicScope Scope => MagicScope.UntilNextMagic;

    public override Task RunAsync(Arguments given, IMagicHost host)
    {
        host.Display(Html.Raw(given.Body.Text));
        return Task.CompletedTask;
    }
}
