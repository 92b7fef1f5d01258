using static TorchSharp.torch;

namespace Neuro.Learning.Detection;

/// <summary>Boxes as what a head predicts, relative to anchors. Boxes and anchors are corners <c>[N, 4]</c>: left, top, right, bottom.</summary>
internal static class BoxCoding
{
    // So that no prediction makes a box without bounds: at most 62.5 times the anchor (Detectron's limit).
    private static readonly double LargestLog = Math.Log(1000.0 / 16);

    /// <summary>How codes are scaled: divided by these when encoding. Centre for both centres, size for both logarithms.</summary>
    internal readonly record struct Variances(double Centre, double Size)
    {
        /// <summary>SSD's, and those of the second stage of R-CNNs.</summary>
        public static Variances Tenths { get; } = new(0.1, 0.2);

        /// <summary>A region proposal network's.</summary>
        public static Variances Ones { get; } = new(1, 1);
    }

    /// <summary>Centre offsets in anchor sizes and logarithms of size ratios (Girshick et al. 2014, appendix C), over the variances: <c>[N, 4]</c>.</summary>
    public static Tensor Encode(Tensor boxes, Tensor anchors, Variances variances)
    {
        Require(boxes, nameof(boxes), anchors);
        using var scope = NewDisposeScope();
        var (centre, size) = CentreSize(boxes);
        var (anchorCentre, anchorSize) = CentreSize(anchors);
        return cat([(centre.Minus(anchorCentre) / anchorSize).Times(1 / variances.Centre), (size / anchorSize).log().Times(1 / variances.Size)], 1).MoveToOuterDisposeScope();
    }

    /// <summary>The inverse of <see cref="Encode"/>; sizes are held to 62.5 times the anchor's.</summary>
    public static Tensor Decode(Tensor codes, Tensor anchors, Variances variances)
    {
        Require(codes, nameof(codes), anchors);
        using var scope = NewDisposeScope();
        var (anchorCentre, anchorSize) = CentreSize(anchors);
        var centre = (codes.narrow(1, 0, 2).Times(variances.Centre) * anchorSize).Plus(anchorCentre);
        var half = (codes.narrow(1, 2, 2).Times(variances.Size).AtMost(LargestLog).exp() * anchorSize).Times(0.5);
        return cat([centre.Minus(half), centre.Plus(half)], 1).MoveToOuterDisposeScope();
    }

    /// <summary>Distances from points <c>[N, 2]</c> to the sides of boxes, in pixels (Tian et al. 2019, equation 1): <c>[N, 4]</c>; negative outside.</summary>
    public static Tensor EncodeDistances(Tensor boxes, Tensor points)
    {
        RequirePoints(boxes, nameof(boxes), points);
        using var scope = NewDisposeScope();
        return cat([points.Minus(boxes.narrow(1, 0, 2)), boxes.narrow(1, 2, 2).Minus(points)], 1).MoveToOuterDisposeScope();
    }

    /// <summary>The inverse of <see cref="EncodeDistances"/>.</summary>
    public static Tensor DecodeDistances(Tensor distances, Tensor points)
    {
        RequirePoints(distances, nameof(distances), points);
        using var scope = NewDisposeScope();
        return cat([points.Minus(distances.narrow(1, 0, 2)), points.Plus(distances.narrow(1, 2, 2))], 1).MoveToOuterDisposeScope();
    }

    private static (Tensor Centre, Tensor Size) CentreSize(Tensor boxes)
    {
        var (first, last) = (boxes.narrow(1, 0, 2), boxes.narrow(1, 2, 2));
        return (first.Plus(last).Times(0.5), last.Minus(first));
    }

    private static void Require(Tensor tensor, string name, Tensor anchors)
    {
        TensorShapes.Require(anchors, nameof(anchors), -1, 4);
        TensorShapes.RequireSame(tensor, name, anchors, nameof(anchors));
    }

    private static void RequirePoints(Tensor tensor, string name, Tensor points)
    {
        TensorShapes.Require(points, nameof(points), -1, 2);
        TensorShapes.Require(tensor, name, points.shape[0], 4);
    }
}
