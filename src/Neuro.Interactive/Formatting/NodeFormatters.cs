using System.Globalization;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;
using Neuro.Interactive.Formatting.Charts;

namespace Neuro.Interactive.Formatting;

internal sealed class NodeFormatters : TableSource<NodeView>
{
    protected override string? ToText(IReadOnlyList<NodeView> nodes) => $"{Summary(nodes)}\n{Table(nodes).ToText()}";

    protected override Html? ToHtml(IReadOnlyList<NodeView> nodes) => HtmlParts.Card(
        "Nodes",
        CardParts.Tiles(
            CardParts.Tile("nodes", Wording.Count(nodes.Count), States(nodes)),
            CardParts.Tile("render", Wording.Number(nodes.Sum(node => node.Capacity.RenderCuPerSecond)), "CU/s together"),
            CardParts.Tile("train", Wording.Number(nodes.Sum(node => node.Capacity.TrainCuPerSecond)), "CU/s together"),
            CardParts.Tile("earned", Earned(nodes), Wording.Count(nodes.Sum(node => (long)node.ShardsDone), "shard"))),
        Table(nodes).ToHtml());

    private static string Summary(IReadOnlyList<NodeView> nodes) =>
        $"{Wording.Count(nodes.Count, "node")} ({States(nodes)}), {Wording.Number(nodes.Sum(node => node.Capacity.RenderCuPerSecond))} CU/s render, "
        + $"{Wording.Number(nodes.Sum(node => node.Capacity.TrainCuPerSecond))} CU/s train, earned {Wording.Amount(Earned(nodes))}";

    private static string States(IReadOnlyList<NodeView> nodes) =>
        string.Join(", ", nodes.GroupBy(node => node.Barred ? "barred" : node.State).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{Wording.Count(group.Count())} {group.Key}"));

    private static Ntk Earned(IReadOnlyList<NodeView> nodes) => nodes.Aggregate(Ntk.Zero, (sum, node) => sum + node.Earned);

    protected override ListTable<NodeView> Table(IReadOnlyList<NodeView> nodes) =>
        Table(nodes, nodes.Select(node => Wording.Decimals(node.Floor ?? Ntk.Zero)).DefaultIfEmpty().Max());

    private static ListTable<NodeView> Table(IReadOnlyList<NodeView> nodes, int decimals) => new ListTable<NodeView>("Nodes", nodes)
        .Words("node", node => node.Name, node => Html.Of($"<span title=\"{node.Id}\">{node.Name}</span>"))
        .Words("state", node => node.Barred ? "barred" : node.State, node => node.Barred ? CardParts.Bad("barred") : Html.Text(node.State))
        .Words("pool", node => node.Capacity.Pool)
        .Words("device", node => $"{node.Capacity.Device}, {Wording.Count(node.Capacity.Cores, "core")}, {Wording.Size(node.Capacity.MemoryBytes)}")
        .Number("render, CU/s", node => Wording.Number(node.Capacity.RenderCuPerSecond))
        .Number("train, CU/s", node => Wording.Number(node.Capacity.TrainCuPerSecond))
        .Number("floor, NTK per CU", node => node.Floor is { } floor ? Wording.Digits(floor, decimals) : "sealed")
        .Number("shards done", node => Wording.Count(node.ShardsDone))
        .Number("rejected", node => Wording.Count(node.ShardsRejected))
        .Amounts("earned, NTK", node => node.Earned)
        .Moments("last seen", node => node.LastSeen);
}

/// <summary>How what is known of one node, and what nodes earned, is shown.</summary>
internal sealed class NodeHistoryFormatters
{
    public IEnumerable<object> CreateTypeFormatters() => [.. new NodeRecordFormatters().CreateTypeFormatters(), .. new NodeEarningsFormatters().CreateTypeFormatters()];
}

internal sealed class NodeRecordFormatters : FormatterSource<NodeRecord>
{
    protected override string ToText(NodeRecord node) => $"{Facts(node).ToText()}\n{(node.Marks.Count == 0 ? "Nothing speaks against it." : Marks(node).ToText())}";

    protected override Html ToHtml(NodeRecord node) => HtmlParts.Card(
        $"Node {node.Name}",
        CardParts.Tiles(
            CardParts.Tile("reliability", Wording.Percent(node.Reliability.Value), "a leased shard is delivered and verified"),
            CardParts.Tile("streak", Wording.Count(node.Streak), $"the next is checked {Wording.Percent(node.ChanceOfCheck)} of the time"),
            CardParts.Tile("stake", node.Stake, $"of {Wording.Amount(node.StakeTarget)}")),
        Facts(node).ToHtml(),
        node.Marks.Count == 0 ? Html.Of($"<p style=\"margin:.3em 0\">Nothing speaks against it.</p>") : Marks(node).ToHtml());

    private static FactSheet Facts(NodeRecord node) => new FactSheet($"Node {node.Name}")
        .AddIf("barred", Barred(node), CardParts.Bad(Barred(node)))
        .Add("shards", $"{Wording.Count(node.Verified)} paid, {Wording.Count(node.Rejected)} rejected, {Wording.Count(node.Lost)} lost")
        .Add("reliability", Reliability(node.Reliability))
        .Add("streak", $"{Wording.Count(node.Streak)} right one after another; "
            + $"the next is checked before it is paid with probability {Wording.Percent(node.ChanceOfCheck)}")
        .Add("stake", $"{Wording.Amount(node.Stake)} of {Wording.Amount(node.StakeTarget)}")
        .Add("key", node.Id, Html.Of($"<code style=\"overflow-wrap:anywhere\">{node.Id}</code>"));

    private static string Barred(NodeRecord node) => node.BarredSince is { } since ? $"since {Wording.Moment(since)}: {node.BarredFor}" : "";

    private static string Reliability(NodeReliability known) => string.Create(
        CultureInfo.InvariantCulture,
        $"({known.PriorVerified:0.##} + {known.Verified}) of ({known.PriorShards:0.##} + {known.Verified + known.Failed}) = {known.Value:0.000}");

    private static ListTable<NodeMark> Marks(NodeRecord node) => new ListTable<NodeMark>("What speaks against it", node.Marks)
        .Moments("when", mark => mark.At)
        .Words("what", mark => mark.Type.Replace('_', ' '))
        .Words("why", mark => mark.Text);
}

internal sealed class NodeEarningsFormatters : TableSource<NodeEarnings>
{
    protected override string? ToText(IReadOnlyList<NodeEarnings> all) => $"{Total(all)}{(ByDay(all) is { } chart ? "\n" + chart.ToText() : "")}\n{Table(all).ToText()}";

    protected override Html? ToHtml(IReadOnlyList<NodeEarnings> all) => HtmlParts.Card(
        "What your nodes earned", Html.Of($"<p style=\"margin:.3em 0\"><strong>{Total(all)}</strong></p>"), ByDay(all)?.ToHtml() ?? Html.Empty, Table(all).ToHtml());

    private static string Total(IReadOnlyList<NodeEarnings> all) =>
        $"{Wording.Amount(all.Aggregate(Ntk.Zero, (sum, one) => sum + one.Earned))} for {Wording.Count(all.Sum(one => (long)one.Shards), "shard")} "
        + $"of {Wording.Count(all.DistinctBy(one => one.NodeId).Count(), "node")}";

    // A line of one point says nothing; a day without pay is a zero and no gap.
    private static LineChart? ByDay(IReadOnlyList<NodeEarnings> all)
    {
        var (first, last) = (all.Min(one => one.Day), all.Max(one => one.Day));
        if (first == last)
        {
            return null;
        }

        var paid = all.ToLookup(one => one.Day.DayNumber, one => Wording.ForAPicture(one.Earned));
        var days = Enumerable.Range(first.DayNumber, last.DayNumber - first.DayNumber + 1).ToList();
        return new LineChart
        {
            Title = "Earned a day",
            XLabel = string.Create(CultureInfo.InvariantCulture, $"days since {first:yyyy-MM-dd}"),
            YLabel = "NTK",
            Lines = [new("earned", [.. days.Select(day => (double)(day - first.DayNumber))], [.. days.Select(day => paid[day].Sum())])],
            YSpan = (0, 0),
            Width = 460,
            Height = 240,
        };
    }

    protected override ListTable<NodeEarnings> Table(IReadOnlyList<NodeEarnings> all) => new ListTable<NodeEarnings>("By node and day", all)
        .Words("day, UTC", one => one.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
        .Words("node", one => one.Name, one => Html.Of($"<span title=\"{one.NodeId}\">{one.Name}</span>"))
        .Number("shards", one => Wording.Count(one.Shards))
        .Amounts("earned, NTK", one => one.Earned);
}
