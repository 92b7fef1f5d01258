namespace Neuro.Interactive.Formatting.Charts;

/// <summary>Names beside a stroke in the colour and dash of their line.</summary>
internal static class ChartLegend
{
    private const double LetterWidth = 6.6;

    public static Html Draw(IReadOnlyList<string> names, double left, double baseline)
    {
        var at = left;
        return Html.Join(names.Select((name, i) =>
        {
            var item = Html.Of(
                $"""<line x1="{at:0.#}" x2="{at + 22:0.#}" y1="{baseline - 4}" y2="{baseline - 4}" stroke="{Palette.Colour(i)}" stroke-width="3" stroke-dasharray="{Palette.Dash(i)}"/><text x="{at + 28:0.#}" y="{baseline}" fill="currentColor">{name}</text>""");
            at += 28 + 16 + name.Length * LetterWidth;
            return item;
        }));
    }
}
