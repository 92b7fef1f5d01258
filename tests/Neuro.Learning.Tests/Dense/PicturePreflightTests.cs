using Neuro.Learning.Dense;
using Neuro.Learning.Detection;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;

namespace Neuro.Learning.Tests.Dense;

public sealed class PicturePreflightTests
{
    private static readonly TrainingOptions Options = TrainingOptions.For(ModelTask.Detect) with { Epochs = 3, BatchSize = 8, LearningRate = 5e-3, Threads = 1, Seed = 7, Precision = Precision.Float32 };

    [Fact]
    public void Run_DrawnPictures_LearnsABatchByHeartAndMeasuresTheTime()
    {
        var report = Preflight.Run(Drawn.Spec("yolo-tiny"), Drawn.Set(24), Options, TestContext.Current.CancellationToken);

        report.IsReady.ShouldBeTrue(report.ToText());
        report.Findings.Select(finding => finding.Check).ShouldBe(["flips", "object size", "objects a picture", "class balance", "empty classes", "one batch", "time"]);
        report.Time.ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Fact]
    public void Run_ARateFarTooLow_OneBatchIsNotLearnt() =>
        Of(Preflight.Run(Drawn.Spec("yolo-tiny"), Drawn.Set(24), Options with { LearningRate = 1e-8 }, TestContext.Current.CancellationToken), "one batch").Verdict.ShouldBe(Verdict.Bad);

    [Theory]
    [InlineData(3, 4, "object size")] // Of 80 stored pixels: less than 3 of 64.
    [InlineData(120, 10, "objects a picture")]
    public void Run_TooSmallOrTooMany_IsSaid(int count, int side, string check)
    {
        var stored = PictureSet.StoredSide(64);
        var objects = Enumerable.Range(0, count).Select(i => new PictureObject(i % 2, new Box(i % 7 * 8, i / 7 % 7 * 8, side, side))).ToList();
        var pictures = Enumerable.Range(0, 8).Select(i => new LabelledPicture(new byte[stored * stored * 3], new(stored, objects, null), i)).ToList();

        var report = Preflight.Run(Drawn.Spec("yolo-tiny"), new PictureSet(pictures, ["a", "b"], 64, 1), Options, TestContext.Current.CancellationToken);

        Of(report, check).Verdict.ShouldBe(Verdict.Warning, report.ToText());
    }

    private static Finding Of(PreflightReport report, string check) => report.Findings.Single(finding => finding.Check == check);
}
