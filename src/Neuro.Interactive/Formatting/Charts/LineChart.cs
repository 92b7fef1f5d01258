using System.Globalization;
using System.Text;

namespace Neuro.Interactive.Formatting.Charts;

/// <summary>One line of a chart; a value that is not finite leaves a gap.</summary>
public sealed record Series(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    internal int Count => Math.Min(X.Count, Y.Count);
}

/// <summary>Values over steps or time.</summary>
public sealed record LineChart : Chart
{
    private const int Left = 58, Right = 16, Top = 44, Bottom = 44;

    public required IReadOnlyList<Series> Lines { get; init; }

    public string XLabel { get; init; } = "";

    public string YLabel { get; init; } = "";

    /// <summary>The least the vertical axis spans, for values that have natural ends (0 and 1 for a share).</summary>
    public (double From, double To)? YSpan { get; init; }

    public override string ToText() => string.Join('\n', Lines.Select(line => line.Count == 0
        ? $"{line.Name}: no values"
        : $"{line.Name}: {Sparkline.ToText(line.Y)} {Number(line.Y[0])} → {Number(line.Y[line.Count - 1])}"));

    protected override Html Drawing()
    {
        var x = Axis.Around(Lines.SelectMany(line => line.X.Take(line.Count)), 6);
        var y = Axis.Around(Lines.SelectMany(line => line.Y.Take(line.Count)).Concat(YSpan is { } span ? [span.From, span.To] : []));
        double across(double value) => Left + x.At(value) * (Width - Left - Right);
        double down(double value) => Height - Bottom - y.At(value) * (Height - Top - Bottom);

        var grid = y.Ticks.Select(tick => Html.Of(
            $"""<line x1="{Left}" x2="{Width - Right}" y1="{down(tick):0.#}" y2="{down(tick):0.#}" stroke="currentColor" stroke-opacity="0.15"/><text x="{Left - 8}" y="{down(tick) + 4:0.#}" text-anchor="end" fill="currentColor">{y.Label(tick)}</text>"""));
        var steps = x.Ticks.Select(tick => Html.Of(
            $"""<text x="{across(tick):0.#}" y="{Height - Bottom + 18}" text-anchor="middle" fill="currentColor">{x.Label(tick)}</text>"""));
        var lines = Lines.Select((line, i) => Html.Of(
            $"""<path d="{Path(line, across, down)}" fill="none" stroke="{Palette.Colour(i)}" stroke-width="2" stroke-dasharray="{Palette.Dash(i)}" stroke-linejoin="round" stroke-linecap="round"><title>{line.Name}</title></path>"""));
        return Html.Of(
            $"""
            <text x="{Left}" y="16" font-size="14" font-weight="600" fill="currentColor">{Title}</text>{ChartLegend.Draw([.. Lines.Select(line => line.Name)], Left, 33)}
            {grid}{steps}
            <text x="{(Left + Width - Right) / 2}" y="{Height - 6}" text-anchor="middle" fill="currentColor">{XLabel}</text><text transform="translate(13 {(Top + Height - Bottom) / 2}) rotate(-90)" text-anchor="middle" fill="currentColor">{YLabel}</text>
            {lines}
            """);
    }

    /// <summary>A pen that lifts at gaps; a value alone between gaps becomes a dot.</summary>
    private static string Path(Series line, Func<double, double> across, Func<double, double> down)
    {
        var path = new StringBuilder();
        var isDown = false;
        for (var i = 0; i < line.Count; i++)
        {
            if (!double.IsFinite(line.X[i]) || !double.IsFinite(line.Y[i]))
            {
                isDown = false;
                continue;
            }

            path.Append(CultureInfo.InvariantCulture, $"{(isDown ? 'L' : 'M')}{across(line.X[i]):0.#} {down(line.Y[i]):0.#}");
            if (!isDown && (i + 1 == line.Count || !double.IsFinite(line.Y[i + 1])))
            {
                path.Append("h0");
            }

            isDown = true;
        }

        return path.ToString();
    }
}
