namespace Neuro.Interactive.Magics.General;

internal sealed class ImportMagic() : Magic("import", "Runs the code of a file: .cs, .csx or .ipynb.")
{
    private readonly Parameter<string> file = new("file", "Its path.") { IsRequired = true, IsFile = true };

    public override Task RunAsync(Arguments given, IMagicHost host) => host.ImportAsync(given.Get(file));
}
