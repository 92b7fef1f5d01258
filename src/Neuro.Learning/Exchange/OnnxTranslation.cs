using System.Text.RegularExpressions;
using Neuro.Client.Api;
using Neuro.Learning.Specs;

namespace Neuro.Learning.Exchange;

/// <summary>A value that a layer gives, as an ONNX graph sees it.</summary>
/// <param name="Layer">The layer's name, or <c>input</c>.</param>
/// <param name="Shape">As specs have it, channels first.</param>
/// <param name="IsChannelsLast">Whether the graph holds it as <c>[N, H, W, C]</c>.</param>
/// <param name="FlatOf">Of a flat value that was <c>[H, W, C]</c> before: that shape; what reads it must have its weights' columns reordered.</param>
internal sealed record Feature(string Layer, TensorShape Shape, bool IsChannelsLast = false, TensorShape? FlatOf = null)
{
    public int ChannelAxis => IsChannelsLast ? 3 : 1;

    public int Rank => Shape.IsFlat ? 2 : 4;
}

/// <summary>Turns the nodes of an ONNX graph, one after another, into layers and weights.</summary>
internal sealed partial class OnnxTranslation
{
    /// <summary>What is translated; the arithmetic of shapes comes on top.</summary>
    private static readonly string[] Supported =
    [
        "Add", "AveragePool", "BatchNormalization", "Cast", "Clip", "Concat", "Constant", "Conv", "ConvTranspose", "Div", "Dropout", "Flatten", "Gemm", "GlobalAveragePool", "Identity", "LpNormalization",
        "MatMul", "Max", "MaxPool", "MaxUnpool", "Mul", "Pad", "ReduceL2", "ReduceMean", "Relu", "Reshape", "Resize", "Shape", "Sigmoid", "Softmax", "Squeeze", "Sub", "Tanh", "Transpose", "Upsample",
    ];

    private readonly OnnxFile file;
    private readonly OnnxInput input;
    private readonly List<Layer> layers = [];
    private readonly Dictionary<string, TensorValues> weights = [];
    private readonly Dictionary<string, TensorShape> shapes;
    private readonly Dictionary<string, Feature> features;
    private readonly Dictionary<string, OnnxConstant> constants;
    private readonly Dictionary<string, int> readers;

    /// <summary>Values that one node alone reads, under any of their names, so that the layer behind them may be changed.</summary>
    private readonly HashSet<string> sole = [];

    /// <summary>The pool that gave these indices.</summary>
    private readonly Dictionary<string, Feature> indices = [];

    /// <summary>The value whose norm over the channels this is.</summary>
    private readonly Dictionary<string, Feature> norms = [];

    /// <summary>Softmaxes that were left out, by what they give.</summary>
    private readonly HashSet<string> softmaxes = [];

    private float[] mean;
    private float[] deviation;

    public OnnxTranslation(OnnxFile file, OnnxInput input)
    {
        this.file = file;
        this.input = input;
        var shape = new TensorShape(input.Shape[0], input.Shape[1], input.Shape[2]);
        shapes = new() { [ModelSpec.InputName] = shape };
        features = new() { [file.Input] = new(ModelSpec.InputName, shape, input.IsChannelsLast) };
        constants = new(file.Constants);
        readers = file.Nodes.SelectMany(node => node.Inputs).Concat(file.Outputs).GroupBy(name => name).ToDictionary(group => group.Key, group => group.Count());
        (mean, deviation) = (new float[input.Shape[0]], [.. Enumerable.Repeat(1f, input.Shape[0])]);
        if (readers.GetValueOrDefault(file.Input) == 1)
        {
            sole.Add(file.Input);
        }
    }

    public List<string> Notes { get; } = [];

    public HashSet<string> Softmaxed { get; } = [];

    /// <exception cref="NeuroException"><c>onnx.*</c>, <c>model.*</c>.</exception>
    public (ModelSpec Spec, IReadOnlyDictionary<string, TensorValues> Weights) Run(string name, ModelImportOptions options)
    {
        (mean, deviation) = ([.. options.Mean ?? mean], [.. options.Deviation ?? deviation]);
        foreach (var node in file.Nodes)
        {
            Translate(node);
        }

        var outputs = Outputs();
        var (task, classes) = TaskOf(outputs);
        var named = outputs.Count == 1 ? new Dictionary<string, string> { [TaskOutputs.Logits] = outputs.Values.Single().Layer } : outputs.ToDictionary(output => output.Key, output => output.Value.Layer);
        KeepRead(named.Values);
        var made = new ModelSpec(Clean(name), input.Shape, classes, layers, task, named, mean, deviation);
        // What a spec's reader refuses must not come in by another door.
        var spec = ModelSpec.Parse(made.ToJson());
        var layout = WeightLayout.Of(spec).ToDictionary(weight => weight.Name);
        return (spec, weights.Where(pair => layout.ContainsKey(pair.Key)).ToDictionary());
    }

    private void Translate(OnnxNode node)
    {
        var x = node.Inputs.Select(name => constants.GetValueOrDefault(name)).ToList();
        if (node.Operator == "Shape" && node.Inputs.Count == 1 && features.TryGetValue(node.Inputs[0], out var shaped))
        {
            constants[Output(node)] = ShapeOf(shaped);
        }
        else if (OnnxFolding.Fold(node, x) is { } folded)
        {
            constants[Output(node)] = folded;
        }
        else
        {
            try
            {
                Layer(node);
                MarkSole(node);
            }
            catch (ShapeMismatchException e)
            {
                throw new NeuroException("onnx.shape_mismatch", $"The ONNX node '{node.Label}' ({node.Operator}): {e.Message}.");
            }
        }
    }

    private void MarkSole(OnnxNode node)
    {
        var output = Output(node);
        if (readers.GetValueOrDefault(output) == 1 && features.TryGetValue(output, out var feature)
            && node.Inputs.Where(name => features.GetValueOrDefault(name)?.Layer == feature.Layer).All(sole.Contains))
        {
            sole.Add(output);
        }
    }

    private void Layer(OnnxNode node)
    {
        var least = node.Operator is "Add" or "Sub" or "Mul" or "Div" or "Max" or "Concat" ? 2 : 1;
        if (node.Inputs.Count < least && Supported.Contains(node.Operator))
        {
            throw new NeuroException("onnx.invalid", $"The ONNX node '{node.Label}' ({node.Operator}) has {node.Inputs.Count} inputs; expected {least} or more.");
        }

        switch (node.Operator)
        {
            case "Conv": Conv(node); break;
            case "ConvTranspose": ConvTranspose(node); break;
            case "BatchNormalization": BatchNormalization(node); break;
            case "Gemm": Gemm(node); break;
            case "MatMul": MatMul(node); break;
            case "Relu": Activate(node, (name, x) => new Relu(name, x)); break;
            case "Sigmoid": Activate(node, (name, x) => new Sigmoid(name, x)); break;
            case "Tanh": Activate(node, (name, x) => new Tanh(name, x)); break;
            case "Clip": Clip(node); break;
            case "Add" or "Sub" or "Mul" or "Div": Arithmetic(node); break;
            case "Concat": Concat(node); break;
            case "MaxPool": MaxPool(node); break;
            case "AveragePool": AveragePool(node); break;
            case "GlobalAveragePool": GlobalAverage(node, Read(node, 0), keep: true); break;
            case "ReduceMean": ReduceMean(node); break;
            case "MaxUnpool": MaxUnpool(node); break;
            case "Pad": Pad(node); break;
            case "Resize" or "Upsample": Resize(node); break;
            case "Transpose": Transpose(node); break;
            case "Flatten": Flatten(node); break;
            case "Reshape": Reshape(node); break;
            case "Squeeze": Squeeze(node); break;
            case "Identity" or "Dropout" or "Cast": Alias(node, Read(node, 0)); break;
            case "Softmax": Softmax(node); break;
            case "ReduceL2" or "LpNormalization" or "Max": Norm(node); break;
            default: throw Unsupported(node, $"no layer of a spec computes it. Supported are {string.Join(", ", Supported)}");
        }
    }

    private Dictionary<string, Feature> Outputs()
    {
        var outputs = new Dictionary<string, Feature>();
        foreach (var name in file.Outputs)
        {
            if (!features.TryGetValue(name, out var feature) || feature.Layer == ModelSpec.InputName)
            {
                throw new NeuroException("onnx.invalid", $"The ONNX file's output '{name}' is no result of its input.");
            }

            outputs[name] = feature;
        }

        return outputs;
    }

    private (ModelTask Task, int Classes) TaskOf(Dictionary<string, Feature> outputs)
    {
        if (outputs.Count == 1)
        {
            var (name, only) = (outputs.Keys.Single(), outputs.Values.Single());
            if (softmaxes.Contains(name))
            {
                Softmaxed.Add(TaskOutputs.Logits);
                Notes.Add($"The file ends in a softmax, '{name}'; it is left out, so that the outputs are logits.");
            }

            if (only.Shape.IsFlat && only.FlatOf is null)
            {
                return (ModelTask.Classify, only.Shape.Channels);
            }

            if (!only.Shape.IsFlat && !only.IsChannelsLast && only.Shape.Height == input.Shape[1] && only.Shape.Width == input.Shape[2])
            {
                return (input.Shape[1] == 1 ? ModelTask.Signal : ModelTask.Segment, only.Shape.Channels);
            }
        }
        else if (outputs.TryGetValue("class.0", out var scores) && outputs.TryGetValue("box.0", out var boxes) && boxes.Shape.Channels >= 4)
        {
            return (ModelTask.Detect, scores.Shape.Channels / (boxes.Shape.Channels / 4));
        }

        throw new NeuroException("onnx.unsupported_output", $"The ONNX file gives {string.Join(", ", outputs.Select(output => $"'{output.Key}' {output.Value.Shape}"))}; "
            + "expected [classes] of a classifier, [classes, H, W] at the input's size of a segmenter, or class.k and box.k of a detector.");
    }

    /// <summary>Drops layers that only a pattern that was joined to one layer read.</summary>
    private void KeepRead(IEnumerable<string> outputs)
    {
        var byName = layers.ToDictionary(layer => layer.Name);
        var (read, waiting) = (new HashSet<string>(), new Stack<string>(outputs));
        while (waiting.TryPop(out var name))
        {
            if (byName.TryGetValue(name, out var layer) && read.Add(name))
            {
                foreach (var other in layer.Inputs)
                {
                    waiting.Push(other);
                }
            }
        }

        layers.RemoveAll(layer => !read.Contains(layer.Name));
    }

    /// <summary>Adds a layer for a node, and makes it what the node's first output is.</summary>
    private Feature Put(OnnxNode node, Func<string, Layer> make, Feature like, string? wish = null)
    {
        var layer = make(Unused(wish ?? node.Label));
        List<TensorShape> read = [.. layer.Inputs.Select(name => shapes[name])];
        if (layer is MaxUnpool)
        {
            read.Add(shapes[layers.First(other => other.Name == layer.Inputs[1]).Inputs[0]]);
        }

        var shape = layer.Infer(read);
        if (shape.Count > 1_000_000_000)
        {
            throw new ShapeMismatchException($"it gives {shape}, more numbers than are computed with");
        }

        layers.Add(layer);
        shapes[layer.Name] = shape;
        return features[Output(node)] = new(layer.Name, shape, like.IsChannelsLast && !shape.IsFlat, shape.IsFlat ? like.FlatOf : null);
    }

    private void Alias(OnnxNode node, Feature feature)
    {
        features[Output(node)] = feature;
        if (softmaxes.Contains(node.Inputs[0]))
        {
            softmaxes.Add(Output(node));
        }
    }

    /// <summary>The layer that gives a value, if nothing else reads that value, so that it may be changed.</summary>
    private T? Own<T>(OnnxNode node, int index)
        where T : Layer => sole.Contains(node.Inputs[index]) && features.TryGetValue(node.Inputs[index], out var feature) ? layers.Find(layer => layer.Name == feature.Layer) as T : null;

    private Feature Read(OnnxNode node, int index) =>
        index >= node.Inputs.Count ? throw Unsupported(node, $"it has {node.Inputs.Count} inputs")
        : softmaxes.Contains(node.Inputs[index]) && node.Operator is not ("Identity" or "Cast") ? throw Unsupported(node, "it reads a softmax, and one is only read at the end of a model")
        : features.TryGetValue(node.Inputs[index], out var feature) ? feature
        : throw new NeuroException("onnx.invalid",
            $"The ONNX node '{node.Label}' ({node.Operator}) reads '{node.Inputs[index]}', which no node before it gives as a picture or features.");

    private Feature ReadSpatial(OnnxNode node, int index) => Read(node, index) is { Shape.IsFlat: false, IsChannelsLast: false } feature
        ? feature
        : throw Unsupported(node, "it reads a value that is not [N, C, H, W]");

    private OnnxConstant? Constant(OnnxNode node, int index) => index < node.Inputs.Count && node.Inputs[index].Length > 0
        ? constants.GetValueOrDefault(node.Inputs[index]) ?? throw Unsupported(node, $"its input '{node.Inputs[index]}' is computed and not a constant")
        : null;

    private void Weight(string name, long[] shape, float[] values) => weights[name] = values.Length == shape.Aggregate(1L, (product, side) => product * side)
        ? new(shape, values)
        : throw new ShapeMismatchException($"its weights hold {values.Length:N0} numbers; expected [{string.Join(", ", shape)}]");

    private static OnnxConstant ShapeOf(Feature feature)
    {
        var shape = feature.Shape;
        return shape.IsFlat ? OnnxConstant.Of(OnnxConstant.Free, shape.Channels)
            : feature.IsChannelsLast ? OnnxConstant.Of(OnnxConstant.Free, shape.Height, shape.Width, shape.Channels)
            : OnnxConstant.Of(OnnxConstant.Free, shape.Channels, shape.Height, shape.Width);
    }

    private static string Output(OnnxNode node) => node.Outputs.Count > 0 ? node.Outputs[0] : throw new NeuroException("onnx.invalid",
        $"The ONNX node '{node.Label}' ({node.Operator}) gives nothing.");

    /// <summary>A layer's name from the graph's, which may hold anything.</summary>
    private string Unused(string wish)
    {
        var clean = Clean(wish);
        var name = clean;
        for (var i = 2; shapes.ContainsKey(name); i++)
        {
            name = $"{clean}-{i}";
        }

        return name;
    }

    private static string Clean(string text)
    {
        var name = NotInNames().Replace(text, "_").Trim('_');
        name = name.Length > 0 && char.IsAsciiLetter(name[0]) ? name : "n" + name;
        return name.Length > 100 ? name[..100] : name;
    }

    [GeneratedRegex("[^A-Za-z0-9_.-]+")]
    private static partial Regex NotInNames();

    private static NeuroException Unsupported(OnnxNode node, string why) =>
        new("onnx.unsupported_operator", $"The ONNX node '{node.Label}' is a {node.Operator} that cannot be imported: {why}.");
}
