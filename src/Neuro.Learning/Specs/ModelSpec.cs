using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Neuro.Client.Api;

namespace Neuro.Learning.Specs;

/// <summary>A model as data: a typed graph of layers from one picture, or one signal, to its named outputs. It holds no weights and no code.</summary>
/// <remarks>
/// A spec that exists has been checked: every layer is known, every shape fits, there is no cycle and the sizes are bounded.
/// What every model reads: RGB in 0..255, <c>[N, 3, H, W]</c>, or µ-law codes in 0..255, <c>[N, C, 1, T]</c>; its first step is <c>(x − <see cref="InputMean"/>) / <see cref="InputDeviation"/></c>,
/// in training and inside the exported ONNX graph alike, so that no caller normalises.
/// </remarks>
public sealed record ModelSpec
{
    public const float DefaultMean = 127.5f;
    public const float DefaultDeviation = 63.75f;

    /// <summary>The name by which layers read the picture.</summary>
    public const string InputName = "input";

    private readonly Graph graph;

    /// <summary>Checks the graph.</summary>
    /// <param name="name">Of the model.</param>
    /// <param name="input">Channels, height and width.</param>
    /// <param name="classes">Classes to tell apart.</param>
    /// <param name="layers">In any order.</param>
    /// <param name="task">What it is for.</param>
    /// <param name="outputs">Name of each output and its layer; if left out, the one layer that no other reads is <c>logits</c>.</param>
    /// <param name="inputMean">A number for each channel; <see cref="DefaultMean"/> if left out.</param>
    /// <param name="inputDeviation">A number for each channel; <see cref="DefaultDeviation"/> if left out.</param>
    /// <exception cref="NeuroException"><c>model.*</c>, naming the layer and the shapes.</exception>
    public ModelSpec(
        string name, IReadOnlyList<int> input, int classes, IReadOnlyList<Layer> layers, ModelTask task = ModelTask.Classify, IReadOnlyDictionary<string, string>? outputs = null,
        IReadOnlyList<float>? inputMean = null, IReadOnlyList<float>? inputDeviation = null)
    {
        Name = name;
        Input = input;
        Classes = classes;
        Task = task;
        InputMean = inputMean ?? Everywhere(DefaultMean);
        InputDeviation = inputDeviation ?? Everywhere(DefaultDeviation);
        graph = Graph.Check(this, layers, outputs);

        float[] Everywhere(float value) => input.Count > 0 && input[0] is > 0 and < 1024 ? [.. Enumerable.Repeat(value, input[0])] : [];
    }

    public string Name { get; }

    /// <summary>Channels, height and width: <c>[3, H, W]</c> of a picture, <c>[C, 1, T]</c> of a signal.</summary>
    public IReadOnlyList<int> Input { get; }

    public int Classes { get; }

    public ModelTask Task { get; }

    /// <summary>What is subtracted from each channel of the input.</summary>
    public IReadOnlyList<float> InputMean { get; }

    /// <summary>What each channel is divided by thereafter.</summary>
    public IReadOnlyList<float> InputDeviation { get; }

    /// <summary>The name of each output and its layer.</summary>
    public IReadOnlyDictionary<string, string> Outputs => graph.Outputs;

    /// <summary>The layers, each after the ones it reads; a single output's comes last.</summary>
    public IReadOnlyList<Layer> Layers => graph.Order;

    /// <summary>Trained numbers; neither running statistics nor frozen normalisation.</summary>
    public long Parameters => graph.Parameters;

    /// <summary>Multiply-accumulates for one sample forward, with as many regions as there may be.</summary>
    public long Macs => graph.Macs;

    /// <summary>SHA-256 (hex) of the canonical JSON: sorted keys, no white space.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(SpecJson.Canonical(SpecJson.Write(this)))));

    /// <summary>Reads a spec from a stranger.</summary>
    /// <exception cref="NeuroException"><c>model.invalid</c>, <c>model.unknown_layer</c>, <c>model.shape_mismatch</c>, <c>model.cycle</c>, <c>model.too_large</c>.</exception>
    public static ModelSpec Parse(string json) => SpecJson.Read(json);

    public string ToJson() => SpecJson.Write(this).ToJsonString(SpecJson.Readable);

    /// <summary>The JSON schema of specs: docs/model.schema.json.</summary>
    public static string Schema() => SpecJson.Schema();

    /// <summary>Whether it computes by regions, whose number depends on the picture; such a model has no ONNX file.</summary>
    public bool IsByRegions => Layers.Any(layer => layer is Proposals or Detections or RoiAlign);

    /// <summary>Whether it predicts at grid points without anchors: boxes on a grid that come with a centre-ness.</summary>
    internal bool IsAnchorFree => Task == ModelTask.Detect && Outputs.ContainsKey("objectness.0") && !Outputs.ContainsKey("regions");

    /// <summary>Whether class 0 is what is none of the data's classes.</summary>
    public bool HasBackground => Task is ModelTask.Segment or ModelTask.Instances || (Task == ModelTask.Detect && !IsAnchorFree);

    /// <summary>The name of class 0 where it is the background.</summary>
    internal const string Background = "background";

    /// <summary>The output shape of a layer, or the input's for <see cref="InputName"/>.</summary>
    public TensorShape ShapeOf(string layer) => graph.Shapes[layer];

    /// <summary>A layer's trained numbers and its multiply-accumulates for one sample, with as many regions as there may be.</summary>
    public (long Parameters, long Macs) CostOf(Layer layer)
    {
        var (input, output) = (ShapeOf(layer.Inputs[0]), ShapeOf(layer.Name));
        return (layer.Weights(input).Where(weight => weight.Trained).Sum(weight => weight.Count), layer.Macs(input, output) * Math.Max(1, output.Regions));
    }

    public bool Equals(ModelSpec? other) => other is not null && Hash == other.Hash;

    public override int GetHashCode() => Hash.GetHashCode(StringComparison.Ordinal);
}
