using System.Text;
using static Neuro.Learning.Training.Figures.Svg;

namespace Neuro.Learning.Training.Figures;

/// <summary>One line; a value that is not finite leaves a gap.</summary>
internal sealed record Curve(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y);

/// <summary>Values over epochs, thresholds or rates.</summary>
internal static class LineFigure
{
    private const int Width = 640, Height = 340, Left = 64, Right = 16, Top = 56, Bottom = 48, MostTicks = 8;

    /// <param name="shares">Whether values are shares, 0 to 1, and the axis spans them all.</param>
    /// <param name="logarithmic">Whether the horizontal axis is; the other then shows differences, and need not begin at zero.</param>
    public static string Draw(string title, string xLabel, string yLabel, IReadOnlyList<Curve> curves, bool shares = false, bool logarithmic = false)
    {
        double Scaled(double x) => logarithmic ? Math.Log10(x) : x;
        var (fromX, toX) = Ends(curves.SelectMany(curve => curve.X).Select(Scaled));
        var (fromY, toY) = shares ? (0, 1) : Ends(curves.SelectMany(curve => curve.Y).Concat(logarithmic ? [] : [0.0]));
        double Across(double x) => Left + ((Scaled(x) - fromX) / (toX - fromX) * (Width - Left - Right));
        double Down(double y) => Height - Bottom - ((y - fromY) / (toY - fromY) * (Height - Top - Bottom));

        return Document(Width, Height, title,
        [
            .. Ticks(fromY, toY).SelectMany(y => new[] { Rule(Left, Down(y), Width - Right, Down(y)), Text(Left - 6, Down(y) + 4, Line($"{y:G3}"), "end") }),
            .. Ticks(fromX, toX).Select(x => logarithmic ? Math.Pow(10, x) : x).Select(x => Text(Across(x), Height - Bottom + 18, Line($"{x:G3}"), "middle")),
            Text((Left + Width - Right) / 2.0, Height - 8, xLabel, "middle"),
            Text(16, (Top + Height - Bottom) / 2.0, yLabel, "middle", turn: -90),
            .. curves.SelectMany((curve, i) => new[]
            {
                Line($"""<path d="{Path(curve, Across, Down)}" fill="none" stroke="{Colour(i)}" stroke-width="2" stroke-linejoin="round" stroke-linecap="round"/>"""),
                Text(Left + (i * 140), 42, "— " + curve.Name, colour: Colour(i)),
            }),
        ]);
    }

    private static (double From, double To) Ends(IEnumerable<double> values)
    {
        var finite = values.Where(double.IsFinite).DefaultIfEmpty(0).ToList();
        var (from, to) = (finite.Min(), finite.Max());
        return to > from ? (from, to) : (from - 0.5, from + 0.5);
    }

    /// <summary>Multiples of 1, 2 or 5 times a power of ten (Heckbert 1990).</summary>
    private static IEnumerable<double> Ticks(double from, double to)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10((to - from) / MostTicks)));
        var step = new[] { 1, 2, 5, 10 }.Select(times => times * power).First(step => (to - from) / step <= MostTicks);
        for (var tick = (long)Math.Ceiling((from / step) - 1e-9); tick * step <= to + (1e-9 * step); tick++)
        {
            yield return tick * step;
        }
    }

    /// <summary>A pen that lifts at gaps; a value alone becomes a dot.</summary>
    private static string Path(Curve curve, Func<double, double> across, Func<double, double> down)
    {
        var (path, drawing) = (new StringBuilder(), false);
        foreach (var (x, y) in curve.X.Zip(curve.Y))
        {
            var known = double.IsFinite(y);
            path.Append(!known ? "" : Line($"{(drawing ? "L" : "M")}{across(x):0.#} {down(y):0.#}{(drawing ? "" : "h0")}"));
            drawing = known;
        }

        return path.ToString();
    }
}
