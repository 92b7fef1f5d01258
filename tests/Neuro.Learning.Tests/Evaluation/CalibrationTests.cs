using CsCheck;
using Neuro.Client.Api;
using Neuro.Learning.Evaluation;

namespace Neuro.Learning.Tests.Evaluation;

public sealed class CalibrationTests
{
    private static readonly Gen<(double Confidence, bool Right)[]> Outcomes = Gen.Select(Gen.Double[0, 1], Gen.Bool).Array[1, 80].Select(all =>
        all.Select(one => (one.Item1, one.Item2)).ToArray());

    [Fact]
    public void ExpectedError_OfTwoBins_IsItsDefinition()
    {
        // 0.3, 0.5 → mean 0.4, none right; 0.9, 0.7, 0.8 → mean 0.8, two of three right.
        var calibration = Calibration.Of([(0.3, false), (0.5, false), (0.9, true), (0.7, false), (0.8, true)], 2);

        calibration.Bins.Select(bin => bin.Count).ShouldBe([2, 3]);
        calibration.ExpectedError.ShouldBe((2 * 0.4 + 3 * (0.8 - 2 / 3.0)) / 5, 1e-12);
        calibration.MaximumError.ShouldBe(0.4, 1e-12);
    }

    [Fact]
    public void Of_AnyOutcomes_PutsEachIntoTheBinThatHoldsIt() =>
        Gen.Select(Outcomes, Gen.Int[1, 20]).Sample((outcomes, bins) =>
        {
            var calibration = Calibration.Of(outcomes, bins);

            calibration.Bins.Sum(bin => bin.Count).ShouldBe(outcomes.Length);
            calibration.Bins.Where(bin => bin.Count > 0).ShouldAllBe(bin => bin.Confidence >= bin.From - 1e-9 && bin.Confidence <= bin.To + 1e-9);
            calibration.ExpectedError.ShouldBeInRange(0, calibration.MaximumError + 1e-12);
        });

    [Fact]
    public void Of_OneBin_IsTheGapOfTheMeans() =>
        Outcomes.Sample(outcomes =>
            Calibration.Of(outcomes, 1).ExpectedError.ShouldBe(Math.Abs(outcomes.Average(one => one.Confidence) - outcomes.Average(one => one.Right ? 1 : 0)), 1e-9));

    [Fact]
    public void Of_ConfidenceAtAnEdge_IsInTheLowerBin() => Calibration.Of([(0, true), (0.5, true), (1, true)], 2).Bins.Select(bin => bin.Count).ShouldBe([2, 1]);

    [Fact]
    public void Of_Logits_AreRefused() => Should.Throw<NeuroException>(() => Calibration.Of([(2.5, true)])).Message.ShouldContain("2.5");
}
