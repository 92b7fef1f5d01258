namespace Neuro.Learning.Evaluation;

/// <summary>Precision, recall and F1 of one class against the least confidence that is believed.</summary>
/// <param name="Precision">At thresholds 0, 0.01, …, 1; 1 where nothing is believed.</param>
/// <param name="Recall">At the same thresholds; NaN for a class without samples.</param>
public sealed record ConfidenceCurve(IReadOnlyList<double> Precision, IReadOnlyList<double> Recall)
{
    private const int Steps = 100;

    /// <summary>Harmonic mean of both; 0 where both are 0.</summary>
    public IReadOnlyList<double> F1 => [.. Precision.Zip(Recall, (p, r) => p + r > 0 ? 2 * p * r / (p + r) : double.IsNaN(r) ? r : 0)];

    /// <summary>The threshold with the highest F1, the lowest of several.</summary>
    public double BestThreshold => Threshold(F1.Select((f1, i) => (f1, i)).MaxBy(point => (double.IsNaN(point.f1) ? -1 : point.f1, -point.i)).i);

    /// <summary>The confidence at place <paramref name="i"/> of the curves.</summary>
    public static double Threshold(int i) => (double)i / Steps;

    /// <param name="outcomes">Confidence and rightness of everything that was said to be of the class.</param>
    /// <param name="positives">How many there were to find.</param>
    public static ConfidenceCurve Of(IEnumerable<(double Score, bool Right)> outcomes, int positives)
    {
        var (believed, right) = (new int[Steps + 1], new int[Steps + 1]);
        foreach (var (score, isRight) in outcomes.Where(outcome => outcome.Score >= 0))
        {
            var last = LastBelow(score);
            believed[last]++;
            right[last] += isRight ? 1 : 0;
        }

        for (var i = Steps - 1; i >= 0; i--)
        {
            believed[i] += believed[i + 1];
            right[i] += right[i + 1];
        }

        return new([.. believed.Zip(right, (all, hits) => all > 0 ? (double)hits / all : 1)],
            [.. right.Select(hits => positives > 0 ? (double)hits / positives : double.NaN)]);
    }

    /// <summary>The highest threshold that a score reaches.</summary>
    private static int LastBelow(double score)
    {
        var place = (int)Math.Min(Steps, score * Steps);
        return place < Steps && score >= Threshold(place + 1) ? place + 1 : score >= Threshold(place) ? place : place - 1;
    }
}
