using Neuro.Client.Api;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;

namespace Neuro.Learning.Exchange;

/// <summary>Writes a spec and its weights as an ONNX model (IR version 8, opset 17) that any ONNX runtime reads.</summary>
/// <remarks>
/// Input <c>pixels</c>: float <c>[N, C, H, W]</c>, in 0..255; one output for each of the spec's, such as <c>logits</c>: float <c>[N, classes]</c>. The normalisation of <see cref="ModelSpec"/> is inside the graph.
/// </remarks>
public static class OnnxExporter
{
    public const string Input = "pixels";
    public const string Output = TaskOutputs.Logits;

    private const int IrVersion = 8;
    private const int Opset = 17;

    /// <summary>A protobuf message has fewer than 2³¹ bytes, and a parameter four.</summary>
    private const long MaxParameters = 480_000_000;

    /// <param name="spec">The model.</param>
    /// <param name="weights">Its weights by name.</param>
    /// <param name="card">What it was trained on, whose hashes go into the file's metadata beside the spec's name and hash.</param>
    /// <exception cref="NeuroException"><c>weights.mismatch</c> when a weight is missing or has another shape than the spec's, <c>model.not_exportable</c>.</exception>
    public static byte[] Export(ModelSpec spec, IReadOnlyDictionary<string, TensorValues> weights, ModelCard? card = null) => Export(spec, weights, card, []);

    /// <summary>As the other, with the values of some layers as further outputs.</summary>
    internal static byte[] Export(ModelSpec spec, IReadOnlyDictionary<string, TensorValues> weights, ModelCard? card, IEnumerable<string> shown)
    {
        WeightLayout.Check(spec, weights);
        if (spec.Parameters > MaxParameters)
        {
            throw new NeuroException("model.not_exportable",
                $"'{spec.Name}' has {spec.Parameters:N0} parameters; an ONNX file of one piece holds at most {MaxParameters:N0}. Carry it as spec and safetensors.");
        }

        var graph = new OnnxGraph(spec.Name);
        Normalise(spec, graph);
        var operators = new OnnxOperators(spec, graph);
        foreach (var layer in spec.Layers)
        {
            operators.Write(layer);
        }

        foreach (var weight in WeightLayout.Of(spec))
        {
            graph.Floats(weight.Name, weight.Shape, weights[weight.Name].Values);
        }

        foreach (var layer in shown)
        {
            graph.Output(OnnxOperators.ValueName(layer), Sides(spec.ShapeOf(layer)));
        }

        return Finish(spec, graph, card, output => OnnxOperators.ValueName(spec.Outputs[output]));
    }

    /// <summary>The file of a graph whose layers are written: with input, outputs and metadata.</summary>
    internal static byte[] Finish(ModelSpec spec, OnnxGraph graph, ModelCard? card, Func<string, string> valueOf)
    {
        graph.Input(Input, [.. spec.Input]);
        foreach (var (output, layer) in spec.Outputs)
        {
            graph.Node("Identity", $"output:{output}", [valueOf(output)], output);
            graph.Output(output, Sides(spec.ShapeOf(layer)));
        }

        var model = new ProtoWriter()
            .Int(1, IrVersion)
            .Text(2, "neuro")
            .Message(7, graph.Message)
            .Message(8, new ProtoWriter().Text(1, "").Int(2, Opset));
        Metadata(model, "name", spec.Name);
        Metadata(model, "spec_hash", spec.Hash);
        Metadata(model, "data_hash", card?.DataHash);
        Metadata(model, "recipe_hash", card?.Recipes is { } recipes ? string.Join(' ', recipes) : null);
        Metadata(model, "receipts", card?.Receipts is { } receipts ? string.Join(' ', receipts) : null);
        return model.ToArray();
    }

    private static int[] Sides(TensorShape shape) => shape.IsFlat ? [shape.Channels] : [shape.Channels, shape.Height, shape.Width];

    /// <summary>Subtracts and divides as the spec says; gives <see cref="ModelSpec.InputName"/>.</summary>
    internal static void Normalise(ModelSpec spec, OnnxGraph graph)
    {
        long[] shape = [1, spec.Input[0], 1, 1];
        var centred = graph.Node("Sub", "normalise-mean", [Input, graph.Floats("input-mean", shape, [.. spec.InputMean])], "input-centred");
        graph.Node("Div", "normalise-deviation", [centred, graph.Floats("input-deviation", shape, [.. spec.InputDeviation])], ModelSpec.InputName);
    }

    private static void Metadata(ProtoWriter model, string key, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            model.Message(14, new ProtoWriter().Text(1, key).Text(2, value));
        }
    }
}
