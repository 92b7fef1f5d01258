namespace Neuro.Learning.Compression;

/// <summary>How often a value took which numbers: first its extremes are seen, then it is counted between them.</summary>
internal sealed class ActivationHistogram
{
    private const int Bins = 4096;

    private readonly long[] counts = new long[Bins];
    private float low = float.PositiveInfinity;
    private float high = float.NegativeInfinity;

    public void Widen(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            low = MathF.Min(low, value);
            high = MathF.Max(high, value);
        }
    }

    public void Count(ReadOnlySpan<float> values)
    {
        var perBin = high > low ? Bins / (high - low) : 0;
        foreach (var value in values)
        {
            counts[Math.Clamp((int)((value - low) * perBin), 0, Bins - 1)]++;
        }
    }

    /// <summary>The range that leaves out half of <paramref name="tails"/> of the numbers at either side, to a 4096th of all; the extremes for 0.</summary>
    public ActivationRange Range(double tails)
    {
        var allowed = tails / 2 * counts.Sum();
        var (first, last) = (Outside(counts, allowed), Bins - Outside(counts.AsEnumerable().Reverse(), allowed));
        var width = (high - low) / Bins;
        return last > first && tails > 0 ? new(low + (first * width), low + (last * width)) : new(low, high);
    }

    private static int Outside(IEnumerable<long> bins, double allowed)
    {
        var seen = 0L;
        return bins.TakeWhile(count => (seen += count) <= allowed).Count();
    }
}
