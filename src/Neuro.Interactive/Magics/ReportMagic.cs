using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Magics;

internal sealed class ReportMagic(WriteReport? write)
    : Magic("neuro-report", "Writes a saved notebook with its outputs as one HTML page that needs nothing else; save the notebook first.")
{
    private readonly Parameter<string> notebook = new("notebook", "The .ipynb file.") { IsRequired = true, IsFile = true };
    private readonly Parameter<string?> page = new("out", "The page; the notebook's name with .html if left out.") { IsFile = true };

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var make = LocalWork.Needed(write, "what reads notebooks");
        var from = given.Get(notebook);
        if (!File.Exists(from))
        {
            throw new MagicException("magic.bad_value", $"--notebook is '{from}'; there is no such file in {Environment.CurrentDirectory}.");
        }

        var into = given.Get(page) ?? Path.ChangeExtension(from, ".html");
        var title = await make(from, into, host.Cancellation);
        host.Display($"{into}: \"{title}\", {Wording.Size(new FileInfo(into).Length)}");
    }
}
