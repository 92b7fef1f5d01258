namespace Neuro.Interactive.Formatting.Charts;

/// <summary>What a result becomes when one assumption is set to its low and to its high value, all else as it was.</summary>
public readonly record struct Swing(string Name, double AtLow, double AtHigh)
{
    internal double Least => Math.Min(AtLow, AtHigh);

    internal double Most => Math.Max(AtLow, AtHigh);
}

/// <summary>Which assumptions a result hangs on: a bar each around what it is with all of them as they are, the widest first.</summary>
public sealed record TornadoChart : Chart
{
    private const int BarHeight = 24, Top = 32, Bottom = 40, Right = 56, EndLabel = 48;

    public required IReadOnlyList<Swing> Swings { get; init; }

    /// <summary>The result with every assumption as it is.</summary>
    public required double Usual { get; init; }

    public string ValueLabel { get; init; } = "";

    private IReadOnlyList<Swing> Ordered => [.. Swings.OrderByDescending(swing => swing.Most - swing.Least)];

    protected override (int Width, int Height) Size => (Width, Top + Bottom + BarHeight * Math.Max(1, Swings.Count));

    public override string ToText()
    {
        var width = Swings.Select(swing => swing.Name.Length).DefaultIfEmpty().Max();
        return string.Join('\n', Ordered.Select(swing => $"{swing.Name.PadRight(width)}  {Number(swing.AtLow)} … {Number(swing.AtHigh)}").Prepend($"{"as it is".PadRight(width)}  {Number(Usual)}"));
    }

    protected override Html Drawing()
    {
        var names = 20 + Math.Min(300, 6.4 * Swings.Select(swing => swing.Name.Length).DefaultIfEmpty().Max());
        var left = names + EndLabel;
        var axis = Axis.Around(Swings.SelectMany(swing => new[] { swing.AtLow, swing.AtHigh }).Append(Usual));
        var (_, height) = Size;
        var floor = height - Bottom;
        double across(double value) => left + Math.Clamp(axis.At(value), 0, 1) * (Width - left - Right);
        var grid = axis.Ticks.Select(tick => Html.Of(
            $"""<line x1="{across(tick):0.#}" x2="{across(tick):0.#}" y1="{Top - 4}" y2="{floor}" stroke="currentColor" stroke-opacity="0.15"/><text x="{across(tick):0.#}" y="{floor + 16}" text-anchor="middle" fill="currentColor">{axis.Label(tick)}</text>"""));
        var drawn = Ordered.Where(swing => double.IsFinite(swing.AtLow) && double.IsFinite(swing.AtHigh)).Select((swing, i) => Html.Of(
            $"""<text x="{names - 8:0.#}" y="{Top + BarHeight * i + 16}" text-anchor="end" fill="currentColor">{swing.Name}</text><rect x="{across(swing.Least):0.#}" y="{Top + BarHeight * i + 3}" width="{across(swing.Most) - across(swing.Least):0.#}" height="{BarHeight - 6}" rx="2" fill="{Palette.Colour(0)}"/>{End(swing.Least, i, across(swing.Least) - 5, "end")}{End(swing.Most, i, across(swing.Most) + 5, "start")}"""));
        return Html.Of(
            $"""
            <text x="12" y="16" font-size="14" font-weight="600" fill="currentColor">{Title}</text>
            {grid}{drawn}
            <line x1="{across(Usual):0.#}" x2="{across(Usual):0.#}" y1="{Top - 4}" y2="{floor}" stroke="currentColor" stroke-width="1.5"/>
            <text x="{(left + Width - Right) / 2:0.#}" y="{height - 6}" text-anchor="middle" fill="currentColor">{ValueLabel}</text>
            """);
    }

    // An end where nothing changes says nothing.
    private Html End(double value, int row, double x, string anchor) => Math.Abs(value - Usual) < 1e-12
        ? Html.Empty
        : Html.Of($"""<text x="{x:0.#}" y="{Top + BarHeight * row + 16}" text-anchor="{anchor}" fill="currentColor">{Number(value)}</text>""");
}
