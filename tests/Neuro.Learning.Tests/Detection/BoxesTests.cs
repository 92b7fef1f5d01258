using CsCheck;
using Neuro.Learning.Detection;
using Neuro.Learning.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Neuro.Learning.Tests.Detection;

public sealed class BoxesTests
{
    private static readonly double[] Meeting = [10, 20, 50, 60, 0, 0, 10, 30, 5, 5, 25, 30];
    private static readonly double[] Partners = [30, 10, 70, 50, 20, 20, 25, 25, 0, 4, 40, 26];

    public BoxesTests() => TorchRuntime.Load();

    [Fact]
    public void PairwiseIou_RandomBoxes_IsThatOfEachPair() =>
        Gen.Select(RandomBoxes.Some(1, 5), RandomBoxes.Some(1, 5)).Sample(
            (a, b) =>
            {
                using var scope = NewDisposeScope();
                var ious = Boxes.PairwiseIou(tensor(a, [a.Length / 4, 4]), tensor(b, [b.Length / 4, 4])).data<float>().ToArray();
                for (var at = 0; at < ious.Length; at++)
                {
                    var (i, j) = (at / (b.Length / 4), at % (b.Length / 4));
                    ((double)ious[at]).ShouldBe(RandomBoxes.Box(a, i).Iou(RandomBoxes.Box(b, j)), 1e-5);
                    Corners.Iou(a.AsSpan(4 * i, 4), b.AsSpan(4 * j, 4)).ShouldBe(ious[at], 1e-5f);
                }
            },
            threads: 1);

    /// <summary>As torchvision 0.14's generalized_box_iou and complete_box_iou say.</summary>
    [Fact]
    public void GiouAndCiou_OfTwoPairs_AreAsElsewhere()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (Pairs(Meeting[..8]), Pairs(Partners[..8]));

        Numbers(Boxes.Giou(a, b)).ShouldBe([0.09743589743589745, -0.5666666666666667], 1e-9);
        Numbers(Boxes.Ciou(a, b)).ShouldBe([0.1488020176558204, -0.24468713896170607], 1e-6);
    }

    [Fact]
    public void AllKinds_OfEqualBoxes_AreOne()
    {
        using var scope = NewDisposeScope();
        var boxes = Pairs(Meeting);

        foreach (var overlap in new[] { Boxes.Iou(boxes, boxes), Boxes.Giou(boxes, boxes), Boxes.Ciou(boxes, boxes) })
        {
            Numbers(overlap).ShouldBe([1, 1, 1], 1e-12);
        }
    }

    [Fact]
    public void Giou_FarApart_TendsToMinusOne()
    {
        using var scope = NewDisposeScope();

        Numbers(Boxes.Giou(Pairs([0, 0, 1, 1]), Pairs([1e6, 1e6, 1e6 + 1, 1e6 + 1]))).ShouldBe([-1], 1e-9);
    }

    [Fact]
    public void Gradients_AreFiniteDifferences()
    {
        Gradients.ShouldBeFiniteDifferences(boxes => Boxes.Iou(boxes, Pairs(Partners)), Meeting, [3, 4]);
        Gradients.ShouldBeFiniteDifferences(boxes => Boxes.Giou(boxes, Pairs(Partners)), Meeting, [3, 4]);
        Gradients.ShouldBeFiniteDifferences(boxes => Boxes.Giou(Pairs(Partners), boxes), Meeting, [3, 4]);
    }

    [Fact]
    public void GradientOfCiou_HoldsTheWeightOfProportions() =>
        Gradients.ShouldBeFiniteDifferences(boxes => Boxes.Ciou(boxes, Pairs(Partners)), Meeting, [3, 4], (fixedAt, moved) =>
        {
            var sum = 0.0;
            for (var i = 0; i < 3; i++)
            {
                var (unlike, iou, distance) = Parts(moved, i);
                var (unlikeThere, iouThere, _) = Parts(fixedAt, i);
                sum += (iou - distance - unlikeThere / (1 - iouThere + unlikeThere) * unlike) * Math.Cos((i + 1) * 0.7);
            }

            return sum;
        });

    [Fact]
    public void AnyKind_WrongShape_IsRefusedInManagedCode()
    {
        using var scope = NewDisposeScope();
        var four = zeros(2, 4);

        Should.Throw<ArgumentException>(() => Boxes.PairwiseIou(zeros(2, 5), four)).Message.ShouldContain("[2, 5]");
        Should.Throw<ArgumentException>(() => Boxes.Giou(four, zeros(3, 4))).Message.ShouldContain("[3, 4]");
        Should.Throw<ArgumentException>(() => Boxes.Ciou(zeros(8), zeros(8))).Message.ShouldContain("expected [any, 4]");
    }

    /// <summary>Zheng et al. 2020, equations 7 and 9, in plain numbers.</summary>
    private static (double Unlike, double Iou, double Distance) Parts(double[] corners, int i)
    {
        var (a, b) = (corners[(4 * i)..(4 * i + 4)], Partners[(4 * i)..(4 * i + 4)]);
        var iou = Box.FromCorners(a[0], a[1], a[2], a[3]).Iou(Box.FromCorners(b[0], b[1], b[2], b[3]));
        var turn = Math.Atan((b[2] - b[0]) / (b[3] - b[1])) - Math.Atan((a[2] - a[0]) / (a[3] - a[1]));
        var centres = Math.Pow((a[0] + a[2] - b[0] - b[2]) / 2, 2) + Math.Pow((a[1] + a[3] - b[1] - b[3]) / 2, 2);
        var hull = Math.Pow(Math.Max(a[2], b[2]) - Math.Min(a[0], b[0]), 2) + Math.Pow(Math.Max(a[3], b[3]) - Math.Min(a[1], b[1]), 2);
        return (4 / (Math.PI * Math.PI) * turn * turn, iou, centres / hull);
    }

    private static Tensor Pairs(double[] corners) => tensor(corners, [corners.Length / 4, 4], dtype: ScalarType.Float64);

    private static double[] Numbers(Tensor values) => values.data<double>().ToArray();
}
