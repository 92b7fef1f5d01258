namespace Neuro.Kernels.Artwork;

/// <summary>value = Offset + Slope · place.</summary>
internal readonly record struct Line(float Offset, float Slope)
{
    public float At(float place) => Offset + Slope * place;

    public static Line Through(float value, float place, float nextValue, float nextPlace)
    {
        var slope = (nextValue - value) / Math.Max(1, nextPlace - place);
        return new Line(value - slope * place, slope);
    }

    /// <summary>Least absolute deviations by Theil and Sen: the median slope of pairs, then the median offset; a third of the places may be wrong.</summary>
    public static Line Fit(int from, int to, Func<int, int> value)
    {
        var half = Math.Max(1, (to - from) / 2);
        var slope = Median([.. Enumerable.Range(from, Math.Max(1, to - from - half)).Select(at => (value(at + half) - value(at)) / (float)half)]);
        var offset = Median([.. Enumerable.Range(from, Math.Max(1, to - from)).Select(at => value(at) - slope * at)]);
        return new Line(offset, slope);
    }

    private static float Median(float[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
