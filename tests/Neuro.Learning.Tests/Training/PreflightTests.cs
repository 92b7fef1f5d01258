using Neuro.Learning.Training;

namespace Neuro.Learning.Tests.Training;

public sealed class PreflightTests
{
    private static readonly TrainingOptions Options = new() { Epochs = 4, BatchSize = 12, LearningRate = 5e-3, Threads = 1, Seed = 7, Precision = Precision.Float32 };

    [Fact]
    public void Run_GoodSet_FindsNothingBadAndMeasuresTheTime()
    {
        var report = Run(Pictures.Crops(48));

        report.Findings.ShouldAllBe(finding => finding.Verdict == Verdict.Good);
        report.IsReady.ShouldBeTrue();
        report.SamplesPerSecond.ShouldBeGreaterThan(0);
        report.Time.TotalSeconds.ShouldBe(4 * (44 + (4 / 3.0)) / report.SamplesPerSecond, 1e-3);
        report.ToText().Split('\n').Length.ShouldBe(report.Findings.Count);
        report.ToHtml().ShouldContain("never mirrored");
    }

    [Fact]
    public void Run_RateFarTooLow_OneBatchIsNotLearnt() => Of(Run(Pictures.Crops(48), Options with { LearningRate = 1e-8 }), "one batch").Verdict.ShouldBe(Verdict.Bad);

    [Fact]
    public void Run_SameCropWithTwoLabels_IsBad()
    {
        var crops = Pictures.Crops(48).Training;

        var report = Run(Set([.. crops, crops[0] with { ClassId = 1, Image = 900 }, crops[1] with { ClassId = 0, Image = 900 }]));

        Of(report, "duplicates").Verdict.ShouldBe(Verdict.Bad);
        report.IsReady.ShouldBeFalse();
    }

    [Fact]
    public void Run_HeldBackCropIsAlsoLearntFrom_IsSaid()
    {
        var (known, held) = (Pictures.Crops(48).Training, Pictures.Crops(48).Held);
        var again = held.Select((crop, i) => crop with { Image = 900 + i });

        Of(Run(Set([.. known, .. held, .. again])), "duplicates").Text.ShouldContain("also learnt from");
    }

    [Fact]
    public void Run_ClassesUneven_ThoseAreNamed()
    {
        var crops = Pictures.Crops(90).Training;

        var report = Run(Set([.. crops.Where(crop => crop.ClassId == 0), crops.First(crop => crop.ClassId == 1)]));

        Of(report, "class balance").Text.ShouldContain("the rarest 1");
        Of(report, "class balance").Verdict.ShouldBe(Verdict.Warning);
        Of(report, "empty classes").Text.ShouldContain(Pictures.Classes[2]);
    }

    [Theory]
    [InlineData(10, Verdict.Warning)] // 0.75 × 32 / 10: 2.4 times.
    [InlineData(24, Verdict.Good)]
    public void Run_ProductsOfASize_AreComparedWithTheInput(int longest, Verdict verdict) =>
        Of(Run(Set([.. Pictures.Crops(48).Training.Select(crop => crop with { Longest = longest })])), "object size").Verdict.ShouldBe(verdict);

    [Fact]
    public void Run_LongerThanTheLimit_IsSaid() =>
        Of(Run(Pictures.Crops(48), Options with { Epochs = 10_000, TimeLimit = TimeSpan.FromMilliseconds(1) }), "time").Verdict.ShouldBe(Verdict.Warning);

    [Fact]
    public void RangeTest_TinySet_SuggestsARateThatLearns()
    {
        var data = Pictures.Crops(96);
        var test = RangeTest.Run(Pictures.Spec, data, Options, 80, TestContext.Current.CancellationToken);

        test.Points.Select(point => point.Rate).ShouldBeInOrder();
        test.Suggested.ShouldBeInRange(1e-4, 0.1);
        test.Points.Min(point => point.Loss).ShouldBeLessThan(0.8 * test.Points[0].Loss);
        Of(Run(data, Options with { LearningRate = test.Suggested }), "one batch").Verdict.ShouldBe(Verdict.Good);
        test.ToSvg().ShouldContain("learning rate");
    }

    private static PreflightReport Run(CropSet data, TrainingOptions? options = null) =>
        Preflight.Run(Pictures.Spec, data, options ?? Options, TestContext.Current.CancellationToken);

    private static Finding Of(PreflightReport report, string check) => report.Findings.Single(finding => finding.Check == check);

    private static CropSet Set(IReadOnlyList<Crop> crops) => new(crops, Pictures.Classes, Pictures.Size, seed: 1);
}
