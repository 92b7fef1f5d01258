using System.Xml.Linq;
using CsCheck;
using Neuro.Interactive.Formatting;
using Neuro.Interactive.Formatting.Charts;

namespace Neuro.Interactive.Tests.Formatting;

public sealed class ChartTests
{
    private static readonly double[] Steps = [.. Enumerable.Range(0, 11).Select(i => i * 100.0)];

    internal static LineChart Curves { get; } = new()
    {
        Title = "Training <loss>",
        XLabel = "step",
        YLabel = "loss",
        Lines =
        [
            new("training", Steps, [.. Steps.Select(step => 2.4 * Math.Exp(-step / 300))]),
            new("validation", Steps, [.. Steps.Select(step => step == 500 ? double.NaN : 0.3 + 2.2 * Math.Exp(-step / 350))]),
        ],
    };

    internal static BarChart Histogram { get; } = new() { Title = "Objects by class", ValueLabel = "objects", Bars = [new("Oat & Honey", 120), new("Brook Water", 48.5), new("Nothing", 0)] };

    internal static Heatmap Confusion { get; } = new()
    {
        Title = "Confusion",
        RowLabel = "actual",
        ColumnLabel = "predicted",
        Rows = ["oat", "brook", "pine"],
        Columns = ["oat", "brook", "pine"],
        Values = [[18, 2, 0], [1, 19, 0], [0, 5, 15]],
    };

    internal static TornadoChart Tornado { get; } = new() { Title = "What matters", ValueLabel = "%", Usual = 2, Swings = [new("little & sure", 1.9, 2), new("much", 5, 0.5)] };

    private static string Shown(Chart chart) => $"{Formatter.Format(chart).Text}\n\n{XElement.Parse(chart.ToHtml().ToString())}";

    [Fact]
    public void LineChart_TwoLinesAndAGap_LooksAsReviewed() => Snapshot.Match(Shown(Curves));

    [Fact]
    public void BarChart_ThreeBars_LooksAsReviewed() => Snapshot.Match(Shown(Histogram));

    [Fact]
    public void TornadoChart_TwoSwings_LooksAsReviewed() => Snapshot.Match(Shown(Tornado));

    [Fact]
    public void Heatmap_ThreeClasses_LooksAsReviewed() => Snapshot.Match(Shown(Confusion));

    [Fact]
    public void Sparkline_RisingValues_LooksAsReviewed() =>
        Snapshot.Match($"{Sparkline.ToText([0, 1, 2, double.NaN, 7])}\n\n{Sparkline.ToHtml([0, 1, 2, double.NaN, 7], "loss")}");

    [Fact]
    public void ToHtml_AnyValues_IsWellFormedWithoutNotANumber()
    {
        Gen.Double.Array[0, 20].Sample(values =>
        {
            Chart[] charts =
            [
                new LineChart { Title = "t", Lines = [new("a", [.. values.Select((_, i) => (double)i)], values)] },
                new BarChart { Title = "t", Bars = [.. values.Select(value => new Bar("b", value))] },
                new TornadoChart { Title = "t", Usual = values.FirstOrDefault(), Swings = [.. values.Select(value => new Swing("s", value, -value))] },
                new Heatmap { Title = "t", Rows = [], Columns = [], Values = [values] },
            ];
            foreach (var drawing in charts.Select(chart => chart.ToHtml().ToString()))
            {
                XElement.Parse(drawing).Attributes().ShouldNotBeEmpty();
                drawing.ShouldNotContain("NaN\"");
                drawing.ShouldNotContain("Infinity");
            }
        });
    }

    [Fact]
    public void Axis_AnySpan_HasFewNiceTicksThatContainIt()
    {
        Gen.Select(Gen.Double[-1e6, 1e6], Gen.Double[1e-3, 1e6]).Sample((low, span) =>
        {
            var axis = Axis.Around([low, low + span]);

            axis.Ticks.Count.ShouldBeInRange(2, 8);
            axis.Ticks[0].ShouldBeLessThanOrEqualTo(low + span * 1e-6);
            axis.Ticks[^1].ShouldBeGreaterThanOrEqualTo(low + span - span * 1e-6);
            axis.At(axis.Ticks[0]).ShouldBe(0, 1e-9);
            axis.At(axis.Ticks[^1]).ShouldBe(1, 1e-9);
        });
    }
}
