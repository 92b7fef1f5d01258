using Neuro.Learning.Dense;
using Neuro.Learning.Exchange;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;
using Model = Neuro.Learning.Zoo.Zoo;

namespace Neuro.Learning.Tests.Dense;

/// <summary>Every family learns a few drawn pictures, or tones, within seconds.</summary>
public sealed class LearningTests : IDisposable
{
    private static readonly TrainingOptions Options = TrainingOptions.For(ModelTask.Detect) with { LearningRate = 5e-3, Threads = 1, Seed = 7, Precision = Precision.Float32, Mosaic = 0 };

    private readonly string folder = Directory.CreateTempSubdirectory("neuro-dense-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("yolo-tiny", 24, 8, "AP50", 0.5)]
    [InlineData("ssd-tiny", 20, 8, "AP50", 0.5)]
    [InlineData("faster-rcnn-tiny", 32, 8, "AP50", 0.4)]
    [InlineData("mask-rcnn-tiny", 22, 8, "mask AP50", 0.4)]
    [InlineData("fcn-tiny", 12, 4, "mIoU", 0.6)]
    [InlineData("segnet-tiny", 22, 4, "mIoU", 0.45)]
    public void Train_DrawnPictures_AreLearnt(string name, int epochs, int batch, string measure, double least)
    {
        var data = Drawn.Set(24);

        var model = Trainer.Train(Drawn.Spec(name), data, Options with { Epochs = epochs, BatchSize = batch }, folder, cancel: TestContext.Current.CancellationToken);

        Drawn.Measured(model, data)[measure].ShouldBeGreaterThan(least);
        model.Card.Epochs[^1].Loss.ShouldBeLessThan(model.Card.Epochs[0].Loss);
        File.Exists(Path.Combine(folder, "model.onnx")).ShouldBe(!model.Spec.IsByRegions);
    }

    [Fact]
    public void Train_Tones_PredictsTheNextCodeBetterThanFrequenciesDo()
    {
        var data = new ToneSet(24, 256, seed: 3);

        var model = Trainer.Train(Model.WaveNet(steps: 256, layers: 5), data, TrainingOptions.For(ModelTask.Signal) with { Epochs = 20, Threads = 1, Precision = Precision.Float32 }, folder, cancel: TestContext.Current.CancellationToken);

        var (loss, most) = (model.Card.Epochs[^1].Loss, data.ClassCounts.Max() / (double)data.ClassCounts.Sum());
        loss.ShouldBeLessThan(data.Entropy - 0.5);
        model.Card.Epochs[^1].ValidationAccuracy!.Value.ShouldBeGreaterThan(2 * most);
    }

    [Theory]
    [InlineData("yolo-tiny")]
    [InlineData("mask-rcnn-tiny")]
    public void Train_StoppedAndResumedInTwoThreads_GivesTheBitsOfAnUninterruptedRun(string name)
    {
        var (data, options) = (Drawn.Set(8), Options with { Epochs = 2, BatchSize = 4, Threads = 2, Mosaic = 0.5 });
        var (whole, stopped) = (Path.Combine(folder, "whole"), Path.Combine(folder, "stopped"));
        Trainer.Train(Drawn.Spec(name), data, options, whole, cancel: TestContext.Current.CancellationToken);
        using var cancel = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => Trainer.Train(Drawn.Spec(name), data, options, stopped, new ImmediateProgress<Neuro.Client.Models.TrainingPoint>(point =>
        {
            if (point is { Epoch: 1, ValidationAccuracy: not null })
            {
                cancel.Cancel();
            }
        }), cancel.Token));

        var model = Trainer.Train(Drawn.Spec(name), data, options, stopped, cancel: TestContext.Current.CancellationToken);

        model.ResumedFrom.ShouldBe(1);
        WeightsIn(stopped).ShouldBe(WeightsIn(whole));
    }

    private static string[] WeightsIn(string where) =>
        [.. Safetensors.Read(Path.Combine(where, "model.safetensors")).Tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {string.Join(' ', pair.Value.Values)}")];
}
