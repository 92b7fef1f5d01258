using static TorchSharp.torch;

namespace Neuro.Learning.Detection;

/// <summary>How much boxes overlap. Boxes are corners <c>[N, 4]</c>: left, top, right, bottom in pixels; gradients flow through all tensors.</summary>
internal static class Boxes
{
    // Keeps divisors of boxes without area from being 0; far below what a pixel's fraction makes.
    private const double Tiny = 1e-9;

    /// <summary>Intersection over union of each of <c>[N, 4]</c> with each of <c>[M, 4]</c>: <c>[N, M]</c>.</summary>
    public static Tensor PairwiseIou(Tensor a, Tensor b)
    {
        Require(a, b);
        using var scope = NewDisposeScope();
        return Overlap(a.unsqueeze(1), b.unsqueeze(0)).Iou.MoveToOuterDisposeScope();
    }

    /// <summary>Intersection over union of each with its partner: <c>[N]</c>.</summary>
    public static Tensor Iou(Tensor a, Tensor b)
    {
        RequirePairs(a, b);
        using var scope = NewDisposeScope();
        return Overlap(a, b).Iou.MoveToOuterDisposeScope();
    }

    /// <summary>Generalised intersection over union (Rezatofighi et al. 2019, algorithm 1): −1 to 1, and a slope where boxes do not meet. <c>[N]</c>.</summary>
    public static Tensor Giou(Tensor a, Tensor b)
    {
        RequirePairs(a, b);
        using var scope = NewDisposeScope();
        var (iou, union) = Overlap(a, b);
        var (width, height) = Hull(a, b);
        var hull = width * height;
        return iou.Minus(hull.Minus(union) / hull.AtLeast(Tiny)).MoveToOuterDisposeScope();
    }

    /// <summary>Complete intersection over union (Zheng et al. 2020, equations 8 to 11): less for distant centres and other proportions. <c>[N]</c>.</summary>
    /// <remarks>The weight of the proportions is a constant for gradients, as its authors have it.</remarks>
    public static Tensor Ciou(Tensor a, Tensor b)
    {
        RequirePairs(a, b);
        using var scope = NewDisposeScope();
        var (iou, _) = Overlap(a, b);
        var (width, height) = Hull(a, b);
        var diagonal = (width * width).Plus(height * height);
        var across = Side(a, 0).Plus(Side(a, 2)).Minus(Side(b, 0)).Minus(Side(b, 2));
        var down = Side(a, 1).Plus(Side(a, 3)).Minus(Side(b, 1)).Minus(Side(b, 3));
        var distance = (across * across).Plus(down * down).Times(0.25);
        var turn = Proportion(b).Minus(Proportion(a));
        var unlike = (turn * turn).Times(4 / (Math.PI * Math.PI));
        var weight = (unlike / iou.FromOne().Plus(unlike).AtLeast(Tiny)).detach();
        return iou.Minus(distance / diagonal.AtLeast(Tiny)).Minus(weight * unlike).MoveToOuterDisposeScope();
    }

    private static (Tensor Iou, Tensor Union) Overlap(Tensor a, Tensor b)
    {
        var width = minimum(Side(a, 2), Side(b, 2)).Minus(maximum(Side(a, 0), Side(b, 0))).AtLeast(0);
        var height = minimum(Side(a, 3), Side(b, 3)).Minus(maximum(Side(a, 1), Side(b, 1))).AtLeast(0);
        var shared = width * height;
        var union = Area(a).Plus(Area(b)).Minus(shared);
        return (shared / union.AtLeast(Tiny), union);
    }

    /// <summary>Width and height of the smallest box around both.</summary>
    private static (Tensor Width, Tensor Height) Hull(Tensor a, Tensor b) =>
        (maximum(Side(a, 2), Side(b, 2)).Minus(minimum(Side(a, 0), Side(b, 0))), maximum(Side(a, 3), Side(b, 3)).Minus(minimum(Side(a, 1), Side(b, 1))));

    private static Tensor Proportion(Tensor boxes) => atan(Side(boxes, 2).Minus(Side(boxes, 0)) / Side(boxes, 3).Minus(Side(boxes, 1)).AtLeast(Tiny));

    private static Tensor Area(Tensor boxes) => Side(boxes, 2).Minus(Side(boxes, 0)) * Side(boxes, 3).Minus(Side(boxes, 1));

    private static Tensor Side(Tensor boxes, long side) => boxes.select(-1, side);

    private static void RequirePairs(Tensor a, Tensor b)
    {
        Require(a, b);
        TensorShapes.RequireSame(a, nameof(a), b, nameof(b));
    }

    private static void Require(Tensor a, Tensor b)
    {
        TensorShapes.Require(a, nameof(a), -1, 4);
        TensorShapes.Require(b, nameof(b), -1, 4);
    }
}
