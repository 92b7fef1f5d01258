using Neuro.Notebooks.Documents;

namespace Neuro.Cli.Tests.Headless;

public sealed class ReportTests : CliFact
{
    private string Write()
    {
        var notebook = new Notebook();
        notebook.Add(CellKind.Markdown, "# Report\n\nText.\n\n## Part");
        notebook.Add(CellKind.Code, "1");
        var path = Path.Combine(Folder, "n.ipynb");
        notebook.Write(path);
        return path;
    }

    [Fact]
    public async Task Report_AsPdf_IsPrintedByTheBrowser()
    {
        Requires.Program("chromium", "apt install chromium");

        await using var neuro = NeuroProcess.Start(Data, "report", Write(), "--pdf");

        (await neuro.ExitAsync(Cancel)).ShouldBe(0, neuro.Output);
        File.ReadAllBytes(Path.Combine(Folder, "n.pdf")).AsSpan(0, 5).SequenceEqual("%PDF-"u8).ShouldBeTrue();
    }

    [Fact]
    public async Task Report_AsPdfWithoutABrowser_SaysWhatToInstallAndKeepsTheHtml()
    {
        await using var neuro = NeuroProcess.Start(Data, ["env", "PATH=/nonexistent"], ["report", Write(), "--pdf"]);

        (await neuro.ExitAsync(Cancel)).ShouldBe(1, neuro.Output);
        neuro.Output.ShouldContain("is on the PATH. Install one, or print ");
        File.Exists(Path.Combine(Folder, "n.html")).ShouldBeTrue();
    }
}
