using Neuro.Client.Api;
using Neuro.Learning.Training;

namespace Neuro.Learning.Evaluation;

/// <summary>Whether two models differ, measured on the same samples.</summary>
public static class PairedTest
{
    /// <param name="OnlyFirst">Samples that only the first model has right.</param>
    /// <param name="OnlySecond">Samples that only the second has right.</param>
    /// <param name="P">How probable so uneven a split is, or a more uneven one, if both are equally good.</param>
    public sealed record McNemarResult(int OnlyFirst, int OnlySecond, double P);

    /// <param name="Difference">The second model's mean less the first's.</param>
    /// <param name="Low">2.5 % point.</param>
    /// <param name="High">97.5 % point.</param>
    public sealed record BootstrapResult(double Difference, double Low, double High);

    /// <summary>McNemar's test (1947) in its exact form: two-sided, binomial over the samples on which the models differ.</summary>
    /// <exception cref="NeuroException"><c>evaluation.not_paired</c>.</exception>
    public static McNemarResult McNemar(IReadOnlyList<bool> first, IReadOnlyList<bool> second)
    {
        Require(first.Count, second.Count);
        var (only1, only2) = (0, 0);
        for (var i = 0; i < first.Count; i++)
        {
            only1 += first[i] && !second[i] ? 1 : 0;
            only2 += second[i] && !first[i] ? 1 : 0;
        }

        return new(only1, only2, Math.Min(1, 2 * BinomialTail(Math.Min(only1, only2), only1 + only2)));
    }

    /// <summary>The 95 % interval of the difference of means, by resampling the samples in pairs (Efron and Tibshirani 1993, percentile).</summary>
    /// <param name="first">A score a sample: 1 or 0 for right or wrong, or any other.</param>
    /// <param name="second">The other model's scores of the same samples, in the same order.</param>
    /// <param name="seed">Draws the samples.</param>
    /// <param name="rounds">How often.</param>
    /// <exception cref="NeuroException"><c>evaluation.not_paired</c>.</exception>
    public static BootstrapResult Bootstrap(IReadOnlyList<double> first, IReadOnlyList<double> second, ulong seed, int rounds = 10_000)
    {
        Require(first.Count, second.Count);
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 40);
        double[] differences = [.. first.Zip(second, (a, b) => b - a)];
        if (differences.Length == 0)
        {
            return new(double.NaN, double.NaN, double.NaN);
        }

        var random = SplitMix.For(seed);
        var means = new double[rounds];
        for (var round = 0; round < rounds; round++)
        {
            var sum = 0.0;
            for (var i = 0; i < differences.Length; i++)
            {
                sum += differences[random.Below(differences.Length)];
            }

            means[round] = sum / differences.Length;
        }

        Array.Sort(means);
        return new(differences.Average(), means[(int)(0.025 * rounds)], means[(int)(0.975 * rounds)]);
    }

    /// <summary>Probability of at most <paramref name="most"/> heads in <paramref name="count"/> throws of a fair coin.</summary>
    private static double BinomialTail(int most, int count)
    {
        // In logarithms: 2⁻ᶜᵒᵘⁿᵗ alone vanishes beyond a thousand throws.
        var (term, sum) = (-count * Math.Log(2), 0.0);
        for (var k = 0; k <= most; k++)
        {
            sum += Math.Exp(term);
            term += Math.Log((double)(count - k) / (k + 1));
        }

        return sum;
    }

    private static void Require(int first, int second)
    {
        if (first != second)
        {
            throw new NeuroException("evaluation.not_paired",
                $"The first model was measured on {first} samples, the second on {second}; both must have seen the same ones.");
        }
    }
}
