using System.Globalization;

namespace Neuro.Interactive.Formatting.Charts;

/// <summary>A linear scale with ticks at 1, 2 or 5 times a power of ten.</summary>
/// <remarks>Nice numbers for graph labels: P. S. Heckbert, Graphics Gems (1990).</remarks>
internal sealed class Axis
{
    private readonly double from;
    private readonly double to;
    private readonly int decimals;

    private Axis(double from, double to, double step)
    {
        (this.from, this.to) = (from, to);
        decimals = Math.Clamp(-(int)Math.Floor(Math.Log10(step)), 0, 12);
        var first = (long)Math.Round(from / step);
        var count = (int)Math.Round((to - from) / step);
        Ticks = [.. Enumerable.Range(0, count + 1).Select(i => (first + i) * step)];
    }

    public IReadOnlyList<double> Ticks { get; }

    /// <summary>A scale around the finite values, widened to whole ticks.</summary>
    public static Axis Around(IEnumerable<double> values, int ticks = 5)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values.Where(value => Math.Abs(value) < 1e15))
        {
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }

        if (low > high)
        {
            (low, high) = (0, 1);
        }

        if (high - low <= Math.Max(Math.Abs(low), Math.Abs(high)) * 1e-9)
        {
            var half = low == 0 ? 1 : Math.Abs(low) / 2;
            (low, high) = (low - half, high + half);
        }

        var step = Step((high - low) / ticks);
        return new(Math.Floor(low / step + 1e-9) * step, Math.Ceiling(high / step - 1e-9) * step, step);
    }

    /// <summary>Where a value lies, 0 at the first tick and 1 at the last.</summary>
    public double At(double value) => (value - from) / (to - from);

    public string Label(double tick) => Math.Abs(tick) switch
    {
        >= 1e6 => (tick / 1e6).ToString("0.##", CultureInfo.InvariantCulture) + "M",
        >= 1e4 => (tick / 1e3).ToString("0.##", CultureInfo.InvariantCulture) + "k",
        _ => tick.ToString("F" + decimals, CultureInfo.InvariantCulture),
    };

    private static double Step(double rough)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return (rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 } * power;
    }
}
