using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats;

/// <summary>Sets of pixels as run lengths, without unpacking them.</summary>
public static class MaskAlgebra
{
    /// <summary>Pixels that two masks of the same picture share.</summary>
    /// <exception cref="ArgumentException">They are masks of pictures of different sizes.</exception>
    public static int SharedArea(RunLength a, RunLength b)
    {
        if ((a.Width, a.Height) != (b.Width, b.Height))
        {
            throw new ArgumentException($"A mask of {a.Width} × {a.Height} pixels cannot be compared with one of {b.Width} × {b.Height}.");
        }

        // Both lists cut the same line of pixels; each step ends at the nearer of the two next cuts.
        var (shared, at, runA, runB) = (0, 0, 0, 0);
        var (endA, endB) = (a.Counts[0], b.Counts[0]);
        for (var total = a.Width * a.Height; at < total;)
        {
            var end = Math.Min(endA, endB);
            shared += (runA & runB & 1) * (end - at);
            at = end;
            for (; endA == at && ++runA < a.Counts.Count; endA += a.Counts[runA])
            {
            }

            for (; endB == at && ++runB < b.Counts.Count; endB += b.Counts[runB])
            {
            }
        }

        return shared;
    }

    /// <summary>Whether every pixel of <paramref name="inner"/> is in <paramref name="outer"/>.</summary>
    public static bool Contains(RunLength outer, RunLength inner) => SharedArea(outer, inner) == inner.Area;
}
