using Neuro.Client.Api;
using Neuro.Client.Models;
using Neuro.Learning.Exchange;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;

namespace Neuro.Learning.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    private static readonly TrainingOptions Options = new() { Epochs = 4, BatchSize = 16, LearningRate = 5e-3, Threads = 2, Seed = 7, Precision = Precision.Float32 };

    private readonly string folder = Directory.CreateTempSubdirectory("neuro-trainer-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    public void Train_TinySet_IsLearnt(Precision precision)
    {
        var points = new Points();

        var model = Train(Pictures.Spec, Pictures.Crops(96), Options with { Epochs = 12, Precision = precision }, folder, points);

        model.Card.Epochs[^1].Accuracy.ShouldBeGreaterThan(0.9);
        model.Card.Epochs[^1].ValidationAccuracy!.Value.ShouldBeGreaterThan(0.9);
        model.Card.Epochs[^1].Loss.ShouldBeLessThan(model.Card.Epochs[0].Loss);
        points.Seen.Select(point => point.Step).ShouldBeInOrder();
        points.Seen.Count(point => point.ValidationAccuracy is not null).ShouldBe(12);
        points.Seen[^1].Step.ShouldBe(points.Seen[^1].Steps);
    }

    [Fact]
    public void Train_StoppedAndResumed_GivesTheWeightsOfAnUninterruptedRun()
    {
        var (data, whole, stopped) = (Pictures.Crops(48), Path.Combine(folder, "whole"), Path.Combine(folder, "stopped"));
        Train(Pictures.Spec, data, Options, whole);
        StopInEpoch(3, data, stopped);

        var model = Train(Pictures.Spec, data, Options, stopped);

        model.ResumedFrom.ShouldBe(2);
        WeightsIn(stopped).ShouldBe(WeightsIn(whole));
    }

    [Fact]
    public void Train_NewestCheckpointTruncated_GoesOnFromTheOneBeforeAndSaysSo()
    {
        var data = Pictures.Crops(48);
        StopInEpoch(4, data, folder);
        var newest = Path.Combine(folder, Trainer.CheckpointFolder, "epoch-0003.safetensors");
        File.WriteAllBytes(newest, File.ReadAllBytes(newest)[..^100]);

        var model = Train(Pictures.Spec, data, Options, folder);

        model.ResumedFrom.ShouldBe(2);
        model.Notes.ShouldHaveSingleItem().ShouldContain(newest);
    }

    [Fact]
    public void Train_CheckpointOfOtherOptions_BeginsAnew()
    {
        var data = Pictures.Crops(48);
        StopInEpoch(2, data, folder);

        var model = Train(Pictures.Spec, data, Options with { Seed = 8 }, folder);

        model.ResumedFrom.ShouldBe(0);
        model.Notes.ShouldHaveSingleItem().ShouldContain("another model, dataset or options");
    }

    [Fact]
    public void Train_LossNotFinite_NamesTheBatchAndKeepsNothingBroken()
    {
        var error = Should.Throw<NeuroException>(() => Train(Pictures.Spec, Pictures.Crops(48), Options with { LearningRate = 10, WarmUp = 0, WeightDecay = 1, Epochs = 200 }, folder));

        error.Code.ShouldBe("training.diverged");
        error.Message.ShouldContain("batch");
        File.Exists(Path.Combine(folder, "model.onnx")).ShouldBeFalse();
    }

    [Fact]
    public void Train_ModelForOtherClasses_IsRefused()
    {
        var error = Should.Throw<NeuroException>(() => Train(Neuro.Learning.Zoo.Zoo.SmallCnn(5, Pictures.Size), Pictures.Crops(12), Options, folder));

        error.Code.ShouldBe("training.classes_mismatch");
        error.Message.ShouldContain("5");
    }

    [Fact]
    public void Train_ModelForOtherSize_IsRefused() =>
        Should.Throw<NeuroException>(() => Train(Neuro.Learning.Zoo.Zoo.SmallCnn(3, 64), Pictures.Crops(12), Options, folder)).Code.ShouldBe("training.size_mismatch");

    [Theory]
    [InlineData(0, 8, "epochs is 0")]
    [InlineData(1, 1, "batchSize is 1")]
    public void Train_OptionOutOfRange_IsNamed(int epochs, int batch, string says)
    {
        var error = Should.Throw<NeuroException>(() => Train(Pictures.Spec, Pictures.Crops(12), Options with { Epochs = epochs, BatchSize = batch }, folder));

        error.Code.ShouldBe("training.out_of_range");
        error.Message.ShouldContain(says);
    }

    private static TrainedModel Train(ModelSpec spec, CropSet data, TrainingOptions options, string folder, IProgress<TrainingPoint>? progress = null) =>
        Trainer.Train(spec, data, options, folder, progress, TestContext.Current.CancellationToken);

    private void StopInEpoch(int epoch, CropSet data, string where)
    {
        using var cancel = new CancellationTokenSource();
        var stop = new Points(point =>
        {
            if (point.Epoch == epoch - 1 && point.ValidationAccuracy is not null)
            {
                cancel.Cancel();
            }
        });
        Should.Throw<OperationCanceledException>(() => Trainer.Train(Pictures.Spec, data, Options, where, stop, cancel.Token));
    }

    private static string[] WeightsIn(string where) =>
        [.. Safetensors.Read(Path.Combine(where, "model.safetensors")).Tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {string.Join(' ', pair.Value.Values)}")];

    private sealed class Points(Action<TrainingPoint>? each = null) : IProgress<TrainingPoint>
    {
        public List<TrainingPoint> Seen { get; } = [];

        public void Report(TrainingPoint value)
        {
            Seen.Add(value);
            each?.Invoke(value);
        }
    }
}
