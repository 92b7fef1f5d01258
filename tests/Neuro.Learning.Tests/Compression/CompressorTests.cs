using Neuro.Client.Api;
using Neuro.Learning.Compression;
using Neuro.Learning.Tests.Training;
using Neuro.Learning.Training;
using Model = Neuro.Learning.Zoo.Zoo;

namespace Neuro.Learning.Tests.Compression;

public sealed class CompressorTests : IDisposable
{
    private static readonly TrainingOptions Options = new() { Epochs = 6, BatchSize = 16, LearningRate = 5e-3, Threads = 2, Seed = 7, Precision = Precision.Float32 };

    private readonly string folder = Directory.CreateTempSubdirectory("neuro-compress-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Run_TinyModel_GivesSmallerOnesThatStillKnow()
    {
        var (data, whole) = (Pictures.Crops(96), Path.Combine(folder, "whole"));
        Trainer.Train(Model.SmallCnn(3, Pictures.Size, [16, 32, 32, 32]), data, Options with { Epochs = 10 }, whole, cancel: TestContext.Current.CancellationToken);
        var plan = new CompressionPlan
        {
            Reductions = [2], Pupils = [Model.MobileNetV2(3, Pictures.Size, 0.25)], FineTuning = Options, Schooling = Options with { Epochs = 1 },
            CalibrationPictures = 16,
        };

        var models = Compressor.Run(whole, data, Path.Combine(folder, "out"), plan, cancel: TestContext.Current.CancellationToken);

        models.Select(model => model.Name).ShouldBe(["small-cnn", "small-cnn int8", "small-cnn-2x", "small-cnn-2x int8", "mobilenet-v2", "mobilenet-v2 int8"]);
        models[2].Spec.Macs.ShouldBeLessThanOrEqualTo(models[0].Spec.Macs / 2);
        models[3].Bytes.ShouldBeLessThan(models[2].Bytes);
        models.Take(4).ShouldAllBe(model => model.Accuracy(data, 1) > 0.9);
        models.ShouldAllBe(model => model.Latency(1) > TimeSpan.Zero);
    }

    [Fact]
    public void Run_ReductionOutOfReach_IsRefusedBeforeAnythingIsLearnt()
    {
        var (data, whole, made) = (Pictures.Crops(24), Path.Combine(folder, "whole"), Path.Combine(folder, "out"));
        Trainer.Train(Pictures.Spec, data, Options with { Epochs = 1 }, whole, cancel: TestContext.Current.CancellationToken);

        Should.Throw<NeuroException>(() => Compressor.Run(whole, data, made, new() { Reductions = [2, 900] })).Code.ShouldBe("pruning.out_of_reach");

        Directory.Exists(made).ShouldBeFalse();
    }

    [Fact]
    public void Run_SamplesOfOtherClasses_AreRefused()
    {
        var (data, whole) = (Pictures.Crops(24), Path.Combine(folder, "whole"));
        Trainer.Train(Pictures.Spec, data, Options with { Epochs = 1 }, whole, cancel: TestContext.Current.CancellationToken);
        CropSet other = new([.. data.Training], ["a", "b", "c"], Pictures.Size, 1);

        var error = Should.Throw<NeuroException>(() => Compressor.Run(whole, other, Path.Combine(folder, "out")));

        error.Code.ShouldBe("compression.mismatch");
        error.Message.ShouldContain("red over blue");
    }

    [Fact]
    public void Run_PupilNamedAsItsTeacher_IsRefused()
    {
        var (data, whole) = (Pictures.Crops(24), Path.Combine(folder, "whole"));
        Trainer.Train(Pictures.Spec, data, Options with { Epochs = 1 }, whole, cancel: TestContext.Current.CancellationToken);
        var plan = new CompressionPlan { Reductions = [], Pupils = [Pictures.Spec] };

        Should.Throw<NeuroException>(() => Compressor.Run(whole, data, Path.Combine(folder, "out"), plan)).Code.ShouldBe("compression.same_name");
    }
}
