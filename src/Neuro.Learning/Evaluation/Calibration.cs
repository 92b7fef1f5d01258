using Neuro.Client.Api;

namespace Neuro.Learning.Evaluation;

/// <summary>Whether a model is right as often as it says.</summary>
/// <param name="Bins">The reliability table: bins of equal width, empty ones too.</param>
public sealed record Calibration(IReadOnlyList<Calibration.Bin> Bins)
{
    /// <param name="From">Confidences above this (0 is in the first bin) …</param>
    /// <param name="To">… up to this.</param>
    /// <param name="Confidence">Mean confidence; NaN of nothing.</param>
    /// <param name="Accuracy">Share of right guesses; NaN of nothing.</param>
    public sealed record Bin(double From, double To, int Count, double Confidence, double Accuracy)
    {
        /// <summary>How far the confidence is above the accuracy.</summary>
        public double Gap => Confidence - Accuracy;
    }

    /// <summary>Expected calibration error: mean distance of accuracy and confidence, by samples (Guo et al. 2017, equation 3); NaN of nothing.</summary>
    public double ExpectedError => Bins.Where(bin => bin.Count > 0).Sum(bin => bin.Count * Math.Abs(bin.Gap)) / Bins.Sum(bin => bin.Count);

    /// <summary>Maximum calibration error: the same of the worst bin (equation 5); NaN of nothing.</summary>
    public double MaximumError => Bins.Where(bin => bin.Count > 0).Select(bin => Math.Abs(bin.Gap)).DefaultIfEmpty(double.NaN).Max();

    /// <param name="outcomes">Confidence, 0 to 1, and rightness of each best guess.</param>
    /// <param name="bins">How many bins of equal width.</param>
    /// <exception cref="NeuroException"><c>evaluation.confidence_invalid</c>.</exception>
    public static Calibration Of(IReadOnlyList<(double Confidence, bool Right)> outcomes, int bins = 15)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        var (count, confidence, right) = (new int[bins], new double[bins], new int[bins]);
        foreach (var outcome in outcomes)
        {
            // Softmax rounds: a hair above 1 is 1.
            if (outcome.Confidence is not (>= 0 and <= 1 + 1e-5))
            {
                throw new NeuroException("evaluation.confidence_invalid",
                    $"A confidence is {outcome.Confidence}; expected 0 to 1. Calibration is about probabilities, not about logits.");
            }

            var bin = Math.Clamp((int)Math.Ceiling(outcome.Confidence * bins) - 1, 0, bins - 1);
            count[bin]++;
            confidence[bin] += outcome.Confidence;
            right[bin] += outcome.Right ? 1 : 0;
        }

        return new([.. Enumerable.Range(0, bins)
            .Select(i => new Bin((double)i / bins, (i + 1.0) / bins, count[i], confidence[i] / count[i], (double)right[i] / count[i]))]);
    }
}
