using System.Globalization;

namespace Neuro.Interactive.Formatting.Charts;

/// <summary>A line the size of a word.</summary>
public static class Sparkline
{
    private const string Levels = "▁▂▃▄▅▆▇█";
    private const int Longest = 40;

    /// <summary>Eight heights of block, at most 40 of them; values that are not finite are spaces.</summary>
    public static string ToText(IReadOnlyList<double> values)
    {
        var shown = Enumerable.Range(0, Math.Min(values.Count, Longest)).Select(i => values[(int)((long)i * values.Count / Math.Min(values.Count, Longest))]).ToList();
        var finite = shown.Where(double.IsFinite).ToList();
        var (low, span) = finite.Count == 0 ? (0, 0) : (finite.Min(), finite.Max() - finite.Min());
        return string.Concat(shown.Select(value => !double.IsFinite(value) ? ' ' : span > 0 ? Levels[(int)Math.Round((value - low) / span * 7)] : Levels[3]));
    }

    /// <summary>The same as a small svg element; <paramref name="label"/> says what it shows.</summary>
    public static Html ToHtml(IReadOnlyList<double> values, string label, int width = 120, int height = 24)
    {
        var finite = values.Select((value, i) => (X: i, Y: value)).Where(point => double.IsFinite(point.Y)).ToList();
        var (low, span) = finite.Count == 0 ? (0, 0) : (finite.Min(point => point.Y), finite.Max(point => point.Y) - finite.Min(point => point.Y));
        var points = string.Join(' ', finite.Select(point => string.Create(
            CultureInfo.InvariantCulture,
            $"{2 + point.X * (width - 4.0) / Math.Max(1, values.Count - 1):0.#},{(span > 0 ? height - 2 - (point.Y - low) / span * (height - 4) : height / 2.0):0.#}")));
        return Html.Of(
            $"""<svg class="neuro-sparkline" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"><title>{label}</title><polyline points="{points}" fill="none" stroke="{Palette.Colour(0)}" stroke-width="1.5"/></svg>""");
    }
}
