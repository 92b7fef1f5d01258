using Neuro.Learning.Dense;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;
using static TorchSharp.torch;

namespace Neuro.Learning.Detection;

/// <summary>What a detector's outputs mean: the loss that teaches them, and the objects that they tell of.</summary>
internal abstract class DetectionHead(ModelSpec spec)
{
    /// <summary>The head of a model that detects or finds instances; docs/models.md says which outputs tell it.</summary>
    public static DetectionHead Of(ModelSpec spec) => spec.Outputs.ContainsKey("regions") ? new RegionHead(spec) : spec.IsAnchorFree ? new AnchorFreeHead(spec) : new SsdHead(spec);

    /// <summary>What is kept to be measured: low scores too, since precision is averaged down to them.</summary>
    public static Suppression.Limits Measured { get; } = new() { Score = 0.01f, Iou = 0.6f, Kept = 300 };

    protected ModelSpec Spec { get; } = spec;

    /// <param name="labels">Of each picture, in pixels of the input.</param>
    /// <param name="seed">What is drawn, is drawn from it.</param>
    public abstract PartLoss Loss(Network network, Tensor pixels, IReadOnlyList<PictureLabels> labels, Pass pass, ulong seed);

    /// <summary>The objects of each picture, in pixels of the input; class ids without the background.</summary>
    public abstract IReadOnlyList<DetectedObject>[] Detect(Network network, Tensor pixels, bool bfloat16, Suppression.Limits limits);

    /// <summary>The grids of an output such as <c>class.k</c>, one below the other: <c>[N, rows, numbers]</c>.</summary>
    protected static Tensor Rows(IReadOnlyDictionary<string, Tensor> outputs, string output, int numbers) =>
        cat([.. Enumerable.Range(0, Grids(outputs.Keys, output)).Select(k => RegionLayers.Rows(outputs[$"{output}.{k}"], numbers))], 1);

    protected static int Grids(IEnumerable<string> outputs, string output) => outputs.Count(name => name.StartsWith(output + ".", StringComparison.Ordinal));

    /// <summary>Rows of <c>[…, 4]</c> at places of the flattened rest.</summary>
    protected static Tensor Pick(Tensor rows, IReadOnlyCollection<long> places) => rows.reshape(-1, rows.shape[^1]).index_select(0, tensor(places.ToArray(), device: rows.device));

    protected static Tensor Corners(IEnumerable<float> corners, Device device)
    {
        var values = corners.ToArray();
        return tensor(values, [values.Length / 4, 4], device: device);
    }

    /// <summary>Nothing, with a gradient of nothing: a term to which no label came.</summary>
    protected static Tensor Nothing(Tensor like) => like.sum().Times(0);
}
