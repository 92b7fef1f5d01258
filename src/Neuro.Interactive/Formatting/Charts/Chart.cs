using System.Globalization;

namespace Neuro.Interactive.Formatting.Charts;

/// <summary>A picture of numbers as static SVG: it needs no script and no style sheet, and reads on light and dark ground.</summary>
[TypeFormatterSource(typeof(ChartFormatters))]
public abstract record Chart
{
    public required string Title { get; init; }

    /// <summary>What the picture says, for those who cannot see it; a summary of the numbers where it is left out.</summary>
    public string? Description { get; init; }

    /// <summary>In pixels.</summary>
    public int Width { get; init; } = 640;

    /// <summary>In pixels.</summary>
    public int Height { get; init; } = 300;

    /// <summary>The chart as an svg element; the page may scale it down.</summary>
    public Html ToHtml()
    {
        var (width, height) = Size;
        return Html.Of(
            $"""<svg class="neuro-chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" font-family="system-ui, sans-serif" font-size="12"><title>{Title}</title><desc>{Description ?? Spoken()}</desc>{Drawing()}</svg>""");
    }

    /// <summary>The numbers in a few words.</summary>
    public abstract string ToText();

    /// <summary>In pixels; a chart whose parts have a size of their own works it out from them.</summary>
    protected virtual (int Width, int Height) Size => (Width, Height);

    protected abstract Html Drawing();

    /// <summary>The text without its blocks, which a screen reader would spell out.</summary>
    private string Spoken() => string.Concat(ToText().Where(letter => letter is < '▀' or > '▟'));

    internal static string Number(double value) => double.IsFinite(value) ? value.ToString("G4", CultureInfo.InvariantCulture) : "–";
}

internal sealed class ChartFormatters : FormatterSource<Chart>
{
    protected override string ToText(Chart value) => $"{value.Title}\n{value.ToText()}";

    protected override Html ToHtml(Chart value) => value.ToHtml();
}
