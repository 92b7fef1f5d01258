using System.Text.RegularExpressions;
using Neuro.Cli.Terminal;
using Neuro.Interactive.Formatting;
using Neuro.Notebooks.Engine;
using Neuro.Notebooks.Headless;

namespace Neuro.Cli.Tests.Terminal;

/// <summary>What a run looks like to somebody who watches it, and to somebody who reads its log.</summary>
public sealed class RunViewTests
{
    private const string Job = "Train small-cnn (1.23 M parameters) for 8 epochs on up to 17,056 products";

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(200)]
    public void Show_TerminalOfAnyWidth_NoLineReachesItsEnd(int columns)
    {
        var screen = new StringWriter();
        Watch(new RunView(screen, () => columns, verbose: false));
        var drawn = Regex.Replace(screen.ToString(), @"\e\[\d*[Km]", "").Split('\r', '\n').Where(line => !line.Contains("CS0103"));
        drawn.Max(line => line.Length).ShouldBeLessThan(Math.Max(columns, 21));
    }

    [Fact]
    public void Show_Terminal_LooksAsReviewed()
    {
        var screen = new StringWriter();
        Watch(new RunView(screen, () => 80, verbose: false));
        Snapshot.Match(Settled(screen.ToString()));
    }

    [Fact]
    public void Show_Log_LooksAsReviewed()
    {
        var log = new StringWriter();
        Watch(new RunView(log, null, verbose: false));
        log.ToString().ShouldNotContain('\r');
        log.ToString().ShouldNotContain('\e');
        Snapshot.Match(log.ToString());
    }

    [Fact]
    public void Close_BarUnderWay_NextLineBeginsOnItsOwn()
    {
        var screen = new StringWriter();
        var view = new RunView(screen, () => 80, verbose: false);
        view.Show(new CellStarted(1, 1, "order"));
        view.Show(Progress(0.5, "half"));
        view.Close();
        view.Close();
        screen.Write("Stopped");
        Settled(screen.ToString()).ShouldEndWith("50 %  half\nStopped");
    }

    private static void Watch(RunView view)
    {
        view.Show(new CellStarted(1, 3, "#!neuro-connect"));
        view.Show(new CellFinished(1, new CellResult(1, null, TimeSpan.FromSeconds(0.42))));
        view.Show(new CellStarted(2, 3, "order = await neuro.CompleteAsync(await neuro.OrderAsync(quote, Cancel), progress.Update, Cancel);"));
        view.Show(Progress(0, "0 of 24 shards verified"));
        view.Show(Progress(0.05, "1 of 24 shards verified"));
        view.Show(Progress(0.999, "23 of 24 shards verified · 1 min 1 s · about 1 s left · a detail that no line of a terminal has room for, however wide somebody makes it"));
        view.Show(Progress(1, "24 of 24 shards verified · 1 min 2 s"));
        view.Show(new CellFinished(2, new CellResult(2, null, TimeSpan.FromSeconds(62.3))));
        view.Show(new CellStarted(3, 3, "nothing"));
        view.Show(new CellFinished(3, new CellResult(3, new CellError("CS0103", "", "Cell 3, line 1: CS0103 The name 'nothing' does not exist.", ["  1 | nothing"], "at"), TimeSpan.Zero)));
    }

    private static CellShowed Progress(double fraction, string detail) => new(2, new DisplayUpdate("d", new MimeBundle(
        "", (MimeTypes.Progress, $$"""{"label":"{{Job}}","fraction":{{fraction.ToString(System.Globalization.CultureInfo.InvariantCulture)}},"detail":"{{detail}}"}"""))));

    /// <summary>What a terminal shows in the end: of what was drawn over, the last.</summary>
    private static string Settled(string written) => Regex.Replace(string.Join('\n', written.Split('\n').Select(line => line.Split('\r')[^1])), @"\e\[\d*[Km]", "");
}
