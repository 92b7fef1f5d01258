namespace Neuro.Interactive.Formatting.Charts;

/// <summary>The prices of one interval.</summary>
public readonly record struct PriceCandle(string Time, double Open, double High, double Low, double Close, double Volume);

/// <summary>Prices by interval, with volumes below.</summary>
/// <remarks>A body reaches from the first to the last price, hollow when it rose and filled when it fell; a wick from the lowest to the highest.</remarks>
public sealed record CandleChart : Chart
{
    private const int Left = 66, Right = 16, Top = 30, Bottom = 40, VolumeHeight = 40, Widest = 14;

    public required IReadOnlyList<PriceCandle> Candles { get; init; }

    public string YLabel { get; init; } = "";

    public override string ToText() => Candles.Count == 0
        ? "no trades"
        : $"{Sparkline.ToText([.. Candles.Select(candle => candle.Close)])} {Number(Candles[0].Open)} → {Number(Candles[^1].Close)}, "
            + $"lowest {Number(Candles.Min(candle => candle.Low))}, highest {Number(Candles.Max(candle => candle.High))}, volume {Number(Candles.Sum(candle => candle.Volume))}";

    protected override Html Drawing()
    {
        var y = Axis.Around(Candles.SelectMany(candle => new[] { candle.Low, candle.High }));
        var floor = Height - Bottom - VolumeHeight;
        var step = (Width - Left - Right) / (double)Math.Max(1, Candles.Count);
        var body = Math.Min(Widest, step * 0.7);
        var most = Candles.Select(candle => candle.Volume).DefaultIfEmpty(1).Max();
        double down(double price) => floor - 6 - y.At(price) * (floor - 6 - Top);

        var grid = y.Ticks.Select(tick => Html.Of(
            $"""<line x1="{Left}" x2="{Width - Right}" y1="{down(tick):0.#}" y2="{down(tick):0.#}" stroke="currentColor" stroke-opacity="0.15"/><text x="{Left - 8}" y="{down(tick) + 4:0.#}" text-anchor="end" fill="currentColor">{y.Label(tick)}</text>"""));
        var drawn = Candles.Select((candle, i) =>
        {
            var (middle, rose) = (Left + (i + 0.5) * step, candle.Close >= candle.Open);
            var (top, bottom, colour) = (down(Math.Max(candle.Open, candle.Close)), down(Math.Min(candle.Open, candle.Close)), Palette.Colour(rose ? 2 : 1));
            var volume = most > 0 ? candle.Volume / most * (VolumeHeight - 6) : 0;
            return Html.Of(
                $"""<g><title>{candle.Time}: {Number(candle.Open)} → {Number(candle.Close)}, {Number(candle.Low)} to {Number(candle.High)}, volume {Number(candle.Volume)}</title><path d="M{middle:0.#} {down(candle.High):0.#}V{top:0.#}M{middle:0.#} {bottom:0.#}V{down(candle.Low):0.#}" stroke="{colour}" stroke-width="1.5"/><rect x="{middle - body / 2:0.#}" y="{top:0.#}" width="{body:0.#}" height="{Math.Max(1, bottom - top):0.#}" fill="{colour}" fill-opacity="{(rose ? 0.15 : 1)}" stroke="{colour}" stroke-width="1.5"/><rect x="{middle - body / 2:0.#}" y="{Height - Bottom - volume:0.#}" width="{body:0.#}" height="{volume:0.#}" fill="currentColor" fill-opacity="0.35"/></g>""");
        });
        // As many times as have room.
        var every = Math.Max(1, (int)Math.Ceiling(150 / step));
        var times = Candles.Select((candle, i) => i % every == 0
            ? Html.Of($"""<text x="{Left + (i + 0.5) * step:0.#}" y="{Height - Bottom + 18}" text-anchor="{(i == 0 ? "start" : "middle")}" fill="currentColor">{candle.Time}</text>""")
            : Html.Empty);
        return Html.Of(
            $"""
            <text x="{Left}" y="16" font-size="14" font-weight="600" fill="currentColor">{Title}</text>
            {grid}<text x="{Left - 8}" y="{Height - Bottom - 4}" text-anchor="end" fill="currentColor">volume</text>
            {drawn}{times}
            <text transform="translate(13 {(Top + floor) / 2}) rotate(-90)" text-anchor="middle" fill="currentColor">{YLabel}</text>
            """);
    }
}
