namespace Neuro.Kernels.Artwork;

/// <summary>Evidence for a carton's near corner in its lower outline: in a three-quarter view front and side slope away from it to either hand.</summary>
internal static class FloorKnee
{
    private const float LeastBend = 0.1f;
    private const float LeastUnevenness = 0.4f;
    private const float Sharpness = 0.08f;
    private const float Outlier = 3;

    // Rows are whole, so even a perfect line is a quarter of a pixel off on average; much more is no pair of lines.
    private const float Roughness = 0.42f;
    private const float Narrowest = 0.1f;

    /// <summary>For each column how sure it is that two lines meet there: by how much they fit better than one line does, 0 to 1, less where others fit better still.</summary>
    public static float[] Gains(CutOut product)
    {
        const int Rim = 3;
        var gains = new float[product.Picture.Width];
        var (first, count) = (product.MinX + Rim, product.MaxX - product.MinX + 1 - 2 * Rim);
        if (count < 2 / Narrowest)
        {
            return gains;
        }

        var rows = Enumerable.Range(first, count).Select(product.LowestRow).ToArray();
        var straight = Residual(rows, 0, count, Line.Fit(0, count, at => rows[at]));
        if (straight < LeastUnevenness * count)
        {
            return gains;
        }

        var bent = new float[count];
        Array.Fill(bent, straight);
        for (var knee = (int)(Narrowest * count); knee < (1 - Narrowest) * count; knee++)
        {
            var (left, right) = (Line.Fit(0, knee, at => rows[at]), Line.Fit(knee, count, at => rows[at]));
            bent[knee] = left.Slope - right.Slope < LeastBend ? straight : Residual(rows, 0, knee, left) + Residual(rows, knee, count, right);
        }

        var best = bent.Min();
        if (best > Roughness * count)
        {
            return gains;
        }

        for (var knee = 0; knee < count; knee++)
        {
            gains[first + knee] = (1 - best / straight) * Math.Max(0, 1 - (bent[knee] - best) / (Sharpness * count));
        }

        return gains;
    }

    private static float Residual(int[] rows, int from, int to, Line line)
    {
        var sum = 0f;
        for (var at = from; at < to; at++)
        {
            sum += Math.Min(Outlier, Math.Abs(rows[at] - line.At(at)));
        }

        return sum;
    }
}
