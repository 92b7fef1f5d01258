using Neuro.Learning.Dense;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Neuro.Learning.Detection;

/// <summary>A one-stage head with default boxes (Liu et al. 2016): <c>class.k</c>, the background first, and <c>box.k</c>. Class loss of matched boxes and of
/// three times as many hard negatives (section 2.2), smooth L1 of codes.</summary>
internal sealed class SsdHead : DetectionHead
{
    private const int NegativesAPositive = 3;

    /// <summary>Of a picture to which no label comes, so that it still teaches what is none.</summary>
    private const int LeastNegatives = 8;

    private readonly float[] defaults;

    public SsdHead(ModelSpec spec)
        : base(spec)
    {
        var grids = Enumerable.Range(0, Grids(spec.Outputs.Keys, "class")).Select(k => spec.ShapeOf(spec.Outputs[$"class.{k}"]));
        defaults = Anchors.Ssd(Anchors.SsdMaps([.. grids.Select(grid => (grid.Height, grid.Channels / spec.Classes))]), spec.Input[1]);
    }

    private int Defaults => defaults.Length / 4;

    public override PartLoss Loss(Network network, Tensor pixels, IReadOnlyList<PictureLabels> labels, Pass pass, ulong seed)
    {
        var (logits, codes) = Predict(network, pixels, pass.BFloat16, pass.Random);
        var matches = labels.Select(picture => Matching.Ssd(defaults, picture.Corners)).ToList();
        long[] classes = [.. matches.SelectMany((match, n) => match.Select(label => label < 0 ? 0L : labels[n].ClassIds[label] + 1))];
        var wanted = tensor(classes, device: pixels.device);
        var each = F.cross_entropy(logits.reshape(-1, Spec.Classes), wanted, reduction: nn.Reduction.None);
        var (hardness, count) = (RegionLayers.Numbers(each), Math.Max(1, classes.Count(one => one > 0)));
        var taken = matches.SelectMany((match, n) => Taken(match, hardness.AsSpan(n * Defaults, Defaults).ToArray()).Select(row => ((long)n * Defaults) + row)).ToArray();
        var classLoss = each.index_select(0, tensor(taken, device: pixels.device)).sum().Times(1.0 / count);

        long[] positives = [.. Enumerable.Range(0, classes.Length).Where(row => classes[row] > 0).Select(row => (long)row)];
        if (positives.Length == 0)
        {
            return new([("class", classLoss), ("box", Nothing(codes))], 0, 0);
        }

        var boxes = Corners(positives.SelectMany(row => BoxAt(row)), pixels.device);
        var anchors = Corners(positives.SelectMany(row => defaults[(int)(4 * (row % Defaults))..(int)((4 * (row % Defaults)) + 4)]), pixels.device);
        var boxLoss = DetectionLosses.SmoothL1(Pick(codes, positives), BoxCoding.Encode(boxes, anchors, BoxCoding.Variances.Tenths)).sum().Times(1.0 / count);
        var right = Pick(logits, positives).argmax(1).eq(wanted.index_select(0, tensor(positives, device: pixels.device))).sum().item<long>();
        return new([("class", classLoss), ("box", boxLoss)], right, positives.Length);

        float[] BoxAt(long row)
        {
            var (n, label) = ((int)(row / Defaults), matches[(int)(row / Defaults)][row % Defaults]);
            return labels[n].Corners[(4 * label)..((4 * label) + 4)];
        }
    }

    public override IReadOnlyList<DetectedObject>[] Detect(Network network, Tensor pixels, bool bfloat16, Suppression.Limits limits)
    {
        var (logits, codes) = Predict(network, pixels, bfloat16, null);
        var (scores, places) = (RegionLayers.Numbers(logits), RegionLayers.Numbers(codes));
        return [.. Enumerable.Range(0, (int)pixels.shape[0]).Select(n => Decoding.Ssd(
            places.AsSpan(n * Defaults * 4, Defaults * 4), scores.AsSpan(n * Defaults * Spec.Classes, Defaults * Spec.Classes), defaults, BoxCoding.Variances.Tenths, RegionLayers.FrameOf(Spec), limits))];
    }

    private (Tensor Logits, Tensor Codes) Predict(Network network, Tensor pixels, bool bfloat16, Generator? random)
    {
        var outputs = network.Outputs(pixels, bfloat16, random);
        return (Rows(outputs, "class", Spec.Classes), Rows(outputs, "box", 4));
    }

    /// <summary>All matched rows of a picture and its negatives of the highest loss; of equal losses the earlier.</summary>
    private static IEnumerable<int> Taken(int[] match, float[] hardness)
    {
        int[] positives = [.. Enumerable.Range(0, match.Length).Where(row => match[row] >= 0)];
        var negatives = Enumerable.Range(0, match.Length).Where(row => match[row] < 0).OrderByDescending(row => hardness[row])
            .Take(Math.Max(LeastNegatives, NegativesAPositive * positives.Length));
        return positives.Concat(negatives);
    }
}
