namespace Neuro.Learning.Evaluation;

/// <summary>The score interval of a proportion (Wilson 1927; Newcombe 1998, method 3).</summary>
internal static class Wilson
{
    // The 97.5 % point of the standard normal.
    private const double Z = 1.959963984540054;

    /// <summary>The 95 % interval of <paramref name="hits"/> of <paramref name="count"/>; all of 0..1 when nothing was counted.</summary>
    public static (double Low, double High) Interval(int hits, int count)
    {
        if (count == 0)
        {
            return (0, 1);
        }

        var share = (double)hits / count;
        var centre = share + Z * Z / (2 * count);
        var reach = Z * Math.Sqrt(share * (1 - share) / count + Z * Z / (4.0 * count * count));
        var scale = 1 + Z * Z / count;
        // At the ends the bound is exact; rounding would leave it a hair inside.
        return (hits == 0 ? 0 : (centre - reach) / scale, hits == count ? 1 : (centre + reach) / scale);
    }
}
