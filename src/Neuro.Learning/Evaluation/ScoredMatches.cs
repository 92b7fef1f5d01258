namespace Neuro.Learning.Evaluation;

/// <summary>The detections of one class over all pictures: how each fared, and what precision and recall that makes.</summary>
internal sealed class ScoredMatches(DetectionProtocol protocol)
{
    // numpy.spacing(1), which pycocotools adds to the divisor of a precision.
    private const double Spacing = 2.220446049250313e-16;

    private readonly List<(double Score, int Rank)> detections = [];
    private readonly List<ObjectMatcher.Fate>[] fates = [.. protocol.Areas.Select(_ => new List<ObjectMatcher.Fate>())];

    /// <summary>Labels that count, by area range.</summary>
    public int[] Positives { get; } = new int[protocol.Areas.Count];

    /// <param name="score">Its confidence.</param>
    /// <param name="rank">Its place among its picture's detections of the class, from 0.</param>
    public void Add(double score, int rank) => detections.Add((score, rank));

    public void Add(int area, ReadOnlySpan<ObjectMatcher.Fate> some) => fates[area].AddRange(some);

    /// <summary>Places of the detections, best score first; of equal scores the one that came first.</summary>
    public int[] Order()
    {
        var order = Enumerable.Range(0, detections.Count).ToArray();
        order.AsSpan().Sort((a, b) => detections[b].Score.CompareTo(detections[a].Score) is not 0 and var byScore ? byScore : a.CompareTo(b));
        return order;
    }

    /// <summary>Confidence and rightness of each detection that counts at one threshold, best score first.</summary>
    public IEnumerable<(double Score, bool Right)> Outcomes(int[] order, int threshold, int area, int limit) =>
        from at in order
        where detections[at].Rank < limit && (fates[area][at].Ignored >> threshold & 1) == 0
        select (detections[at].Score, (fates[area][at].Matched >> threshold & 1) == 1);

    /// <summary>Fills <paramref name="precisions"/> at <see cref="DetectionProtocol.Recalls"/> and gives the recall reached (cocoeval.py, accumulate).</summary>
    /// <remarks>Interpolated precision is the highest at this or a higher recall. It can only lie at a hit, so misses need no place in the curve.</remarks>
    public double Curve(int[] order, int threshold, int area, int limit, Span<double> precisions)
    {
        var (hits, seen) = (0, 0);
        var atHit = new double[Positives[area]];
        var some = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(fates[area]);
        foreach (var at in order)
        {
            if (detections[at].Rank >= limit || (some[at].Ignored >> threshold & 1) == 1)
            {
                continue;
            }

            seen++;
            if ((some[at].Matched >> threshold & 1) == 1)
            {
                hits++;
                atHit[hits - 1] = hits / (seen + Spacing);
            }
        }

        for (var hit = hits - 2; hit >= 0; hit--)
        {
            atHit[hit] = Math.Max(atHit[hit], atHit[hit + 1]);
        }

        var next = 0;
        for (var r = 0; r < precisions.Length; r++)
        {
            while (next < hits && (next + 1.0) / Positives[area] < DetectionProtocol.Recalls[r])
            {
                next++;
            }

            precisions[r] = next < hits ? atHit[next] : 0;
        }

        return (double)hits / Positives[area];
    }
}
