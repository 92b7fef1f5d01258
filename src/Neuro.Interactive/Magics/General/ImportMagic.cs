namespace Neuro.Interactive.Magics.General;

internal sealed class ImportMagic() : Magic("import", "Runs the code of a file: .cs, .csx or .ipynb.")
{
    private readonly Parameter<string> file = Required<string>("file", "Its path.");

    public override Task RunAsync(Arguments given, IMagicHost host) => host.ImportAsync(given.Get(file));
}
