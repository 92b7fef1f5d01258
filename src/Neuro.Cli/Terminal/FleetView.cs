using System.Globalization;
using Neuro.Cli.Fleets;
using Neuro.Client.Tokens;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Neuro.Cli.Terminal;

/// <summary>Draws a fleet at work: its nodes, the job, and what happened last.</summary>
internal static class FleetView
{
    private const int NodeBar = 10, JobBar = 30;

    /// <param name="newest">So many events are shown.</param>
    public static IRenderable Draw(FleetPicture now, int newest = 6)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("node", "state");
        foreach (var column in new[] { "floor", "CU/s", "shard" })
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        table.AddColumn("progress");
        table.AddColumn(new TableColumn("earned, NTK").RightAligned());
        foreach (var node in now.Nodes)
        {
            table.AddRow(
                new Text(node.Name), new Text(node.State, Style(node.State)), new Text(Amount(node.Floor)), new Text(Line($"{node.CuPerSecond:0.000}")),
                new Text(node.Shard is { } shard ? $"{shard + 1}" : ""), new Text(node.Shard is null ? "" : $"{Bar(node.Fraction, NodeBar)} {Percent(node.Fraction)}"),
                new Text(Amount(node.Earned)));
        }

        return new Rows(
        [
            table,
            new Text(now.Title),
            new Text(Job(now)),
            .. now.Events.TakeLast(newest).Select(happened => new Text(Event(happened.At, happened.Text))),
        ]);
    }

    /// <summary>One line of what happened.</summary>
    public static string Event(TimeSpan at, string text) => Line($"{at.TotalSeconds,6:0.0} s  {text}");

    /// <summary>The job in one line.</summary>
    public static string Job(FleetPicture now)
    {
        var left = now.Remaining is { } remaining ? Line($", about {remaining.TotalSeconds:0} s left") : "";
        return $"{Bar(now.Fraction, JobBar)} {Percent(now.Fraction)}  {now.Verified} of {now.Shards} shards{left}, {Amount(now.Paid)} NTK paid of {Amount(now.Held)} held";
    }

    private static Style Style(string state) => state switch
    {
        "works" => new(Color.Green),
        "mines" => new(Color.Yellow),
        "killed" => new(Color.Red),
        _ => new(Color.Grey),
    };

    private static string Bar(double fraction, int length)
    {
        var filled = (int)(Math.Clamp(fraction, 0, 1) * length);
        return new string('█', filled) + new string('░', length - filled);
    }

    private static string Percent(double fraction) => Line($"{Math.Floor(fraction * 100),3:0} %");

    // A screen has no room for nine decimals.
    private static string Amount(Ntk amount) => Line($"{(decimal)amount.Nano / Ntk.NanoPerNtk:0.00}");

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
