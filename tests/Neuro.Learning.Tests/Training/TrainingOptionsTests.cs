using System.Text.Json;
using Neuro.Client.Api;
using Neuro.Client.Models;
using Neuro.Learning.Exchange;
using Neuro.Learning.Runtime;
using Neuro.Learning.Training;
using TorchSharp;

namespace Neuro.Learning.Tests.Training;

public sealed class TrainingOptionsTests : IDisposable
{
    private static readonly TrainingOptions Options = new() { Epochs = 2, BatchSize = 16, LearningRate = 5e-3, Threads = 1, Seed = 7, Precision = Precision.Float32 };

    private readonly string folder = Directory.CreateTempSubdirectory("neuro-options-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void OfSteps_Defaults_NameTheRunsThatTheyAlwaysNamed() =>
        // What fingerprints were made of before there were more options: a run of then goes on.
        JsonSerializer.Serialize(new TrainingOptions().OfSteps, NeuroJson.Options).ShouldBe(
            """{"epochs":9,"batchSize":32,"learningRate":0.002,"warmUp":0.06,"weightDecay":0.02,"labelSmoothing":0.05,"seed":0,"threads":0,"precision":"auto"}""");

    [Theory]
    [InlineData("""{"epoch":3}""", "epoch")]
    [InlineData("""{"epochs":"many"}""", "epochs")]
    [InlineData("null", "null")]
    [InlineData("[1", "JSON")]
    public void Parse_WhatIsNoSettings_SaysWhere(string json, string says)
    {
        var error = Should.Throw<NeuroException>(() => TrainingOptions.Parse(json));

        error.Code.ShouldBe("training.settings_invalid");
        error.Message.ShouldContain(says);
    }

    [Fact]
    public void Parse_UnknownSchedule_IsRefusedBeforeTraining() =>
        Should.Throw<NeuroException>(() => Train(Pictures.Crops(12), TrainingOptions.Parse("""{"schedule":7}"""))).Code.ShouldBe("training.out_of_range");

    [Fact]
    public void Train_OtherStop_GoesOn()
    {
        var data = Pictures.Crops(48);
        Train(data, Options with { Epochs = 6, TimeLimit = TimeSpan.FromSeconds(1) }, new Ticking(TimeSpan.FromMilliseconds(100))).Notes.ShouldHaveSingleItem().ShouldContain("beyond");

        var model = Train(data, Options with { Epochs = 6 });

        model.ResumedFrom.ShouldBeGreaterThan(0);
        model.Card.Epochs.Count.ShouldBe(6);
    }

    [Fact]
    public void Train_PatienceAtAnEnd_WritesEverythingOfTheBestEpoch()
    {
        // At this rate nothing changes, so no epoch is better than the first but by chance of its loss.
        var model = Train(Pictures.Crops(96), Options with { Epochs = 40, LearningRate = 1e-8, Patience = 2, KeepBest = 3 });

        model.Notes.ShouldHaveSingleItem().ShouldContain("none was better");
        model.Card.Epochs.Count.ShouldBeLessThan(38);
        File.Exists(Path.Combine(folder, "model.onnx")).ShouldBeTrue();
        File.Exists(Path.Combine(folder, "confusion.svg")).ShouldBeTrue();
        var best = Safetensors.Read(Path.Combine(folder, Trainer.BestFolder, $"epoch-{model.Card.Epochs.Count:D4}.safetensors")).Tensors;
        Safetensors.Read(Path.Combine(folder, "model.safetensors")).Tensors["logits.weight"].Values.ShouldBe(best["logits.weight"].Values);
        Directory.GetFiles(Path.Combine(folder, Trainer.BestFolder)).Length.ShouldBe(3);
    }

    [Fact]
    public void Train_FrozenStem_LeavesItsWeightsAndStatistics()
    {
        Train(Pictures.Crops(48), Options with { Frozen = ["stem"], Threads = 2 });

        var (before, after) = (Network.Initial(Pictures.Spec, Options.Seed), Safetensors.Read(Path.Combine(folder, "model.safetensors")).Tensors);
        foreach (var (name, start) in before)
        {
            after[name].Values.SequenceEqual(start.Values).ShouldBe(name.StartsWith("stem", StringComparison.Ordinal), name);
        }
    }

    [Theory]
    [InlineData("stemm", "training.frozen_unknown")]
    [InlineData("", "training.all_frozen")]
    public void Train_FrozenNothingOrAll_IsRefused(string frozen, string code) =>
        Should.Throw<NeuroException>(() => Train(Pictures.Crops(48), Options with { Frozen = [frozen] })).Code.ShouldBe(code);

    [Fact]
    public void Train_AveragedAndResumed_GivesTheWeightsOfAnUninterruptedRun()
    {
        var (data, options) = (Pictures.Crops(48), Options with { Epochs = 3, WeightAverage = 0.9, MixUp = 0.2, GradientClip = 1, Schedule = Schedule.OneCycle });
        var whole = Trainer.Train(Pictures.Spec, data, options, Path.Combine(folder, "whole"), cancel: TestContext.Current.CancellationToken).Folder;
        using var cancel = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => Trainer.Train(Pictures.Spec, data, options, folder, new ImmediateProgress<TrainingPoint>(point => Stop(point, cancel)), cancel.Token));

        Train(data, options).ResumedFrom.ShouldBe(1);

        var (one, other) = (Safetensors.Read(Path.Combine(whole, "model.safetensors")).Tensors, Safetensors.Read(Path.Combine(folder, "model.safetensors")).Tensors);
        one.Keys.ShouldAllBe(name => one[name].Values.SequenceEqual(other[name].Values));
    }

    private static void Stop(TrainingPoint point, CancellationTokenSource cancel)
    {
        if (point is { Epoch: 1, ValidationAccuracy: not null })
        {
            cancel.Cancel();
        }
    }

    [Fact]
    public void MoveTowards_Half_IsTheMean()
    {
        TorchRuntime.Load();
        using var own = new Network(Pictures.Spec, 1);
        using var other = new Network(Pictures.Spec, 2);
        var (a, b) = (own.Weights(), other.Weights());

        own.MoveTowards(other, 0.5);

        own.Weights()["logits.weight"].Values.Zip(a["logits.weight"].Values.Zip(b["logits.weight"].Values, (x, y) => (x + y) / 2), (x, y) => Math.Abs(x - y)).Max().ShouldBeLessThan(1e-6f);
    }

    [Theory]
    [InlineData(0.5, 0.5)]
    [InlineData(1e6, double.NaN)]
    public void ClipGradients_ToANorm_ShortensOnlyWhatIsLonger(double norm, double expected)
    {
        TorchRuntime.Load();
        using var scope = torch.NewDisposeScope();
        using var network = new Network(Pictures.Spec, 1);
        network.Forward(torch.tensor(ModelCheck.Pixels(Pictures.Spec), [2, Pictures.Size, Pictures.Size, 3]), bfloat16: false, new(1)).square().sum().backward();
        double Length() => Math.Sqrt(network.Trained.Sum(pair => pair.Value.grad!.square().sum().item<float>()));
        var before = Length();
        before.ShouldBeGreaterThan(0.5);

        network.ClipGradients(norm);

        Length().ShouldBe(double.IsNaN(expected) ? before : expected, 1e-4);
    }

    private TrainedModel Train(CropSet data, TrainingOptions options, TimeProvider? time = null) =>
        Trainer.Train(Pictures.Spec, data, options, folder, cancel: TestContext.Current.CancellationToken, time: time);

    /// <summary>A clock that goes on by a tick each time it is looked at.</summary>
    private sealed class Ticking(TimeSpan tick) : TimeProvider
    {
        private long now;

        public override long GetTimestamp() => now += tick.Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }
}
