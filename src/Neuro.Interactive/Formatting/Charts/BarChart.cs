namespace Neuro.Interactive.Formatting.Charts;

/// <summary>One bar: a name and a value not below zero.</summary>
public readonly record struct Bar(string Name, double Value);

/// <summary>Counts or amounts by name, a bar each, lying so that names can be read; as high as its bars need.</summary>
public sealed record BarChart : Chart
{
    private const int BarHeight = 20, Top = 32, Bottom = 40, Right = 56;

    public required IReadOnlyList<Bar> Bars { get; init; }

    public string ValueLabel { get; init; } = "";

    protected override (int Width, int Height) Size => (Width, Top + Bottom + BarHeight * Math.Max(1, Bars.Count));

    public override string ToText()
    {
        var (width, most) = (Bars.Select(bar => bar.Name.Length).DefaultIfEmpty().Max(), Bars.Select(bar => bar.Value).DefaultIfEmpty(1).Max());
        return string.Join('\n', Bars.Select(bar => $"{bar.Name.PadRight(width)}  {new string('█', Blocks(bar.Value, most))} {Number(bar.Value)}"));
    }

    protected override Html Drawing()
    {
        var left = 20 + Math.Min(220, 6.8 * Bars.Select(bar => bar.Name.Length).DefaultIfEmpty().Max());
        var axis = Axis.Around(Bars.Select(bar => bar.Value).Append(0));
        var (_, height) = Size;
        var floor = height - Bottom;
        double across(double value) => left + Math.Max(0, axis.At(value)) * (Width - left - Right);
        var grid = axis.Ticks.Select(tick => Html.Of(
            $"""<line x1="{across(tick):0.#}" x2="{across(tick):0.#}" y1="{Top - 4}" y2="{floor}" stroke="currentColor" stroke-opacity="0.15"/><text x="{across(tick):0.#}" y="{floor + 16}" text-anchor="middle" fill="currentColor">{axis.Label(tick)}</text>"""));
        var drawn = Bars.Select((bar, i) => Html.Of(
            $"""<text x="{left - 8:0.#}" y="{Top + BarHeight * i + 14}" text-anchor="end" fill="currentColor">{Short(bar.Name)}</text><rect x="{left:0.#}" y="{Top + BarHeight * i + 2}" width="{across(bar.Value) - left:0.#}" height="{BarHeight - 4}" rx="2" fill="{Palette.Colour(0)}"><title>{bar.Name}: {Number(bar.Value)}</title></rect><text x="{across(bar.Value) + 5:0.#}" y="{Top + BarHeight * i + 14}" fill="currentColor">{Number(bar.Value)}</text>"""));
        return Html.Of(
            $"""
            <text x="12" y="16" font-size="14" font-weight="600" fill="currentColor">{Title}</text>
            {grid}{drawn}
            <text x="{(left + Width - Right) / 2:0.#}" y="{height - 6}" text-anchor="middle" fill="currentColor">{ValueLabel}</text>
            """);
    }

    private static int Blocks(double value, double most) => most > 0 && double.IsFinite(value) ? (int)Math.Round(Math.Clamp(value / most, 0, 1) * 30) : 0;

    private static string Short(string name) => name.Length <= 32 ? name : string.Concat(name.AsSpan(0, 31), "…");
}
