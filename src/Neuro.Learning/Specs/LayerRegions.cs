namespace Neuro.Learning.Specs;

/// <summary>
/// The best regions <c>[R, 4]</c> (left, top, right, bottom in pixels of the input) of a region proposal network (Ren et al. 2015). Inputs: the objectness <c>[A, H, W]</c> of each level,
/// then the box codes <c>[4·A, H, W]</c> of each level, finest first; at each level one anchor side of <see cref="Sizes"/> in each of the <see cref="Ratios"/> (height over width).
/// </summary>
/// <param name="Count">Most regions of a picture after suppression.</param>
/// <param name="Before">Most regions of a level before it.</param>
/// <param name="Overlap">Intersection over union above which the lower score is dropped.</param>
public sealed record Proposals(
    string Name, IReadOnlyList<string> Inputs, IReadOnlyList<int> Sizes, IReadOnlyList<double> Ratios, int Count, int Before, double Overlap) : Layer(Name, Inputs)
{
    public override string Type => "proposals";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs)
    {
        var levels = Sizes.Count;
        if (inputs.Count != 2 * levels)
        {
            throw new ShapeMismatchException($"there are {inputs.Count} inputs; expected {2 * levels}: objectness and boxes of {levels} levels, one for each of the sizes");
        }

        for (var k = 0; k < levels; k++)
        {
            var (scores, boxes) = (Whole(inputs[k]), Whole(inputs[levels + k]));
            if (scores.Channels != Ratios.Count || boxes != scores with { Channels = 4 * Ratios.Count })
            {
                throw new ShapeMismatchException($"{Inputs[k]} is {scores} and {Inputs[levels + k]} is {boxes}; expected {Ratios.Count} and {4 * Ratios.Count} channels of the same sides");
            }
        }

        return TensorShape.Flat(4) with { Regions = Count };
    }
}

/// <summary>
/// The final boxes <c>[R, 4]</c> of a detector by regions. Inputs: the regions <c>[R, 4]</c>, their class scores <c>[R, classes]</c> (class 0 is the background) and box codes <c>[R, 4·classes]</c>.
/// What reads it sees each box once, for its best class.
/// </summary>
/// <param name="Count">Most boxes of a picture.</param>
/// <param name="Score">Least probability of a box.</param>
/// <param name="Overlap">Intersection over union above which the lower score of the same class is dropped.</param>
public sealed record Detections(string Name, IReadOnlyList<string> Inputs, int Count, double Score, double Overlap) : Layer(Name, Inputs)
{
    public override string Type => "detections";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs)
    {
        var (regions, classes, boxes) = (inputs[0], inputs[1], inputs[2]);
        return RoiAlign.IsRegions(regions) && classes.IsFlat && classes.Regions == regions.Regions && boxes.Channels == 4L * classes.Channels && boxes == classes with { Channels = boxes.Channels }
            ? TensorShape.Flat(4) with { Regions = Count }
            : throw new ShapeMismatchException($"the inputs are {regions}, {classes} and {boxes}; expected regions [R, 4], scores [R, classes] and boxes [R, 4·classes]");
    }
}

/// <summary>
/// A picture <c>[C, Size]</c> of each region, sampled from the level of a feature pyramid that fits its size (RoIAlign, He et al. 2017; the level by Lin et al. 2017, eq. 1, with 224 pixels at stride 16).
/// Inputs: the regions <c>[R, 4]</c>, then the levels, finest first.
/// </summary>
/// <param name="Sampling">Samples along each side of a cell.</param>
public sealed record RoiAlign(string Name, IReadOnlyList<string> Inputs, Pair Size, int Sampling) : Layer(Name, Inputs)
{
    public override string Type => "roi_align";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs)
    {
        if (!IsRegions(inputs[0]))
        {
            throw new ShapeMismatchException($"{Inputs[0]} is {inputs[0]}; expected regions [R, 4], what a proposals or detections layer gives");
        }

        var levels = inputs.Skip(1).Select(Whole).ToList();
        var odd = levels.FindIndex(level => level.Channels != levels[0].Channels);
        return odd >= 0
            ? throw new ShapeMismatchException($"{Inputs[1]} is {levels[0]} but {Inputs[1 + odd]} is {levels[odd]}; all levels must have the same channels")
            : new(levels[0].Channels, Size.Height, Size.Width, Regions: inputs[0].Regions);
    }

    internal override long Macs(TensorShape input, TensorShape output) => output.Count * 4 * Sampling * Sampling;

    internal static bool IsRegions(TensorShape shape) => shape is { IsFlat: true, IsPerRegion: true, Channels: 4 };
}
