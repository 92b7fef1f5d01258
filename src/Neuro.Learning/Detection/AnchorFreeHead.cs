using Neuro.Learning.Dense;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Neuro.Learning.Detection;

/// <summary>A one-stage head without anchors: <c>class.k</c>, <c>box.k</c> (distances in strides, before a softplus) and <c>objectness.k</c> (centre-ness).</summary>
/// <remarks>Labels go to points by task-aligned assignment (Feng et al. 2021); classes learn the overlap reached (varifocal loss, Zhang et al. 2021), boxes by complete
/// overlap, centre-ness as in Tian et al. 2019, equation 3. An object's score is the root of class times centre-ness.</remarks>
internal sealed class AnchorFreeHead : DetectionHead
{
    private readonly float[] points;
    private readonly float[] strides;

    public AnchorFreeHead(ModelSpec spec)
        : base(spec)
    {
        var levels = Enumerable.Range(0, Grids(spec.Outputs.Keys, "class")).Select(k => spec.Outputs[$"class.{k}"])
            .Select(layer => (Shape: spec.ShapeOf(layer), Stride: 1 << RegionLayers.LevelOf(spec, layer))).ToList();
        points = [.. levels.SelectMany(level => Anchors.Centres(level.Shape.Height, level.Shape.Width, level.Stride))];
        strides = [.. levels.SelectMany(level => Enumerable.Repeat((float)level.Stride, level.Shape.Height * level.Shape.Width))];
    }

    private int Points => strides.Length;

    public override PartLoss Loss(Network network, Tensor pixels, IReadOnlyList<PictureLabels> labels, Pass pass, ulong seed)
    {
        var (logits, distances, centres) = Predict(network, pixels, pass.BFloat16, pass.Random);
        var centre = tensor(points, [Points, 2], device: pixels.device);
        var boxes = BoxCoding.DecodeDistances(distances.reshape(-1, 4), centre.repeat(labels.Count, 1));
        var learnt = Assign(labels, RegionLayers.Numbers(boxes), RegionLayers.Numbers(logits.sigmoid()));
        var weight = 1 / Math.Max(1, learnt.Sum(one => one.Score));

        var targets = new float[labels.Count * Points * Spec.Classes];
        learnt.ForEach(one => targets[(one.Row * Spec.Classes) + one.ClassId] = one.Score);
        var classLoss = DetectionLosses.Varifocal(logits, tensor(targets, logits.shape, device: pixels.device)).sum().Times(weight);
        if (learnt.Count == 0)
        {
            return new([("class", classLoss), ("box", Nothing(distances)), ("centre", Nothing(centres))], 0, 0);
        }

        long[] rows = [.. learnt.Select(one => one.Row)];
        var (scores, wanted) = (tensor(learnt.Select(one => one.Score).ToArray(), device: pixels.device), Corners(learnt.SelectMany(one => one.Corners), pixels.device));
        var boxLoss = (DetectionLosses.Ciou(Pick(boxes, rows), wanted) * scores).sum().Times(BoxWeight * weight);
        var centreLoss = F.binary_cross_entropy_with_logits(Pick(centres, rows).flatten(), tensor(learnt.Select(Centred).ToArray(), device: pixels.device)).Times(CentreWeight);
        var named = Pick(logits, rows).argmax(1).eq(tensor(learnt.Select(one => (long)one.ClassId).ToArray(), device: pixels.device)).sum().item<long>();
        return new([("class", classLoss), ("box", boxLoss), ("centre", centreLoss)], named, learnt.Count);
    }

    // As in TOOD, boxes count twice; centre-ness is easy and counts half.
    private const double BoxWeight = 2;
    private const double CentreWeight = 0.5;

    public override IReadOnlyList<DetectedObject>[] Detect(Network network, Tensor pixels, bool bfloat16, Suppression.Limits limits)
    {
        var (logits, distances, centres) = Predict(network, pixels, bfloat16, null);
        var (scores, sides) = (RegionLayers.Numbers((logits.sigmoid() * centres.sigmoid()).sqrt()), RegionLayers.Numbers(distances));
        for (var i = 0; i < scores.Length; i++)
        {
            // Back to a logit, which is what is decoded.
            scores[i] = MathF.Log(scores[i] / (1 - scores[i]));
        }

        var (a, b) = (Points * Spec.Classes, Points * 4);
        return [.. Enumerable.Range(0, (int)pixels.shape[0]).Select(n =>
            Decoding.AnchorFree(sides.AsSpan(n * b, b), scores.AsSpan(n * a, a), points, RegionLayers.FrameOf(Spec), limits))];
    }

    /// <summary>Class logits <c>[N, points, classes]</c>, distances <c>[N, points, 4]</c> in pixels and centre-ness logits <c>[N, points, 1]</c>.</summary>
    private (Tensor Logits, Tensor Distances, Tensor Centres) Predict(Network network, Tensor pixels, bool bfloat16, Generator? random)
    {
        var outputs = network.Outputs(pixels, bfloat16, random);
        return (Rows(outputs, "class", Spec.Classes), Rows(outputs, "box", 4).Softplus() * tensor(strides, [1, Points, 1], device: pixels.device), Rows(outputs, "objectness", 1));
    }

    /// <summary>A point that learns an object.</summary>
    private sealed record Learnt(long Row, int ClassId, float Score, float[] Corners, float X, float Y);

    private List<Learnt> Assign(IReadOnlyList<PictureLabels> labels, float[] boxes, float[] scores)
    {
        var learnt = new List<Learnt>();
        for (var n = 0; n < labels.Count; n++)
        {
            var (corners, classes) = (labels[n].Corners, labels[n].ClassIds);
            var assigned = TaskAligned.Assign(points, boxes.AsSpan(n * Points * 4, Points * 4), scores.AsSpan(n * Points * Spec.Classes, Points * Spec.Classes), corners, classes);
            for (var i = 0; i < Points; i++)
            {
                if (assigned[i] is { Label: >= 0, Score: > 0 } one)
                {
                    learnt.Add(new(((long)n * Points) + i, classes[one.Label], one.Score, corners[(4 * one.Label)..((4 * one.Label) + 4)], points[2 * i], points[(2 * i) + 1]));
                }
            }
        }

        return learnt;
    }

    private static float Centred(Learnt one)
    {
        var (left, top, right, bottom) = (one.X - one.Corners[0], one.Y - one.Corners[1], one.Corners[2] - one.X, one.Corners[3] - one.Y);
        return MathF.Sqrt(MathF.Min(left, right) / MathF.Max(left, right) * (MathF.Min(top, bottom) / MathF.Max(top, bottom)));
    }
}
