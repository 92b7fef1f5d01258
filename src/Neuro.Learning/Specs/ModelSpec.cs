using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Neuro.Client.Api;

namespace Neuro.Learning.Specs;

/// <summary>A model as data: a typed graph of layers from one picture to one score (logit) per class. It holds no weights and no code.</summary>
/// <remarks>
/// A spec that exists has been checked: every layer is known, every shape fits, there is no cycle and the sizes are bounded.
/// What every model reads: RGB in 0..255, <c>[N, 3, H, W]</c>; its first step is <c>(x − <see cref="InputMean"/>) / <see cref="InputDeviation"/></c>, in training and inside the exported ONNX graph alike, so that no caller normalises.
/// </remarks>
public sealed record ModelSpec
{
    public const float InputMean = 127.5f;
    public const float InputDeviation = 63.75f;

    /// <summary>The name by which layers read the picture.</summary>
    public const string InputName = "input";

    private readonly Graph graph;

    /// <summary>Checks the graph.</summary>
    /// <exception cref="NeuroException"><c>model.*</c>, naming the layer and the shapes.</exception>
    public ModelSpec(string name, IReadOnlyList<int> input, int classes, IReadOnlyList<Layer> layers)
    {
        Name = name;
        Input = input;
        Classes = classes;
        graph = Graph.Check(this, layers);
    }

    public string Name { get; }

    /// <summary>Channels, height and width of the picture; three channels.</summary>
    public IReadOnlyList<int> Input { get; }

    public int Classes { get; }

    /// <summary>The layers, each after the ones it reads; the last one gives the logits.</summary>
    public IReadOnlyList<Layer> Layers => graph.Order;

    /// <summary>Trained numbers, running statistics included.</summary>
    public long Parameters => graph.Parameters;

    /// <summary>Multiply-accumulates for one picture forward.</summary>
    public long Macs => graph.Macs;

    /// <summary>SHA-256 (hex) of the canonical JSON: sorted keys, no white space.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(SpecJson.Canonical(SpecJson.Write(this)))));

    /// <summary>Reads a spec from a stranger.</summary>
    /// <exception cref="NeuroException"><c>model.invalid</c>, <c>model.unknown_layer</c>, <c>model.shape_mismatch</c>, <c>model.cycle</c>, <c>model.too_large</c>.</exception>
    public static ModelSpec Parse(string json) => SpecJson.Read(json);

    public string ToJson() => SpecJson.Write(this).ToJsonString(SpecJson.Readable);

    /// <summary>The output shape of a layer, or the input's for <see cref="InputName"/>.</summary>
    public TensorShape ShapeOf(string layer) => graph.Shapes[layer];

    public bool Equals(ModelSpec? other) => other is not null && Hash == other.Hash;

    public override int GetHashCode() => Hash.GetHashCode(StringComparison.Ordinal);
}
