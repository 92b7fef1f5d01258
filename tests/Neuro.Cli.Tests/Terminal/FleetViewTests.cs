using Neuro.Cli.Fleets;
using Neuro.Cli.Terminal;
using Neuro.Client.Tokens;
using Spectre.Console;

namespace Neuro.Cli.Tests.Terminal;

/// <summary>How a fleet at work looks.</summary>
public sealed class FleetViewTests
{
    [Fact]
    public void Draw_ANodeKilledInTheMiddle_LooksAsReviewed()
    {
        using var drawn = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(drawn) });
        console.Profile.Width = 90;

        console.Write(FleetView.Draw(
            new FleetPicture(
                [
                    new("alder", "killed", Ntk.Parse("0.6"), 0.21, null, 0, Ntk.Parse("1.701052632")),
                    new("birch", "works", Ntk.Parse("0.8"), 0.158, 4, 0.45, Ntk.Zero),
                    new("cedar", "waits", Ntk.Of(1), 0.158, null, 0, Ntk.Parse("0.1")),
                    new("elm", "mines", Ntk.Parse("11.015"), 0.05, null, 0, Ntk.Zero),
                ],
                "398 images of cartons on a shelf, 640×480, seed 2017", 0.4375, 2, 7, TimeSpan.FromSeconds(31.6), Ntk.Parse("19.392421063"), Ntk.Parse("3.74"),
                [(TimeSpan.FromSeconds(0.4), "Ordered"), (TimeSpan.FromSeconds(12.34), "Shard 3: alder fell silent; the shard is given out again"), (TimeSpan.FromSeconds(13), "Shard 3 of 7 goes to birch")]),
            newest: 2));

        Snapshot.Match(string.Join('\n', drawn.ToString().ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())));
    }
}
