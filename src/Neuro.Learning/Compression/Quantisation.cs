using Neuro.Client.Api;
using Neuro.Learning.Exchange;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;

namespace Neuro.Learning.Compression;

/// <summary>How a model is made to compute with whole numbers of eight bits.</summary>
public sealed record QuantisationOptions
{
    /// <summary>Share of each value's numbers that its range may leave out, so that a few far ones do not make all steps coarse; 0 takes the extremes.</summary>
    /// <value>0.0001</value>
    public double Tails { get; init; } = 1e-4;

    /// <summary>Whether weights take seven bits: for processors without VNNI, whose sums of two products of eight bits can overflow.</summary>
    /// <value>false</value>
    public bool ReducedRange { get; init; }

    /// <summary>Convolutions and linear layers that go on computing in fp32.</summary>
    public IReadOnlyCollection<string> Float32 { get; init; } = [];
}

/// <summary>Post-training quantisation: weights as int8, symmetric with a scale for each output channel; values as uint8 with a scale and a zero each, calibrated
/// on pictures (Jacob et al. 2018; Krishnamoorthi 2018).</summary>
/// <remarks>Written as QuantizeLinear and DequantizeLinear around ordinary operators, which OnnxRuntime joins to its int8 kernels and any other runtime computes as
/// they stand.</remarks>
public static class Quantisation
{
    private const int MaxPictures = 10_000;

    /// <summary>The ONNX file. It reads and gives what the file in fp32 does.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="pictures">Pictures like those that it will see, bytes <c>[H, W, 3]</c> each; a hundred are enough.</param>
    /// <param name="options">Calibration, and which layers.</param>
    /// <param name="card">For the file's metadata.</param>
    /// <exception cref="NeuroException"><c>quantisation.no_pictures</c>, <c>quantisation.picture_size</c>, <c>quantisation.unsupported_layer</c>,
    /// <c>quantisation.unknown_layer</c>, <c>quantisation.out_of_range</c>, <c>weights.mismatch</c>.</exception>
    public static byte[] Quantise(
        ModelSpec spec, IReadOnlyDictionary<string, TensorValues> weights, IReadOnlyList<byte[]> pictures, QuantisationOptions? options = null, ModelCard? card = null)
    {
        options ??= new();
        Check(spec, pictures, options);
        var (folded, values) = Inference.Fold(spec, weights);
        var kept = options.Float32.ToHashSet();
        var ranges = Calibration.Ranges(folded, values, QuantisedGraph.Measured(folded, kept), pictures, options.Tails);
        return new QuantisedGraph(folded, values, ranges, kept, options.ReducedRange ? 63 : 127).Write(spec, card);
    }

    private static void Check(ModelSpec spec, IReadOnlyList<byte[]> pictures, QuantisationOptions options)
    {
        var odd = spec.Layers.FirstOrDefault(layer => layer is Proposals or Detections or RoiAlign or MaxUnpool);
        Require(odd is null, "quantisation.unsupported_layer",
            $"Layer '{odd?.Name}' ({odd?.Type}) of '{spec.Name}' cannot be quantised: where its numbers go depends on the picture. "
            + "Models without regions and unpooling can be.");
        var known = spec.Layers.Where(layer => layer is Conv2d or Linear).Select(layer => layer.Name).ToHashSet();
        Require(known.Count > 0, "quantisation.unsupported_layer",
            $"'{spec.Name}' has neither a convolution nor a linear layer: there is nothing to quantise.");
        var unknown = options.Float32.FirstOrDefault(name => !known.Contains(name));
        Require(unknown is null, "quantisation.unknown_layer",
            $"'{unknown}' is to stay in fp32, but is no convolution or linear layer of '{spec.Name}'; {Nearest.Sentence(unknown ?? "", known)}");
        Require(options.Tails is >= 0 and <= 0.1, "quantisation.out_of_range",
            FormattableString.Invariant($"The share of numbers that a range may leave out is {options.Tails}; expected 0 to 0.1."));
        Require(pictures.Count is > 0 and <= MaxPictures, "quantisation.no_pictures",
            $"There are {pictures.Count:N0} pictures to calibrate on; give from 1 to {MaxPictures:N0} like those that the model will see; a hundred are enough.");
        var size = spec.Input[0] * spec.Input[1] * spec.Input[2];
        var other = pictures.FirstOrDefault(picture => picture.Length != size);
        Require(other is null, "quantisation.picture_size",
            $"A picture to calibrate on has {other?.Length:N0} bytes; "
            + $"'{spec.Name}' reads {spec.Input[1]} × {spec.Input[2]} pixels of {spec.Input[0]} bytes, {size:N0}.");
    }

    private static void Require(bool holds, string code, string message)
    {
        if (!holds)
        {
            throw new NeuroException(code, message);
        }
    }
}
