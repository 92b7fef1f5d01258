using System.Globalization;
using System.Xml.Linq;
using Neuro.Kernels.Formats;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;

namespace Neuro.Learning.Tests.Dense;

/// <summary>What runs of dense models leave beside the model.</summary>
public sealed class DenseRunFolderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-dense-run-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("yolo-tiny", "ap,ap50,ar100", new[] { "predictions.svg", "precision-recall-f1.svg", "accuracy.svg", "loss.svg", "labels.svg" })]
    [InlineData("fcn-tiny", "miou,pixel_accuracy", new[] { "predictions.svg", "confusion.svg", "accuracy.svg", "loss.svg", "labels.svg" })]
    public void Train_WholePictures_LeavesTheFilesOfARun(string name, string measures, string[] figures)
    {
        var data = Drawn.Set(8);
        var model = Trainer.Train(Drawn.Spec(name), data, new() { Epochs = 2, BatchSize = 4, Threads = 1, Precision = Precision.Float32 }, folder, cancel: TestContext.Current.CancellationToken);

        var lines = File.ReadAllLines(Path.Combine(folder, "results.csv"));
        lines[0].ShouldEndWith(measures);
        lines.Length.ShouldBe(3);
        lines[2].Split(',')[3].ShouldBe(model.Card.Epochs[^1].ValidationAccuracy!.Value.ToString("R", CultureInfo.InvariantCulture));
        figures.ShouldAllBe(file => XDocument.Load(Path.Combine(folder, file)).Root!.Name.LocalName == "svg");
        var mosaic = Codec.Decode(File.ReadAllBytes(Path.Combine(folder, "first-batch.jpg")), "first-batch.jpg");
        (mosaic.Width, mosaic.Height).ShouldBe((2 * Drawn.Size, 2 * Drawn.Size));
        Directory.GetFiles(Path.Combine(folder, Trainer.BestFolder)).Length.ShouldBe(1);
    }

    [Fact]
    public void Train_LossNotFinite_SaysSo() =>
        Should.Throw<Neuro.Client.Api.NeuroException>(() => Trainer.Train(
            Drawn.Spec("faster-rcnn-tiny"), Drawn.Set(8), new() { Epochs = 60, BatchSize = 4, LearningRate = 10, WarmUp = 0, WeightDecay = 1, Threads = 1, Precision = Precision.Float32 }, folder,
            cancel: TestContext.Current.CancellationToken)).Code.ShouldBe("training.diverged");

    [Fact]
    public void Detect_PictureOfAnotherShape_FindsObjectsInItsPixelsByAScoreFromTheSurestDown()
    {
        var data = Drawn.Set(16);
        Trainer.Train(Drawn.Spec("ssd-tiny"), data, new() { Epochs = 14, BatchSize = 4, LearningRate = 5e-3, LabelSmoothing = 0, Mosaic = 0, Threads = 1, Precision = Precision.Float32 }, folder,
            cancel: TestContext.Current.CancellationToken);
        using var detector = Detector.Load(folder);
        var square = data.Training[0];
        // Twice as wide, in grey: the objects stay where they are.
        var wide = new Image(2 * square.Side, square.Side, [.. Enumerable.Range(0, square.Side).SelectMany(y =>
            square.Rgb.Skip(3 * square.Side * y).Take(3 * square.Side).Concat(Enumerable.Repeat((byte)128, 3 * square.Side)))]);

        var found = detector.Detect(wide);

        found.ShouldNotBeEmpty();
        found.Select(one => -one.Score).ShouldBeInOrder();
        found.ShouldAllBe(one => one.Box.X >= 0 && one.Box.X + one.Box.Width <= wide.Width && one.Box.Y + one.Box.Height <= wide.Height);
        detector.Classes.ShouldBe(Drawn.Classes);
        detector.Measure(data.Training.Select(one => (one.Picture, one.Labels.Labelled(masks: false))), cancel: TestContext.Current.CancellationToken).AveragePrecision(0.5).ShouldBeGreaterThan(0.4);
    }
}
