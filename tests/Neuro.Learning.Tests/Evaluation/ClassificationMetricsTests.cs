using CsCheck;
using Neuro.Client.Api;
using Neuro.Learning.Evaluation;

namespace Neuro.Learning.Tests.Evaluation;

public sealed class ClassificationMetricsTests
{
    private static readonly ClassificationMetrics Four = Of(([0.7f, 0.2f, 0.1f], 0), ([0.6f, 0.3f, 0.1f], 1), ([0.1f, 0.1f, 0.8f], 2), ([0.5f, 0.1f, 0.4f], 2));

    [Fact]
    public void Top_GrowsToAll_WithItsInterval()
    {
        (Four.Top(1).Value, Four.Top(2).Value, Four.Top(3).Value).ShouldBe((0.5, 1, 1));
        (Four.Top(1).Low, Four.Top(1).High).ShouldBe(Wilson.Interval(2, 4));
        Four.Confusion[1, 0].ShouldBe(1);
        Four.Outcomes.ShouldBe([(0.7f, true), (0.6f, false), (0.8f, true), (0.5f, false)]);
    }

    [Fact]
    public void Confidence_OfAClass_IsOneAgainstTheRest()
    {
        var curve = Four.Confidence(2);

        (curve.Precision[0], curve.Recall[0]).ShouldBe((0.5, 1));
        (curve.Precision[20], curve.Recall[20]).ShouldBe((1, 1));
        (curve.Precision[50], curve.Recall[50]).ShouldBe((1, 0.5));
        (curve.Precision[90], curve.Recall[90]).ShouldBe((1, 0));
        curve.BestThreshold.ShouldBe(0.11, 1e-9);
        curve.F1[50].ShouldBe(2 / 3.0, 1e-12);
    }

    [Fact]
    public void ConfidenceCurve_AnyScores_CountsWhatReachesEachThreshold() =>
        Gen.Select(Gen.Int[0, 200], Gen.Bool).Array[0, 40].Sample(raw =>
        {
            (double Score, bool Right)[] outcomes = [.. raw.Select(one => (one.Item1 / 200.0, one.Item2))];
            var positives = outcomes.Count(one => one.Right) + 1;
            var curve = ConfidenceCurve.Of(outcomes, positives);
            for (var i = 0; i <= 100; i++)
            {
                var believed = outcomes.Where(one => one.Score >= ConfidenceCurve.Threshold(i)).ToList();
                curve.Recall[i].ShouldBe((double)believed.Count(one => one.Right) / positives, 1e-12);
                curve.Precision[i].ShouldBe(believed.Count == 0 ? 1 : (double)believed.Count(one => one.Right) / believed.Count, 1e-12);
            }
        });

    [Fact]
    public void ConfidenceCurve_ClassWithoutSamples_HasNoRecall()
    {
        var curve = ConfidenceCurve.Of([(0.5, false)], 0);

        curve.Recall.ShouldAllBe(recall => double.IsNaN(recall));
        curve.Precision[20].ShouldBe(0);
    }

    [Fact]
    public void Add_ProbabilitiesThatAreNone_AreRefused()
    {
        Should.Throw<NeuroException>(() => Of(([float.NaN, 1, 0], 0))).Code.ShouldBe("evaluation.probabilities_invalid");
        Should.Throw<NeuroException>(() => Of(([1, 0], 0))).Message.ShouldContain("2 probabilities");
        Should.Throw<NeuroException>(() => Of(([1, 0, 0], 3))).Code.ShouldBe("evaluation.class_unknown");
    }

    private static ClassificationMetrics Of(params (float[] Probabilities, int Actual)[] samples)
    {
        var metrics = new ClassificationMetrics(3);
        Array.ForEach(samples, sample => metrics.Add(sample.Probabilities, sample.Actual));
        return metrics;
    }
}
