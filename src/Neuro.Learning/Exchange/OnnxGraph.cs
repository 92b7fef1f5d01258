using System.Runtime.InteropServices;

namespace Neuro.Learning.Exchange;

/// <summary>An ONNX graph as it is written: nodes, tensors, inputs and outputs. Field numbers follow onnx.proto3 of the ONNX project.</summary>
internal sealed class OnnxGraph(string name)
{
    private readonly ProtoWriter graph = new ProtoWriter().Text(2, name);
    private readonly HashSet<string> constants = [];

    public ProtoWriter Message => graph;

    /// <summary>Adds a node with one output, and gives that output's name.</summary>
    public string Node(string type, string node, string[] inputs, string output, params ProtoWriter[] attributes) => Node(type, node, inputs, [output], attributes);

    /// <summary>Adds a node with several outputs, and gives the first one's name.</summary>
    public string Node(string type, string node, string[] inputs, string[] outputs, params ProtoWriter[] attributes)
    {
        var message = new ProtoWriter();
        Array.ForEach(inputs, input => message.Text(1, input));
        Array.ForEach(outputs, output => message.Text(2, output));
        message.Text(3, node).Text(4, type);
        Array.ForEach(attributes, attribute => message.Message(5, attribute));
        graph.Message(1, message);
        return outputs[0];
    }

    public string Floats(string name, IReadOnlyList<long> shape, ReadOnlySpan<float> values) => Raw(name, shape, 1, MemoryMarshal.AsBytes(values));

    public string Wholes(string name, params long[] values) => Raw(name, [values.Length], 7, MemoryMarshal.AsBytes(values.AsSpan()));

    public string UInt8s(string name, IReadOnlyList<long> shape, ReadOnlySpan<byte> values) => Raw(name, shape, 2, values);

    public string Int8s(string name, IReadOnlyList<long> shape, ReadOnlySpan<sbyte> values) => Raw(name, shape, 3, MemoryMarshal.AsBytes(values));

    public string Int32s(string name, IReadOnlyList<long> shape, ReadOnlySpan<int> values) => Raw(name, shape, 6, MemoryMarshal.AsBytes(values));

    /// <summary>A float tensor with a free first dimension, <c>N</c>.</summary>
    public void Input(string name, params int[] sides) => graph.Message(11, Value(name, sides));

    /// <summary>A float tensor with a free first dimension, <c>N</c>.</summary>
    public void Output(string name, params int[] sides) => graph.Message(12, Value(name, sides));

    public static ProtoWriter Int(string name, long value) => new ProtoWriter().Text(1, name).Int(3, value).Int(20, 2);

    public static ProtoWriter Float(string name, float value) => new ProtoWriter().Text(1, name).Float(2, value).Int(20, 1);

    public static ProtoWriter Text(string name, string value) => new ProtoWriter().Text(1, name).Text(4, value).Int(20, 3);

    public static ProtoWriter Ints(string name, params long[] values)
    {
        var attribute = new ProtoWriter().Text(1, name);
        Array.ForEach(values, value => attribute.Int(8, value));
        return attribute.Int(20, 7);
    }

    /// <param name="type">The number of a TensorProto's data type.</param>
    private string Raw(string name, IReadOnlyList<long> shape, int type, ReadOnlySpan<byte> values)
    {
        if (constants.Add(name))
        {
            graph.Message(5, Shaped(shape).Int(2, type).Text(8, name).Bytes(9, values));
        }

        return name;
    }

    private static ProtoWriter Shaped(IReadOnlyList<long> shape)
    {
        var tensor = new ProtoWriter();
        foreach (var side in shape)
        {
            tensor.Int(1, side);
        }

        return tensor;
    }

    private static ProtoWriter Value(string name, int[] sides)
    {
        var shape = new ProtoWriter().Message(1, new ProtoWriter().Text(2, "N"));
        Array.ForEach(sides, side => shape.Message(1, new ProtoWriter().Int(1, side)));
        return new ProtoWriter().Text(1, name).Message(2, new ProtoWriter().Message(1, new ProtoWriter().Int(1, 1).Message(2, shape)));
    }
}
