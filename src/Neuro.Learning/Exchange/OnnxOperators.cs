using Neuro.Client.Api;
using Neuro.Learning.Specs;
using static Neuro.Learning.Exchange.OnnxGraph;

namespace Neuro.Learning.Exchange;

/// <summary>The ONNX nodes that compute each layer.</summary>
/// <param name="spec">The model.</param>
/// <param name="graph">What is written to.</param>
/// <param name="read">The value by which a layer is read; the one that it gives if left out.</param>
internal sealed class OnnxOperators(ModelSpec spec, OnnxGraph graph, Func<string, string>? read = null)
{
    /// <exception cref="NeuroException"><c>model.not_exportable</c> for a layer whose number of results depends on the picture.</exception>
    public void Write(Layer layer)
    {
        string[] x = [.. layer.Inputs.Select(read ?? ValueName)];
        var (name, y) = (layer.Name, ValueName(layer.Name));
        _ = layer switch
        {
            Conv2d c => graph.Node("Conv", name, [.. x, $"{c.WeightsOf}.weight", .. Bias(c.Bias, c.WeightsOf)], y, [.. Slide(c.Kernel, c.Stride, c.Padding), Int("group", c.Groups), .. Dilation(c.Dilation)]),
            ConvTranspose2d c => graph.Node("ConvTranspose", name, [.. x, $"{name}.weight", .. Bias(c.Bias, name)], y, Slide(c.Kernel, c.Stride, c.Padding)),
            BatchNorm b => Normalise(name, x, y, b.Epsilon),
            FrozenBatchNorm b => Normalise(name, x, y, b.Epsilon),
            L2Norm => L2Normalise(name, x, y),
            Relu => graph.Node("Relu", name, x, y),
            Relu6 => graph.Node("Clip", name, [.. x, graph.Floats("zero", [], [0]), graph.Floats("six", [], [6])], y),
            Silu => graph.Node("Mul", name, [.. x, graph.Node("Sigmoid", $"{name}:gate", x, $"{y}:gate")], y),
            Sigmoid => graph.Node("Sigmoid", name, x, y),
            Tanh => graph.Node("Tanh", name, x, y),
            MaxPool p => graph.Node("MaxPool", name, x, [y, .. IsUnpooled(p) ? [$"{y}:indices"] : Array.Empty<string>()],
                [.. Slide(p.Kernel, p.Stride, p.Padding), .. p.Ceil ? [Int("ceil_mode", 1)] : Array.Empty<ProtoWriter>()]),
            AvgPool p => graph.Node("AveragePool", name, x, y, Ints("kernel_shape", p.Kernel.Height, p.Kernel.Width), Ints("strides", p.Stride.Height, p.Stride.Width)),
            AdaptiveAvgPool p => AdaptivePool(p, x, y),
            GlobalAvgPool => graph.Node("GlobalAveragePool", name, x, y),
            MaxUnpool u => Unpool(u, x, y),
            Upsample u => Resize(u, x, y),
            Pad p => graph.Node("Pad", name, [.. x, graph.Wholes($"{name}:pads", 0, 0, p.Top, p.Left, 0, 0, p.Bottom, p.Right)], y),
            Flatten => graph.Node("Flatten", name, x, y, Int("axis", 1)),
            Linear l => graph.Node("Gemm", name, [.. x, $"{name}.weight", .. Bias(l.Bias, name)], y, Int("transB", 1)),
            Dropout => graph.Node("Identity", name, x, y),
            Add => graph.Node("Add", name, x, y),
            Multiply => graph.Node("Mul", name, x, y),
            Concat => graph.Node("Concat", name, x, y, Int("axis", 1)),
            _ => throw new NeuroException("model.not_exportable",
                $"Layer '{name}' ({layer.Type}) has no ONNX operator; a model that computes by regions is carried as spec and safetensors."),
        };
    }

    /// <summary>The value that a layer gives. A layer may be called as the graph's own values are; a prefix that no layer name can hold keeps them apart.</summary>
    public static string ValueName(string layer) => layer == ModelSpec.InputName ? layer : "layer:" + layer;

    private static string[] Bias(bool has, string name) => has ? [$"{name}.bias"] : [];

    private static ProtoWriter[] Slide(Pair kernel, Pair stride, Pair padding) =>
        [Ints("kernel_shape", kernel.Height, kernel.Width), Ints("strides", stride.Height, stride.Width), Ints("pads", padding.Height, padding.Width, padding.Height, padding.Width)];

    private static ProtoWriter[] Dilation(Pair dilation) => dilation == 1 ? [] : [Ints("dilations", dilation.Height, dilation.Width)];

    private string Normalise(string name, string[] x, string y, double epsilon) =>
        graph.Node("BatchNormalization", name, [.. x, $"{name}.weight", $"{name}.bias", $"{name}.running_mean", $"{name}.running_var"], y, Float("epsilon", (float)epsilon));

    private string L2Normalise(string name, string[] x, string y)
    {
        var norm = graph.Node("ReduceL2", $"{name}:norm", x, $"{y}:norm", Ints("axes", 1), Int("keepdims", 1));
        var least = graph.Node("Max", $"{name}:least", [norm, graph.Floats("least-norm", [], [L2Norm.Epsilon])], $"{y}:least");
        var unit = graph.Node("Div", name, [.. x, least], $"{y}:unit");
        var scale = graph.Node("Unsqueeze", $"{name}:scale", [$"{name}.weight", graph.Wholes("plane-axes", 1, 2)], $"{y}:scale");
        return graph.Node("Mul", $"{name}:scaled", [unit, scale], y);
    }

    private bool IsUnpooled(MaxPool pool) => spec.Layers.OfType<MaxUnpool>().Any(layer => layer.Inputs[1] == pool.Name);

    private string Unpool(MaxUnpool layer, string[] x, string y)
    {
        var pool = (MaxPool)spec.Layers.First(other => other.Name == layer.Inputs[1]);
        var size = graph.Node("Shape", $"{layer.Name}:size", [ValueName(pool.Inputs[0])], $"{y}:size");
        // The size is that of what the pool read, but for the channels, which are the same.
        return graph.Node("MaxUnpool", layer.Name, [x[0], $"{x[1]}:indices", size], y, Ints("kernel_shape", pool.Kernel.Height, pool.Kernel.Width), Ints("strides", pool.Stride.Height, pool.Stride.Width));
    }

    /// <summary>Sizes rather than scales, since a scale is a float whose product may round to one pixel too few.</summary>
    private string Resize(Upsample layer, string[] x, string y)
    {
        var shape = graph.Node("Shape", $"{layer.Name}:shape", x, $"{y}:shape");
        var outer = graph.Node("Slice", $"{layer.Name}:outer", [shape, graph.Wholes("slice-from", 0), graph.Wholes("slice-to", 2)], $"{y}:outer");
        var size = graph.Node("Concat", $"{layer.Name}:size", [outer, graph.Wholes($"{layer.Name}:sides", layer.Size.Height, layer.Size.Width)], $"{y}:size", Int("axis", 0));
        return layer.Mode == Interpolation.Nearest
            ? graph.Node("Resize", layer.Name, [.. x, "", "", size], y, Text("mode", "nearest"), Text("coordinate_transformation_mode", "asymmetric"), Text("nearest_mode", "floor"))
            : graph.Node("Resize", layer.Name, [.. x, "", "", size], y, Text("mode", "linear"), Text("coordinate_transformation_mode", "half_pixel"));
    }

    /// <summary>An average pool where the cells are equal; otherwise Rows · x · Columns with matrices of the cells' shares.</summary>
    private string AdaptivePool(AdaptiveAvgPool layer, string[] x, string y)
    {
        var (from, to) = (spec.ShapeOf(layer.Inputs[0]), layer.Size);
        if (from.Height % to.Height == 0 && from.Width % to.Width == 0)
        {
            var cell = new Pair(from.Height / to.Height, from.Width / to.Width);
            return graph.Node("AveragePool", layer.Name, x, y, Ints("kernel_shape", cell.Height, cell.Width), Ints("strides", cell.Height, cell.Width));
        }

        var columns = graph.Floats($"{layer.Name}:columns", [from.Width, to.Width], Cells(from.Width, to.Width, byRow: true));
        var rows = graph.Floats($"{layer.Name}:rows", [to.Height, from.Height], Cells(from.Height, to.Height, byRow: false));
        var narrow = graph.Node("MatMul", $"{layer.Name}:narrow", [.. x, columns], $"{y}:narrow");
        return graph.Node("MatMul", layer.Name, [rows, narrow], y);
    }

    /// <summary>How much of each cell a pixel is: <c>[from, to]</c> by row, else <c>[to, from]</c>.</summary>
    private static float[] Cells(int from, int to, bool byRow)
    {
        var shares = new float[from * to];
        for (var cell = 0; cell < to; cell++)
        {
            var (begin, end) = (cell * from / to, ((cell + 1) * from + to - 1) / to);
            for (var pixel = begin; pixel < end; pixel++)
            {
                shares[byRow ? pixel * to + cell : cell * from + pixel] = 1f / (end - begin);
            }
        }

        return shares;
    }
}
