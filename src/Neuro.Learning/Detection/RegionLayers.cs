using Neuro.Learning.Specs;
using Neuro.Learning.Training;
using static TorchSharp.torch;

namespace Neuro.Learning.Detection;

/// <summary>Boxes of several pictures.</summary>
/// <param name="Corners">Four numbers a box, in pixels of the model's input.</param>
/// <param name="Images">For each box, which picture of the batch it lies in.</param>
/// <param name="Objects">What was detected in each box, where that is known.</param>
internal sealed record Regions(float[] Corners, int[] Images, IReadOnlyList<DetectedObject>? Objects = null)
{
    public int Count => Images.Length;

    /// <summary>Those of one picture, four numbers a box.</summary>
    public float[] Of(int image) => [.. Enumerable.Range(0, Count).Where(i => Images[i] == image).SelectMany(i => Corners[(4 * i)..((4 * i) + 4)])];

    public static Regions From(IReadOnlyList<IReadOnlyList<DetectedObject>> pictures) => new(
        [.. pictures.SelectMany(objects => objects).SelectMany(one => one.Box.Corners())],
        [.. pictures.SelectMany((objects, image) => objects.Select(_ => image))], [.. pictures.SelectMany(objects => objects)]);
}

/// <summary>What the layers of regions gave in one pass; in training, what was chosen in place of it.</summary>
/// <param name="choose">Gives the boxes that later layers read, from the layer and what it found.</param>
internal sealed class RegionPass(Func<Layer, Regions, Regions>? choose = null)
{
    private readonly Dictionary<string, Regions> given = [];

    public Regions Of(string layer) => given[layer];

    public Regions Keep(Layer layer, Regions found) => given[layer.Name] = choose?.Invoke(layer, found) ?? found;
}

/// <summary>The layers whose number of results depends on the picture, computed. No gradient passes through the places of boxes (Ren et al. 2015, section 3.2).</summary>
internal static class RegionLayers
{
    /// <summary>The regions of a proposal network: the best of each level after suppression, then the best of all.</summary>
    /// <param name="inputs">Objectness <c>[N, A, H, W]</c> of each level, then codes <c>[N, 4·A, H, W]</c> of each level.</param>
    public static Regions Propose(Proposals layer, ModelSpec spec, Tensor[] inputs)
    {
        var levels = layer.Sizes.Count;
        var limits = new Suppression.Limits { Iou = (float)layer.Overlap, Score = 0, Candidates = layer.Before, Kept = layer.Count };
        var found = Enumerable.Range(0, (int)inputs[0].shape[0]).Select(_ => new List<DetectedObject>()).ToArray();
        for (var k = 0; k < levels; k++)
        {
            var (scores, codes, anchors) = (Numbers(Rows(inputs[k], 1)), Numbers(Rows(inputs[levels + k], 4)), AnchorsOf(layer, spec, k));
            var rows = anchors.Length / 4;
            for (var image = 0; image < found.Length; image++)
            {
                found[image].AddRange(Decoding.Proposals(codes.AsSpan(4 * rows * image, 4 * rows), scores.AsSpan(rows * image, rows), anchors, FrameOf(spec), limits));
            }
        }

        return Regions.From([.. found.Select(objects => objects.OrderByDescending(one => one.Score).Take(layer.Count).ToList())]);
    }

    /// <summary>The objects of each picture, from logits <c>[R, classes]</c> and codes <c>[R, 4·classes]</c> of its regions.</summary>
    public static IReadOnlyList<DetectedObject>[] Detect(Regions regions, int pictures, ModelSpec spec, Tensor logits, Tensor codes, Suppression.Limits limits)
    {
        var (scores, places) = (Numbers(logits), Numbers(codes));
        var (found, at) = (new IReadOnlyList<DetectedObject>[pictures], 0);
        for (var image = 0; image < pictures; image++)
        {
            // Regions come picture by picture.
            var corners = regions.Of(image);
            var rows = corners.Length / 4;
            found[image] = Decoding.RoiHead(places.AsSpan(4 * spec.Classes * at, 4 * spec.Classes * rows), scores.AsSpan(spec.Classes * at, spec.Classes * rows), corners, FrameOf(spec), limits);
            at += rows;
        }

        return found;
    }

    /// <summary>Features of each region <c>[R, C, size, size]</c> from the level that fits it, in fp32.</summary>
    public static Tensor Pool(Specs.RoiAlign layer, ModelSpec spec, Regions regions, Tensor[] levels)
    {
        var (finest, pooled, order) = (LevelOf(spec, layer.Inputs[1]), new List<Tensor>(), new List<long>());
        for (var k = 0; k < levels.Length; k++)
        {
            int[] own = [.. Enumerable.Range(0, regions.Count).Where(i => RoiAlign.Level(regions.Corners.AsSpan(4 * i, 4), finest, finest + levels.Length - 1) == finest + k)];
            if (own.Length > 0)
            {
                pooled.Add(RoiAlign.Pool(levels[k].to(ScalarType.Float32), [.. own.SelectMany(i => regions.Corners[(4 * i)..((4 * i) + 4)])], [.. own.Select(i => regions.Images[i])],
                    Math.Pow(2, -(finest + k)), layer.Size.Height, layer.Sampling));
                order.AddRange(own.Select(i => (long)i));
            }
        }

        if (pooled.Count == 0)
        {
            return zeros([0, levels[0].shape[1], layer.Size.Height, layer.Size.Width], device: levels[0].device);
        }

        // Back into the order of the regions.
        long[] place = [.. order.Index().OrderBy(one => one.Item).Select(one => (long)one.Index)];
        return cat(pooled, 0).index_select(0, tensor(place, device: levels[0].device));
    }

    /// <summary>Anchors of a level, in the order of <see cref="Rows"/>.</summary>
    public static float[] AnchorsOf(Proposals layer, ModelSpec spec, int level)
    {
        var shape = spec.ShapeOf(layer.Inputs[level]);
        return Anchors.Rpn(shape.Height, shape.Width, 1 << LevelOf(spec, layer.Inputs[level]), layer.Sizes[level], layer.Ratios);
    }

    /// <summary>How often a layer's plane has been halved: the power of two nearest to the input's height over its own.</summary>
    public static int LevelOf(ModelSpec spec, string layer) => (int)Math.Round(Math.Log2((double)spec.Input[1] / spec.ShapeOf(layer).Height));

    /// <summary>What a head puts out, <c>[N, A·numbers, H, W]</c>, as a row an anchor, cell by cell: <c>[N, H·W·A, numbers]</c>.</summary>
    public static Tensor Rows(Tensor output, int numbers) => output.permute(0, 2, 3, 1).reshape(output.shape[0], -1, numbers);

    public static Decoding.Frame FrameOf(ModelSpec spec) => new(spec.Input[2], spec.Input[1]);

    public static float[] Numbers(Tensor tensor) => Network.Values(tensor.to(ScalarType.Float32)).Values;
}
