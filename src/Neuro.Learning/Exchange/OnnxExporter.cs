using Neuro.Client.Api;
using Neuro.Learning.Specs;

namespace Neuro.Learning.Exchange;

/// <summary>Writes a spec and its weights as an ONNX model (IR version 8, opset 17) that any ONNX runtime reads.</summary>
/// <remarks>
/// Input <c>pixels</c>: float <c>[N, 3, H, W]</c>, RGB in 0..255; output <c>logits</c>: float <c>[N, classes]</c>. The normalisation of <see cref="ModelSpec"/> is inside the graph.
/// Field numbers follow onnx.proto3 of the ONNX project.
/// </remarks>
public static class OnnxExporter
{
    public const string Input = "pixels";
    public const string Output = "logits";

    private const int IrVersion = 8;
    private const int Opset = 17;

    /// <exception cref="NeuroException"><c>weights.mismatch</c> when a weight is missing or has another shape than the spec's.</exception>
    public static byte[] Export(ModelSpec spec, IReadOnlyDictionary<string, TensorValues> weights)
    {
        WeightLayout.Check(spec, weights);
        var graph = new ProtoWriter().Text(2, spec.Name);
        foreach (var node in Nodes(spec))
        {
            graph.Message(1, node);
        }

        graph.Message(5, Tensor("input-mean", [1, 1, 1, 1], [ModelSpec.InputMean]));
        graph.Message(5, Tensor("input-deviation", [1, 1, 1, 1], [ModelSpec.InputDeviation]));
        foreach (var (name, shape) in WeightLayout.Of(spec))
        {
            graph.Message(5, Tensor(name, shape, weights[name].Values));
        }

        graph.Message(11, Value(Input, [.. spec.Input])).Message(12, Value(Output, [spec.Classes]));
        return new ProtoWriter()
            .Int(1, IrVersion)
            .Text(2, "neuro")
            .Message(7, graph)
            .Message(8, new ProtoWriter().Text(1, "").Int(2, Opset))
            .ToArray();
    }

    private static IEnumerable<ProtoWriter> Nodes(ModelSpec spec)
    {
        yield return Node("Sub", "normalise-mean", [Input, "input-mean"], "input-centred");
        yield return Node("Div", "normalise-deviation", ["input-centred", "input-deviation"], ModelSpec.InputName);
        var last = spec.Layers[^1];
        foreach (var layer in spec.Layers)
        {
            var output = layer == last ? Output : ValueName(layer.Name);
            yield return Operator(layer, [.. layer.Inputs.Select(input => input == ModelSpec.InputName ? input : ValueName(input))], output);
        }
    }

    private static ProtoWriter Operator(Layer layer, string[] inputs, string output) => layer switch
    {
        Conv2d c => Node("Conv", c.Name, [.. inputs, $"{c.Name}.weight", .. c.Bias ? [$"{c.Name}.bias"] : Array.Empty<string>()], output,
            Ints("kernel_shape", c.Kernel, c.Kernel), Ints("strides", c.Stride, c.Stride), Ints("pads", c.Padding, c.Padding, c.Padding, c.Padding), Int("group", c.Groups)),
        BatchNorm b => Node("BatchNormalization", b.Name, [.. inputs, $"{b.Name}.weight", $"{b.Name}.bias", $"{b.Name}.running_mean", $"{b.Name}.running_var"], output,
            new ProtoWriter().Text(1, "epsilon").Float(2, (float)BatchNorm.Epsilon).Int(20, 1)),
        Relu => Node("Relu", layer.Name, inputs, output),
        MaxPool p => Node("MaxPool", p.Name, inputs, output, Ints("kernel_shape", p.Kernel, p.Kernel), Ints("strides", p.Stride, p.Stride), Ints("pads", p.Padding, p.Padding, p.Padding, p.Padding)),
        AvgPool p => Node("AveragePool", p.Name, inputs, output, Ints("kernel_shape", p.Kernel, p.Kernel), Ints("strides", p.Stride, p.Stride)),
        GlobalAvgPool => Node("GlobalAveragePool", layer.Name, inputs, output),
        Flatten => Node("Flatten", layer.Name, inputs, output, Int("axis", 1)),
        Linear l => Node("Gemm", l.Name, [.. inputs, $"{l.Name}.weight", $"{l.Name}.bias"], output, Int("transB", 1)),
        Dropout => Node("Identity", layer.Name, inputs, output),
        Add => Node("Add", layer.Name, inputs, output),
        _ => throw new NeuroException("model.unknown_layer", $"Layer '{layer.Name}' ({layer.Type}) has no ONNX operator."),
    };

    // A layer may be called as the graph's own values are; a prefix that no layer name can hold keeps them apart.
    private static string ValueName(string layer) => "layer:" + layer;

    private static ProtoWriter Node(string type, string name, string[] inputs, string output, params ProtoWriter[] attributes)
    {
        var node = new ProtoWriter();
        Array.ForEach(inputs, input => node.Text(1, input));
        node.Text(2, output).Text(3, name).Text(4, type);
        Array.ForEach(attributes, attribute => node.Message(5, attribute));
        return node;
    }

    private static ProtoWriter Int(string name, long value) => new ProtoWriter().Text(1, name).Int(3, value).Int(20, 2);

    private static ProtoWriter Ints(string name, params long[] values)
    {
        var attribute = new ProtoWriter().Text(1, name);
        Array.ForEach(values, value => attribute.Int(8, value));
        return attribute.Int(20, 7);
    }

    private static ProtoWriter Tensor(string name, IReadOnlyList<long> shape, ReadOnlySpan<float> values)
    {
        var tensor = new ProtoWriter();
        foreach (var side in shape)
        {
            tensor.Int(1, side);
        }

        return tensor.Int(2, 1).Text(8, name).Floats(9, values);
    }

    /// <summary>A float tensor with a free first dimension, <c>N</c>.</summary>
    private static ProtoWriter Value(string name, int[] sides)
    {
        var shape = new ProtoWriter().Message(1, new ProtoWriter().Text(2, "N"));
        Array.ForEach(sides, side => shape.Message(1, new ProtoWriter().Int(1, side)));
        return new ProtoWriter().Text(1, name).Message(2, new ProtoWriter().Message(1, new ProtoWriter().Int(1, 1).Message(2, shape)));
    }
}
