using System.Globalization;

namespace Neuro.Interactive.Formatting.Charts;

/// <summary>A picture of numbers as static SVG: it needs no script and no style sheet, and reads on light and dark ground.</summary>
[TypeFormatterSource(typeof(ChartFormatters))]
public abstract record Chart
{
    public required string Title { get; init; }

    /// <summary>What the picture says, for those who cannot see it; a summary of the numbers where it is left out.</summary>
    public string? Description { get; init; }

    /// <summary>In pixels; the page may scale it down.</summary>
    public int Width { get; init; } = 640;

    /// <summary>In pixels.</summary>
    public int Height { get; init; } = 300;

    /// <summary>The chart as an svg element.</summary>
    public Html ToHtml() => Html.Of(
        $"""<svg class="neuro-chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}" role="img" font-family="system-ui, sans-serif" font-size="12"><title>{Title}</title><desc>{Description ?? ToText()}</desc>{Drawing()}</svg>""");

    /// <summary>The numbers in a few words.</summary>
    public abstract string ToText();

    protected abstract Html Drawing();

    internal static string Number(double value) => double.IsFinite(value) ? value.ToString("G4", CultureInfo.InvariantCulture) : "–";
}

internal sealed class ChartFormatters : FormatterSource<Chart>
{
    protected override string ToText(Chart value) => $"{value.Title}\n{value.ToText()}";

    protected override Html ToHtml(Chart value) => value.ToHtml();
}
