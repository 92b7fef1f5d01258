using Neuro.Client.Api;

namespace Neuro.Learning.Exchange;

/// <summary>An attribute of a node, as the field that it uses.</summary>
internal sealed record OnnxAttribute(long Whole, float Float, string Text, IReadOnlyList<long> Wholes, OnnxConstant? Tensor);

/// <summary>One operator: what it reads and gives, by name; an input that is left out is empty.</summary>
internal sealed record OnnxNode(string Name, string Operator, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, IReadOnlyDictionary<string, OnnxAttribute> Attributes)
{
    public string Label => Name.Length > 0 ? Name : Outputs.FirstOrDefault() ?? "";

    public long Whole(string name, long otherwise) => Attributes.TryGetValue(name, out var attribute) ? attribute.Whole : otherwise;

    public float Float(string name, float otherwise) => Attributes.TryGetValue(name, out var attribute) ? attribute.Float : otherwise;

    public string Text(string name, string otherwise) => Attributes.TryGetValue(name, out var attribute) ? attribute.Text : otherwise;

    public IReadOnlyList<long>? Wholes(string name) => Attributes.TryGetValue(name, out var attribute) ? attribute.Wholes : null;
}

/// <summary>An ONNX model as it is read: a list of nodes, constants, one input. Nothing is executed. Field numbers follow onnx.proto3 of the ONNX project.</summary>
/// <param name="InputShape">The sides of the input, 0 where the file leaves one open.</param>
internal sealed record OnnxFile(long Opset, IReadOnlyList<OnnxNode> Nodes, IReadOnlyDictionary<string, OnnxConstant> Constants, string Input, IReadOnlyList<long> InputShape, IReadOnlyList<string> Outputs)
{
    public const long OldestOpset = 9;
    public const long NewestOpset = 21;

    private const int MaxNodes = 20_000;
    private const long MaxNumbers = 600_000_000;
    private const long MaxBytes = 1L << 31;

    /// <exception cref="NeuroException"><c>onnx.invalid</c>, <c>onnx.opset</c>, <c>onnx.external_data</c>, <c>onnx.unsupported_operator</c>.</exception>
    public static OnnxFile Read(string path)
    {
        if (new FileInfo(path) is { Exists: true, Length: >= MaxBytes } large)
        {
            throw new NeuroException("onnx.invalid", $"{path} has {large.Length:N0} bytes; a protobuf message has fewer than {MaxBytes:N0}.");
        }

        try
        {
            return ReadModel(File.ReadAllBytes(path), Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (Exception e) when (e is InvalidDataException or OverflowException)
        {
            throw new NeuroException("onnx.invalid", $"{path} is not a whole ONNX file: {e.Message}.");
        }
    }

    private static OnnxFile ReadModel(ReadOnlyMemory<byte> message, string folder)
    {
        var (opset, graph) = (0L, ReadOnlyMemory<byte>.Empty);
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 7: graph = reader.Bytes; break;
                case 8: opset = ReadOpset(reader.Bytes, opset); break;
            }
        }

        if (graph.IsEmpty)
        {
            throw new InvalidDataException("it holds no graph");
        }

        return opset is >= OldestOpset and <= NewestOpset
            ? ReadGraph(graph, opset, folder)
            : throw new NeuroException("onnx.opset", $"The ONNX file is of opset {opset}; {OldestOpset} to {NewestOpset} are read. Export it again with one of these.");
    }

    private static long ReadOpset(ReadOnlyMemory<byte> message, long otherwise)
    {
        var (domain, version, reader) = ("", 0L, new ProtoReader(message));
        while (reader.Next())
        {
            (domain, version) = reader.Field switch { 1 => (reader.Text, version), 2 => (domain, reader.Whole), _ => (domain, version) };
        }

        return domain is "" or "ai.onnx" ? version : otherwise;
    }

    private static OnnxFile ReadGraph(ReadOnlyMemory<byte> message, long opset, string folder)
    {
        var (nodes, constants, inputs, outputs) = (new List<OnnxNode>(), new Dictionary<string, OnnxConstant>(), new List<(string Name, List<long> Shape)>(), new List<string>());
        var (numbers, reader) = (0L, new ProtoReader(message));
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    nodes.Add(nodes.Count < MaxNodes ? ReadNode(reader.Bytes, folder) : throw new InvalidDataException($"it holds more than {MaxNodes:N0} nodes"));
                    break;
                case 5:
                    var (name, value) = OnnxConstant.Read(reader.Bytes, folder);
                    constants[name] = value;
                    numbers = numbers + value.Count <= MaxNumbers ? numbers + value.Count : throw new InvalidDataException($"its tensors hold more than {MaxNumbers:N0} numbers");
                    break;
                case 11: inputs.Add(ReadValue(reader.Bytes)); break;
                case 12: outputs.Add(ReadValue(reader.Bytes).Name); break;
                case 15: throw new NeuroException("onnx.unsupported_operator", "The ONNX file holds sparse tensors, which are not read; export it with dense ones.");
            }
        }

        var open = inputs.Where(input => !constants.ContainsKey(input.Name)).ToList();
        return open.Count != 1 ? throw new NeuroException("onnx.unsupported_input",
            $"The ONNX file has {open.Count} inputs ({string.Join(", ", open.Take(8).Select(input => input.Name))}); models with one are read.")
            : outputs.Count is < 1 or > 64 ? throw new InvalidDataException($"it has {outputs.Count} outputs")
            : new(opset, nodes, constants, open[0].Name, open[0].Shape, outputs);
    }

    private static OnnxNode ReadNode(ReadOnlyMemory<byte> message, string folder)
    {
        var (name, type, domain, inputs, outputs) = ("", "", "", new List<string>(), new List<string>());
        var (attributes, reader) = (new Dictionary<string, OnnxAttribute>(), new ProtoReader(message));
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: inputs.Add(reader.Text); break;
                case 2: outputs.Add(reader.Text); break;
                case 3: name = reader.Text; break;
                case 4: type = reader.Text; break;
                case 7: domain = reader.Text; break;
                case 5:
                    var (key, value) = ReadAttribute(reader.Bytes, folder);
                    attributes[key] = value;
                    break;
            }
        }

        return new(name, domain is "" or "ai.onnx" ? type : $"{domain}.{type}", inputs, outputs, attributes);
    }

    /// <remarks>Graphs within attributes (If, Loop) are not read, so that no file can nest deeper than these functions do.</remarks>
    private static (string, OnnxAttribute) ReadAttribute(ReadOnlyMemory<byte> message, string folder)
    {
        var (name, whole, real, text, wholes, reader) = ("", 0L, 0f, "", new List<long>(), new ProtoReader(message));
        OnnxConstant? tensor = null;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: name = reader.Text; break;
                case 2: real = reader.Float; break;
                case 3: whole = reader.Whole; break;
                case 4: text = reader.Text; break;
                case 5: tensor = OnnxConstant.Read(reader.Bytes, folder).Value; break;
                case 8: reader.AddTo(wholes); break;
            }
        }

        return (name, new(whole, real, text, wholes, tensor));
    }

    /// <summary>Name and shape of a ValueInfoProto.</summary>
    private static (string Name, List<long> Shape) ReadValue(ReadOnlyMemory<byte> message)
    {
        var (name, shape, reader) = ("", new List<long>(), new ProtoReader(message));
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                name = reader.Text;
            }
            else if (reader.Field == 2)
            {
                foreach (var dim in Sides(Inner(Inner(reader.Bytes, 1), 2)))
                {
                    shape.Add(dim);
                }
            }
        }

        return (name, shape);
    }

    private static List<long> Sides(ReadOnlyMemory<byte> shape)
    {
        var (sides, reader) = (new List<long>(), new ProtoReader(shape));
        while (reader.Next())
        {
            var (side, dim) = (0L, new ProtoReader(reader.Bytes));
            while (dim.Next())
            {
                side = dim.Field == 1 ? Math.Max(0, dim.Whole) : 0;
            }

            sides.Add(side);
        }

        return sides;
    }

    private static ReadOnlyMemory<byte> Inner(ReadOnlyMemory<byte> message, int field)
    {
        var (found, reader) = (ReadOnlyMemory<byte>.Empty, new ProtoReader(message));
        while (reader.Next())
        {
            found = reader.Field == field ? reader.Bytes : found;
        }

        return found;
    }
}
