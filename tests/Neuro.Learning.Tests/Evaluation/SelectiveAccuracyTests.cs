using CsCheck;
using Neuro.Learning.Evaluation;

namespace Neuro.Learning.Tests.Evaluation;

public sealed class SelectiveAccuracyTests
{
    private static readonly Gen<(double Confidence, bool Right)[]> Outcomes = Gen.Select(Gen.Double[0, 1], Gen.Bool).Array[1, 80].Select(all =>
        all.Select(one => (one.Item1, one.Item2)).ToArray());

    [Fact]
    public void At_AThreshold_CountsWhatReachesIt()
    {
        var point = SelectiveAccuracy.At([(0.9, true), (0.8, true), (0.7, false), (0.2, false)], 0.7);

        point.Coverage.ShouldBe(0.75);
        point.Accuracy.ShouldBe(new Proportion(2, 3));
    }

    [Fact]
    public void ThresholdFor_ACoverage_IsTheHighestThatReachesIt() =>
        Gen.Select(Outcomes, Gen.Int[1, 20]).Sample((outcomes, twentieths) =>
        {
            var threshold = SelectiveAccuracy.ThresholdFor(outcomes, twentieths / 20.0);

            SelectiveAccuracy.At(outcomes, threshold).Coverage.ShouldBeGreaterThanOrEqualTo(twentieths / 20.0 - 1e-9);
            SelectiveAccuracy.At(outcomes, Math.BitIncrement(threshold)).Coverage.ShouldBeLessThan(twentieths / 20.0 - 1e-9);
        });

    [Fact]
    public void Curve_EachPoint_IsAtItsThreshold() =>
        Outcomes.Sample(outcomes =>
        {
            var curve = SelectiveAccuracy.Curve(outcomes);

            curve.ShouldBe(curve.Select(point => SelectiveAccuracy.At(outcomes, point.Threshold)));
            curve[^1].Coverage.ShouldBe(1);
        });
}
