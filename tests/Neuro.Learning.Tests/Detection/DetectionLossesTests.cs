using Neuro.Learning.Detection;
using Neuro.Learning.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Neuro.Learning.Tests.Detection;

public sealed class DetectionLossesTests
{
    private static readonly double[] Logits = [-2, 0.5, 3, -0.7, 1.1, 0.2];

    public DetectionLossesTests() => TorchRuntime.Load();

    [Fact]
    public void SmoothL1_IsQuadraticThenLinear()
    {
        using var scope = NewDisposeScope();

        Numbers(DetectionLosses.SmoothL1(Of(0.5, -2, 0.1), Of(0, 0, 0))).ShouldBe([0.125, 1.5, 0.005], 1e-12);
        Numbers(DetectionLosses.SmoothL1(Of(0.5, -2, 0.1), Of(0, 0, 0), 0.2)).ShouldBe([0.4, 1.9, 0.025], 1e-12);
    }

    /// <summary>As torchvision 0.14's sigmoid_focal_loss says.</summary>
    [Fact]
    public void Focal_OfThreeLogits_IsAsElsewhere()
    {
        using var scope = NewDisposeScope();

        Numbers(DetectionLosses.Focal(Of(-2, 0.5, 3), Of(1, 0, 1))).ShouldBe([0.41251954485535225, 0.28305870064455735, 2.732083112424916e-05], 1e-12);
    }

    [Fact]
    public void Varifocal_IsItsDefinition()
    {
        using var scope = NewDisposeScope();
        double[] wanted = [0.8, 0, 0.3];

        var loss = Numbers(DetectionLosses.Varifocal(Of(-2, 0.5, 3), Of(wanted)));

        for (var i = 0; i < 3; i++)
        {
            var p = 1 / (1 + Math.Exp(-new[] { -2, 0.5, 3 }[i]));
            var q = wanted[i];
            loss[i].ShouldBe(q > 0 ? -q * (q * Math.Log(p) + (1 - q) * Math.Log(1 - p)) : -0.75 * p * p * Math.Log(1 - p), 1e-12);
        }
    }

    [Fact]
    public void Dice_GoodMask_IsNearZero_EmptyOfEmpty_IsZero()
    {
        using var scope = NewDisposeScope();
        var wanted = zeros(2, 8, 8, dtype: ScalarType.Float64);
        wanted[0, 2..6, 1..7] = tensor(1.0);

        var loss = Numbers(DetectionLosses.Dice((wanted - 0.5) * 60, wanted));
        var opposite = Numbers(DetectionLosses.Dice((0.5 - wanted) * 60, wanted));

        loss.ShouldBe([0, 0], 1e-9);
        opposite[0].ShouldBe(1 - 1.0 / (24 + 40 + 1), 1e-9);
    }

    [Fact]
    public void GiouAndCiou_OfEqualBoxes_AreZero()
    {
        using var scope = NewDisposeScope();
        var box = tensor(new double[] { 1, 2, 30, 40 }, [1, 4]);

        Numbers(DetectionLosses.Giou(box, box)).ShouldBe([0], 1e-12);
        Numbers(DetectionLosses.Ciou(box, box)).ShouldBe([0], 1e-12);
    }

    [Fact]
    public void HugeLogits_StayFinite()
    {
        using var scope = NewDisposeScope();

        Numbers(DetectionLosses.Focal(Of(-1e4, 1e4), Of(1, 0))).ShouldBe([2500, 7500], 1e-6);
        Numbers(DetectionLosses.Varifocal(Of(-1e4, 1e4), Of(1, 0))).ShouldBe([1e4, 7500], 1e-6);
    }

    [Fact]
    public void Gradients_AreFiniteDifferences()
    {
        Tensor Wanted(params double[] values) => tensor(values, [values.Length], dtype: ScalarType.Float64);
        Gradients.ShouldBeFiniteDifferences(x => DetectionLosses.SmoothL1(x, Wanted(0, 0, 0, 0, 0, 0), 0.6), Logits, [6]);
        Gradients.ShouldBeFiniteDifferences(x => DetectionLosses.Focal(x, Wanted(1, 0, 1, 1, 0, 0)), Logits, [6]);
        Gradients.ShouldBeFiniteDifferences(x => DetectionLosses.Varifocal(x, Wanted(0.4, 0, 0.9, 0, 0.1, 0)), Logits, [6]);
        Gradients.ShouldBeFiniteDifferences(x => DetectionLosses.Dice(x, Wanted(1, 0, 1, 0, 0, 0).reshape(1, 2, 3)), Logits, [1, 2, 3]);
        Gradients.ShouldBeFiniteDifferences(x => DetectionLosses.Giou(x, Wanted(1, 2, 5, 8).reshape(1, 4)), [2, 3, 9, 7], [1, 4]);
    }

    [Fact]
    public void AnyLoss_UnlikeShapes_AreRefused()
    {
        using var scope = NewDisposeScope();

        Should.Throw<ArgumentException>(() => DetectionLosses.Focal(zeros(2, 3), zeros(3, 2))).Message.ShouldContain("[3, 2]");
        Should.Throw<ArgumentException>(() => DetectionLosses.SmoothL1(zeros(2), zeros(3)));
        Should.Throw<ArgumentException>(() => DetectionLosses.Varifocal(zeros(2), zeros(1, 2)));
        Should.Throw<ArgumentException>(() => DetectionLosses.Dice(zeros(2, 3), zeros(2, 3))).Message.ShouldContain("expected [any, any, any]");
    }

    private static Tensor Of(params double[] values) => tensor(values, dtype: ScalarType.Float64);

    private static double[] Numbers(Tensor values) => values.data<double>().ToArray();
}
