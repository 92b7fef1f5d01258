using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Magics.General;

internal sealed class ListMagic(MagicCatalogue catalogue) : Magic("lsmagic", "Lists the magics and what each is for.")
{
    public override Task RunAsync(Arguments given, IMagicHost host)
    {
        var width = catalogue.Magics.Max(magic => magic.Name.Length);
        host.Display(new MimeBundle(
            string.Join('\n', catalogue.Magics.Select(magic => $"#!{magic.Name.PadRight(width)}  {magic.Help}")),
            (MimeTypes.Html, HtmlParts.Table("Magics", ["name", "what it does"], catalogue.Magics.Select(magic => new object?[] { $"#!{magic.Name}", magic.Help })).ToString())));
        return Task.CompletedTask;
    }
}
