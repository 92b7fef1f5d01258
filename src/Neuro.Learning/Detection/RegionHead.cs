using Neuro.Kernels.Labels;
using Neuro.Learning.Dense;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Neuro.Learning.Detection;

/// <summary>The two stages of Faster R-CNN (Ren et al. 2015) and, where there is one, the masks of Mask R-CNN (He et al. 2017).</summary>
internal sealed class RegionHead : DetectionHead
{
    // Anchors and regions that a picture's step learns from, and how many of them may show objects (Ren et al. 2015, section 3.1.3; Girshick 2015, section 2.3).
    private const int AnchorsSampled = 256;
    private const int RegionsSampled = 64;
    private const double AnchorsPositive = 0.5;
    private const double RegionsPositive = 0.25;
    private const double AnchorBeta = 1.0 / 9;
    private const double MaskThreshold = 0.5;

    private readonly Proposals proposals;
    private readonly Detections? detections;
    private readonly float[] anchors;

    public RegionHead(ModelSpec spec)
        : base(spec)
    {
        proposals = spec.Layers.OfType<Proposals>().First();
        detections = spec.Layers.OfType<Detections>().FirstOrDefault();
        anchors = [.. Enumerable.Range(0, proposals.Sizes.Count).SelectMany(k => RegionLayers.AnchorsOf(proposals, spec, k))];
    }

    public override PartLoss Loss(Network network, Tensor pixels, IReadOnlyList<PictureLabels> labels, Pass pass, ulong seed)
    {
        var drawn = new List<Drawn>();
        var regions = new RegionPass((layer, found) =>
        {
            if (layer is Proposals)
            {
                drawn.AddRange(labels.SelectMany((picture, n) => Draw(found.Of(n), picture, n, SplitMix.For(seed, (ulong)n).Next())));
                return RegionsOf(drawn);
            }

            return RegionsOf(drawn.Where(one => one.Object >= 0));
        });
        var outputs = network.Outputs(pixels, pass.BFloat16, pass.Random, regions);
        var (objectness, anchor) = AnchorLoss(outputs, labels, seed);

        var (logits, codes) = (outputs["class"], outputs["box"]);
        var wanted = tensor(drawn.Select(one => (long)one.Label(labels)).ToArray(), device: pixels.device);
        var terms = new List<(string, Tensor)> { ("objectness", objectness), ("anchor", anchor), ("class", F.cross_entropy(logits, wanted)) };
        var positives = drawn.Index().Where(one => one.Item.Object >= 0).ToList();
        if (positives.Count == 0)
        {
            terms.Add(("box", Nothing(codes)));
            terms.AddRange(detections is null ? [] : [("mask", Nothing(outputs["mask"]))]);
            return new(terms, 0, 0);
        }

        var (boxes, from) = (Corners(positives.SelectMany(one => one.Item.Wanted(labels)), pixels.device), Corners(positives.SelectMany(one => one.Item.Corners), pixels.device));
        long[] ofClass = [.. positives.Select(one => ((long)one.Index * Spec.Classes) + one.Item.Label(labels))];
        var placed = DetectionLosses.SmoothL1(Pick(codes.reshape(-1, 4), ofClass), BoxCoding.Encode(boxes, from, BoxCoding.Variances.Tenths)).sum().Times(1.0 / drawn.Count);
        terms.Add(("box", placed));
        if (detections is not null)
        {
            terms.Add(("mask", MaskLoss(outputs["mask"], [.. positives.Select(one => one.Item)], labels)));
        }

        var rows = tensor(positives.Select(one => (long)one.Index).ToArray(), device: pixels.device);
        var right = logits.index_select(0, rows).argmax(1).eq(wanted.index_select(0, rows)).sum().item<long>();
        return new(terms, right, positives.Count);
    }

    public override IReadOnlyList<DetectedObject>[] Detect(Network network, Tensor pixels, bool bfloat16, Suppression.Limits limits)
    {
        var (regions, pictures) = (new RegionPass(), (int)pixels.shape[0]);
        var outputs = network.Outputs(pixels, bfloat16, regions: regions);
        if (detections is null)
        {
            return RegionLayers.Detect(regions.Of(proposals.Name), pictures, Spec, outputs["class"], outputs["box"], limits);
        }

        var found = regions.Of(detections.Name);
        var (side, masks) = ((int)outputs["mask"].shape[3], RegionLayers.Numbers(outputs["mask"].sigmoid()));
        DetectedObject[] objects = [.. found.Objects!.Select((one, i) =>
            one with { Mask = Pasted(masks.AsSpan(((i * Spec.Classes) + one.ClassId + 1) * side * side, side * side), side, one.Box) })];
        return [.. Enumerable.Range(0, pictures).Select(n => objects.Where((_, i) => found.Images[i] == n).ToArray())];
    }

    /// <summary>A region that a step learns from, and the object that it shows; −1 for none.</summary>
    private sealed record Drawn(float[] Corners, int Image, int Object)
    {
        public int Label(IReadOnlyList<PictureLabels> labels) => Object < 0 ? 0 : labels[Image].ClassIds[Object] + 1;

        public float[] Wanted(IReadOnlyList<PictureLabels> labels) => labels[Image].Corners[(4 * Object)..((4 * Object) + 4)];
    }

    private static Regions RegionsOf(IEnumerable<Drawn> drawn)
    {
        var all = drawn.ToList();
        return new([.. all.SelectMany(one => one.Corners)], [.. all.Select(one => one.Image)]);
    }

    /// <summary>From what was proposed, and the labels themselves, so that there are regions that show something from the first step on.</summary>
    private IEnumerable<Drawn> Draw(float[] proposed, PictureLabels labels, int image, ulong seed)
    {
        float[] all = [.. proposed, .. labels.Corners];
        all = all.Length > 0 ? all : [0, 0, Spec.Input[2], Spec.Input[1]];
        var matches = Matching.Thresholds(all, labels.Corners, 0.5f, 0.5f, bestToo: false);
        var (positives, negatives) = Matching.Sample(matches, RegionsSampled, RegionsPositive, seed);
        return positives.Concat(negatives).Select(i => new Drawn(all[(4 * i)..((4 * i) + 4)], image, Math.Max(-1, matches[i])));
    }

    private (Tensor Objectness, Tensor Anchor) AnchorLoss(IReadOnlyDictionary<string, Tensor> outputs, IReadOnlyList<PictureLabels> labels, ulong seed)
    {
        var (logits, codes) = (Rows(outputs, "objectness", 1), Rows(outputs, "anchor", 4));
        var count = anchors.Length / 4;
        var (objects, others, wanted, from) = (new List<long>(), new List<long>(), new List<float>(), new List<float>());
        for (var n = 0; n < labels.Count; n++)
        {
            var matches = Matching.Thresholds(anchors, labels[n].Corners, 0.7f, 0.3f, bestToo: true);
            var (positives, negatives) = Matching.Sample(matches, AnchorsSampled, AnchorsPositive, SplitMix.For(seed, ulong.MaxValue, (ulong)n).Next());
            objects.AddRange(positives.Select(i => ((long)n * count) + i));
            others.AddRange(negatives.Select(i => ((long)n * count) + i));
            wanted.AddRange(positives.SelectMany(i => labels[n].Corners[(4 * matches[i])..((4 * matches[i]) + 4)]));
            from.AddRange(positives.SelectMany(i => anchors[(4 * i)..((4 * i) + 4)]));
        }

        long[] rows = [.. objects, .. others];
        float[] isObject = [.. objects.Select(_ => 1f), .. others.Select(_ => 0f)];
        var objectness = F.binary_cross_entropy_with_logits(Pick(logits, rows).flatten(), tensor(isObject, device: logits.device));
        if (wanted.Count == 0)
        {
            return (objectness, Nothing(codes));
        }

        var encoded = BoxCoding.Encode(Corners(wanted, codes.device), Corners(from, codes.device), BoxCoding.Variances.Ones);
        var anchor = DetectionLosses.SmoothL1(Pick(codes, objects), encoded, AnchorBeta).sum().Times(1.0 / rows.Length);
        return (objectness, anchor);
    }

    /// <summary>Mean binary cross-entropy of each region's mask of its class (He et al. 2017, section 3).</summary>
    private Tensor MaskLoss(Tensor masks, IReadOnlyList<Drawn> shown, IReadOnlyList<PictureLabels> labels)
    {
        var side = (int)masks.shape[3];
        long[] ofClass = [.. shown.Select((one, i) => ((long)i * Spec.Classes) + one.Label(labels))];
        var predicted = masks.reshape(-1, side, side).index_select(0, tensor(ofClass, device: masks.device));
        float[] wanted = [.. shown.SelectMany(one => labels[one.Image].MaskIn(one.Corners, one.Object, side))];
        return F.binary_cross_entropy_with_logits(predicted, tensor(wanted, predicted.shape, device: masks.device));
    }

    /// <summary>A mask of a box, read between its cells, in the whole picture.</summary>
    private RunLength Pasted(ReadOnlySpan<float> mask, int side, Box box)
    {
        var (width, height) = (Spec.Input[2], Spec.Input[1]);
        var pasted = new bool[width * height];
        var (bottom, right) = (Math.Min(height, Math.Ceiling(box.Y + box.Height)), Math.Min(width, Math.Ceiling(box.X + box.Width)));
        for (var y = (int)Math.Max(0, Math.Floor(box.Y)); y < bottom; y++)
        {
            for (var x = (int)Math.Max(0, Math.Floor(box.X)); x < right; x++)
            {
                pasted[(y * width) + x] = Between(mask, side, ((x + 0.5 - box.X) / box.Width * side) - 0.5, ((y + 0.5 - box.Y) / box.Height * side) - 0.5) >= MaskThreshold;
            }
        }

        return RunLength.Encode(width, height, pasted);
    }

    private static double Between(ReadOnlySpan<float> mask, int side, double x, double y)
    {
        (x, y) = (Math.Clamp(x, 0, side - 1), Math.Clamp(y, 0, side - 1));
        var (left, top) = ((int)x, (int)y);
        var (right, bottom, across, down) = (Math.Min(side - 1, left + 1), Math.Min(side - 1, top + 1), x - left, y - top);
        return ((1 - down) * (((1 - across) * mask[(top * side) + left]) + (across * mask[(top * side) + right])))
            + (down * (((1 - across) * mask[(bottom * side) + left]) + (across * mask[(bottom * side) + right])));
    }
}
