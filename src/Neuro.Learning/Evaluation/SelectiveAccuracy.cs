namespace Neuro.Learning.Evaluation;

/// <summary>Accuracy when a model may pass on what it is not sure of (El-Yaniv and Wiener 2010).</summary>
public static class SelectiveAccuracy
{
    /// <param name="Threshold">The least confidence that is answered.</param>
    /// <param name="Coverage">Share of samples that are answered; NaN of nothing.</param>
    /// <param name="Accuracy">Of the answered.</param>
    public sealed record Point(double Threshold, double Coverage, Proportion Accuracy);

    /// <summary>What a threshold gives; set it on other samples than those that it is measured on.</summary>
    public static Point At(IReadOnlyList<(double Confidence, bool Right)> outcomes, double threshold)
    {
        var answered = outcomes.Where(outcome => outcome.Confidence >= threshold).ToList();
        return new(threshold, (double)answered.Count / outcomes.Count, new(answered.Count(outcome => outcome.Right), answered.Count));
    }

    /// <summary>The highest threshold that answers at least a share, above 0 to 1, of the samples; NaN where there are none.</summary>
    public static double ThresholdFor(IReadOnlyList<(double Confidence, bool Right)> outcomes, double coverage)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(coverage);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(coverage, 1);
        // A hair less, so that a share that was counted (19 / 20) asks for that count again.
        var answered = Math.Max(1, (int)Math.Ceiling(coverage * outcomes.Count - 1e-9));
        return outcomes.Count == 0 ? double.NaN : outcomes.Select(outcome => outcome.Confidence).OrderDescending().ElementAt(answered - 1);
    }

    /// <summary>A point for every confidence that occurs, the highest first.</summary>
    public static IReadOnlyList<Point> Curve(IReadOnlyList<(double Confidence, bool Right)> outcomes)
    {
        var (points, answered, right) = (new List<Point>(), 0, 0);
        foreach (var group in outcomes.GroupBy(outcome => outcome.Confidence).OrderByDescending(group => group.Key))
        {
            answered += group.Count();
            right += group.Count(outcome => outcome.Right);
            points.Add(new(group.Key, (double)answered / outcomes.Count, new(right, answered)));
        }

        return points;
    }
}
