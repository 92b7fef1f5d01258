using Neuro.Client.Api;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Training;
using Neuro.Learning.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Neuro.Learning.Tests.Training;

public sealed class TeacherTests : IDisposable
{
    private static readonly TrainingOptions Options = new() { Epochs = 12, BatchSize = 16, LearningRate = 5e-3, Threads = 2, Seed = 7, Precision = Precision.Float32 };

    private readonly string folder = Directory.CreateTempSubdirectory("neuro-teacher-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Mix_TwoClasses_IsTheFormula()
    {
        TorchRuntime.Load();
        using var scope = NewDisposeScope();
        var (pupil, teacher, labels) = (tensor(new[] { 1f, -1f }, [1, 2]), tensor(new[] { 3f, 0f }, [1, 2]), tensor(0.5f));

        var loss = Teacher.Mix(pupil, teacher, labels, new("", Temperature: 2, Weight: 0.25)).item<float>();

        var (p, q) = (1 / (1 + Math.Exp(-1.5)), 1 / (1 + Math.Exp(-1)));
        loss.ShouldBe((float)((0.75 * 0.5) + (0.25 * 4 * -((p * Math.Log(q)) + ((1 - p) * Math.Log(1 - q))))), 1e-5f);
    }

    [Fact]
    public void Train_TeacherAlone_TeachesWhatTheLabelsDoNotSay()
    {
        var data = Pictures.Crops(96);
        // Labels by turn, whatever is shown: there is nothing to learn from them.
        CropSet mislabelled = new([.. data.Training.Select((crop, i) => crop with { ClassId = i % 2 })], Pictures.Classes, Pictures.Size, 1);
        var (taught, pupil) = (Path.Combine(folder, "teacher"), Path.Combine(folder, "pupil"));
        Trainer.Train(Pictures.Spec, data, Options with { Epochs = 2 * Options.Epochs }, taught, cancel: TestContext.Current.CancellationToken);

        Trainer.Train(Pictures.Spec, mislabelled, Options with { Seed = 8, Epochs = 2 * Options.Epochs }, pupil, cancel: TestContext.Current.CancellationToken, distillation: new(taught, Weight: 1));

        using var model = Classifier.Load(pupil);
        HeldOut.Accuracy(model, data)!.Value.ShouldBeGreaterThan(0.9);
    }

    [Fact]
    public void Train_TeacherOfOtherClasses_IsRefused()
    {
        var (taught, data) = (Path.Combine(folder, "teacher"), Pictures.Crops(24));
        Trainer.Train(Pictures.Spec, data, Options with { Epochs = 1 }, taught, cancel: TestContext.Current.CancellationToken);
        CropSet other = new([.. data.Training], ["a", "b", "c"], Pictures.Size, 1);

        var error = Should.Throw<NeuroException>(() => Trainer.Train(Pictures.Spec, other, Options, Path.Combine(folder, "pupil"), distillation: new(taught)));

        error.Code.ShouldBe("distillation.mismatch");
        error.Message.ShouldContain("red over blue");
    }

    [Fact]
    public void Train_TeacherThatIsNotThere_IsRefused() => Should.Throw<NeuroException>(
        () => Trainer.Train(Pictures.Spec, Pictures.Crops(24), Options, folder, distillation: new(Path.Combine(folder, "nobody")))).Code.ShouldBe("model.missing");

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(4, 0)]
    [InlineData(4, 1.5)]
    public void Train_TemperatureOrWeightOutOfRange_IsRefused(double temperature, double weight) => Should.Throw<NeuroException>(
        () => Trainer.Train(Pictures.Spec, Pictures.Crops(24), Options, folder, distillation: new(folder, temperature, weight))).Code.ShouldBe("training.out_of_range");
}
