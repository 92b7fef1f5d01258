using CsCheck;
using Neuro.Learning.Runtime;
using Neuro.Learning.Training;
using static TorchSharp.torch;

namespace Neuro.Learning.Tests.Training;

public sealed class ClassificationTests
{
    private static readonly CropSet Data = Pictures.Crops(24);

    public ClassificationTests() => TorchRuntime.Load();

    [Fact]
    public void Weights_AnyCounts_HaveMeanOneOverTheSamples() =>
        Gen.Select(Gen.Int[1, 500].Array[1, 20], Gen.Double[0, 1]).Sample((counts, balance) =>
            (counts.Zip(Classification.Weights(counts, balance), (count, weight) => count * weight).Sum() / counts.Sum()).ShouldBe(1, 1e-3));

    [Fact]
    public void Weights_FullBalance_MakesClassesWeighTheSame() =>
        Classification.Weights([10, 40, 50], 1).Zip([10, 40, 50], (weight, count) => weight * count).ShouldAllBe(sum => Math.Abs(sum - 100 / 3.0) < 1e-3);

    [Fact]
    public void Weights_ClassThatWasNotSeen_IsNotForgotten() => Classification.Weights([10, 0], 1)[1].ShouldBeGreaterThan(1);

    [Fact]
    public void Loss_Balanced_IsTheWeightedMean()
    {
        using var scope = NewDisposeScope();
        var data = Pictures.Crops(24);
        var weights = Classification.Weights(data.ClassCounts, 1);
        var (logits, labels) = (tensor(new[] { 2f, 0, 0, 0, 1, 0 }, [2, 3]), tensor(new long[] { 0, 2 }));
        double[] each = [Math.Log(Math.Exp(2) + 2) - 2, Math.Log(Math.E + 2)];

        var loss = new Classification(new() { ClassBalance = 1, LabelSmoothing = 0 }, data).Loss(logits, labels, 1).item<float>();

        loss.ShouldBe((float)((weights[0] * each[0]) + (weights[2] * each[1])) / 2, 1e-5f);
    }

    [Fact]
    public void BlendAndLoss_WithAShare_MixPicturesAndLossesAlike()
    {
        using var scope = NewDisposeScope();
        var objective = new Classification(new() { MixUp = 0.4, LabelSmoothing = 0 }, Data);
        var (logits, labels) = (tensor(new[] { 1f, 0, 0, 0, 3, 0 }, [2, 3]), tensor(new long[] { 0, 1 }));

        Classification.Blend(tensor(new byte[] { 100, 200 }, [2, 1]), 0.75).data<float>().ToArray().ShouldBe([125, 175]);
        var mixed = objective.Loss(logits, labels, 0.75).item<float>();

        var (own, other) = (objective.Loss(logits, labels, 1).item<float>(), objective.Loss(logits, tensor(new long[] { 1, 0 }), 1).item<float>());
        mixed.ShouldBe((0.75f * own) + (0.25f * other), 1e-5f);
    }

    [Fact]
    public void OwnShare_ManySteps_HasTheMeanAndSpreadOfItsBeta()
    {
        var objective = new Classification(new() { MixUp = 0.4, Seed = 3 }, Data);

        double[] shares = [.. Enumerable.Range(0, 20_000).Select(step => objective.OwnShare(step, 0))];

        var mean = shares.Average();
        mean.ShouldBe(0.5, 0.01);
        shares.Average(share => (share - mean) * (share - mean)).ShouldBe(1 / (4 * ((2 * 0.4) + 1)), 0.005); // Var of Beta(α, α).
        new Classification(new(), Data).OwnShare(1, 0).ShouldBe(1);
    }
}
