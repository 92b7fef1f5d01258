using Neuro.Learning.Specs;

namespace Neuro.Learning.Exchange;

/// <summary>Operators with weights, and arithmetic.</summary>
internal sealed partial class OnnxTranslation
{
    private void Conv(OnnxNode node)
    {
        var x = ReadSpatial(node, 0);
        var (weight, bias) = (Constant(node, 1), Constant(node, 2));
        if (weight is not { Shape: [var to, var per, var height, var width] } || height is < 1 or > 63 || width is < 1 or > 63 || to is < 1 or > 65_536)
        {
            throw Unsupported(node, "its weights must be [out, in / groups, h, w] with sides of at most 63");
        }

        var (kernel, stride, dilation, groups) = (new Pair((int)height, (int)width), Strides(node), Sides(node, "dilations", 1, 1024), (int)Math.Clamp(node.Whole("group", 1), 1, 65_536));
        var (pads, from) = (Pads(node, x.Shape, kernel, stride, dilation), x);
        if (Own<Pad>(node, 0) is { } pad)
        {
            pads = new(pads.Top + pad.Top, pads.Left + pad.Left, pads.Bottom + pad.Bottom, pads.Right + pad.Right);
            from = new(pad.Inputs[0], shapes[pad.Inputs[0]]);
            Drop(pad);
        }

        if (x.Shape.Channels != per * groups)
        {
            throw new ShapeMismatchException($"its weights are for {per * groups} channels; its input is {x.Shape}");
        }

        from = Padded(node, from, pads);
        var padding = pads.IsSymmetric ? new Pair(pads.Top, pads.Left) : 0;
        var layer = Put(node, name => new Conv2d(name, [from.Layer], (int)to, kernel, stride, padding, groups, bias is not null, dilation), from, WeightName(node)).Layer;
        Weight($"{layer}.weight", weight.Shape, weight.AsFloats());
        if (bias is not null)
        {
            Weight($"{layer}.bias", [to], bias.AsFloats());
        }
    }

    private void ConvTranspose(OnnxNode node)
    {
        var x = ReadSpatial(node, 0);
        var (weight, bias) = (Constant(node, 1), Constant(node, 2));
        var pads = ExplicitPads(node);
        if (weight is not { Shape: [var from, var to, var height, var width] } || height is < 1 or > 63 || width is < 1 or > 63 || to is < 1 or > 65_536 || from != x.Shape.Channels
            || node.Whole("group", 1) != 1 || Sides(node, "dilations", 1, 1024) != 1 || Sides(node, "output_padding", 0, 0, 0) != 0 || node.Text("auto_pad", "NOTSET") != "NOTSET" || !pads.IsSymmetric)
        {
            throw Unsupported(node, "it has groups, dilation, output padding or one-sided padding");
        }

        var layer = Put(node, name => new ConvTranspose2d(name, [x.Layer], (int)to, new((int)height, (int)width), Strides(node), new(pads.Top, pads.Left), bias is not null), x, WeightName(node)).Layer;
        Weight($"{layer}.weight", weight.Shape, weight.AsFloats());
        if (bias is not null)
        {
            Weight($"{layer}.bias", [to], bias.AsFloats());
        }
    }

    private void BatchNormalization(OnnxNode node)
    {
        var x = ReadSpatial(node, 0);
        if (node.Whole("training_mode", 0) != 0)
        {
            throw Unsupported(node, "it is in training mode; export the model for inference");
        }

        var layer = Put(node, name => new BatchNorm(name, [x.Layer], Math.Round(node.Float("epsilon", 1e-5f), 9)), x, WeightName(node)).Layer;
        string[] parts = ["weight", "bias", "running_mean", "running_var"];
        for (var i = 0; i < parts.Length; i++)
        {
            Weight($"{layer}.{parts[i]}", [x.Shape.Channels], Constant(node, i + 1)?.AsFloats() ?? []);
        }
    }

    private void Gemm(OnnxNode node)
    {
        if (Constant(node, 1) is not { Shape: [_, _] } matrix || node.Whole("transA", 0) != 0)
        {
            throw Unsupported(node, "its weights must be a constant matrix and its input not transposed");
        }

        var (alpha, beta, bias) = (node.Float("alpha", 1), node.Float("beta", 1), Constant(node, 2));
        var weight = node.Whole("transB", 0) != 0 ? matrix : matrix.Transposed([1, 0]);
        var values = alpha == 1 ? weight.AsFloats() : [.. weight.AsFloats().Select(value => value * alpha)];
        Linear(node, weight.Shape[0], weight.Shape[1], values, bias is null ? null : Spread(bias, weight.Shape[0], beta));
    }

    private void MatMul(OnnxNode node)
    {
        if (Constant(node, 1) is not { Shape: [_, _] } matrix)
        {
            throw Unsupported(node, "its weights must be a constant matrix");
        }

        Linear(node, matrix.Shape[1], matrix.Shape[0], matrix.Transposed([1, 0]).AsFloats(), null);
    }

    private void Linear(OnnxNode node, long to, long from, float[] values, float[]? bias)
    {
        var x = Read(node, 0);
        if (!x.Shape.IsFlat || to is < 1 or > 1_000_000 || x.Shape.Channels != from)
        {
            throw new ShapeMismatchException($"its weights are for {from} numbers; its input is {x.Shape}");
        }

        var layer = Put(node, name => new Linear(name, [x.Layer], (int)to, bias is not null), x with { FlatOf = null }, WeightName(node)).Layer;
        Weight($"{layer}.weight", [to, from], x.FlatOf is { } spatial ? ChannelsFirst(values, spatial) : values);
        if (bias is not null)
        {
            Weight($"{layer}.bias", [to], bias);
        }
    }

    /// <summary>Weights whose columns stand in the order of <c>[H, W, C]</c>, in that of <c>[C, H, W]</c>.</summary>
    private static float[] ChannelsFirst(float[] values, TensorShape shape)
    {
        var (result, row, plane) = (new float[values.Length], (int)shape.Count, shape.Height * shape.Width);
        for (var i = 0; i < values.Length; i++)
        {
            var (channel, pixel) = (i % row / plane, i % plane);
            result[i] = values[i / row * row + pixel * shape.Channels + channel];
        }

        return result;
    }

    private void Activate(OnnxNode node, Func<string, string[], Layer> make)
    {
        var x = Read(node, 0);
        Put(node, name => make(name, [x.Layer]), x);
    }

    private void Clip(OnnxNode node)
    {
        var low = Constant(node, 1)?.AsFloats() is [var first] ? first : node.Float("min", float.NegativeInfinity);
        var high = Constant(node, 2)?.AsFloats() is [var second] ? second : node.Float("max", float.PositiveInfinity);
        // What a relu gives is not below 0 in any case.
        if ((low != 0 && !(low < 0 && layers.Find(layer => layer.Name == Read(node, 0).Layer) is Relu)) || (high != 6 && high < 1e30f))
        {
            throw Unsupported(node, FormattableString.Invariant($"it clips to {low} and {high}; 0 and 6 (relu6), or 0 and no limit (relu), are known"));
        }

        Activate(node, (name, x) => high == 6 ? new Relu6(name, x) : new Relu(name, x));
    }

    private void Arithmetic(OnnxNode node)
    {
        var (left, right) = (constants.GetValueOrDefault(node.Inputs[0]), constants.GetValueOrDefault(node.Inputs.ElementAtOrDefault(1) ?? ""));
        if (left is null && right is null)
        {
            Joined(node);
            return;
        }

        var x = Read(node, left is null ? 0 : 1);
        double[] constant = [.. PerChannel(node, x, left ?? right!).Select(value => (double)value)];
        var (ones, zeros) = (new double[constant.Length], new double[constant.Length]);
        Array.Fill(ones, 1);
        switch (node.Operator, left is null)
        {
            case ("Add", _): Affine(node, x, ones, constant); break;
            case ("Sub", true): Affine(node, x, ones, [.. constant.Select(value => -value)]); break;
            case ("Sub", false): Affine(node, x, [.. ones.Select(value => -value)], constant); break;
            case ("Mul", _): Affine(node, x, constant, zeros); break;
            case ("Div", true): Affine(node, x, [.. constant.Select(value => 1 / value)], zeros); break;
            default: throw Unsupported(node, "it divides a constant by a value");
        }
    }

    /// <summary>Sum and product of two values; x · sigmoid(x) is one layer, and so is a value over its norm.</summary>
    private void Joined(OnnxNode node)
    {
        if (node.Operator == "Div" && norms.TryGetValue(node.Inputs[1], out var of) && of == Read(node, 0))
        {
            Normalised(node, of);
            return;
        }

        var (a, b) = (Read(node, 0), Read(node, 1));
        if (a.IsChannelsLast != b.IsChannelsLast)
        {
            throw Unsupported(node, "its inputs lie in different orders");
        }

        switch (node.Operator)
        {
            case "Add":
                Put(node, name => new Add(name, [a.Layer, b.Layer]), a);
                break;
            case "Mul" when Gate(b) == a.Layer || Gate(a) == b.Layer:
                Put(node, name => new Silu(name, [Gate(b) == a.Layer ? a.Layer : b.Layer]), a);
                break;
            case "Mul":
                var (first, second) = a.Shape.Count < b.Shape.Count ? (b, a) : (a, b);
                Put(node, name => new Multiply(name, [first.Layer, second.Layer]), first);
                break;
            default:
                throw Unsupported(node, "of two values, sums and products are known");
        }
    }

    /// <summary>What a sigmoid reads.</summary>
    private string? Gate(Feature feature) => layers.Find(layer => layer.Name == feature.Layer) is Sigmoid sigmoid ? sigmoid.Inputs[0] : null;

    /// <summary>scale · x + shift a channel: part of the input's normalisation, a bias of the layer before, or a fixed normalisation of its own.</summary>
    private void Affine(OnnxNode node, Feature x, double[] scale, double[] shift)
    {
        var index = features.TryGetValue(node.Inputs[0], out var first) && first == x ? 0 : 1;
        var isShift = scale.All(value => value == 1);
        if (x.Layer == ModelSpec.InputName && sole.Contains(node.Inputs[index]) && scale.All(value => value > 0 && double.IsFinite(value)))
        {
            // ((p − m) / d) · s + t = (p − (m − t · d / s)) / (d / s)
            mean = [.. mean.Select((m, c) => (float)(m - shift[c] * deviation[c] / scale[c]))];
            deviation = [.. deviation.Select((d, c) => (float)(d / scale[c]))];
            features[Output(node)] = x;
        }
        else if (isShift && shift.All(value => value == 0))
        {
            Alias(node, x);
        }
        else if (isShift && Own<Linear>(node, index) is { Bias: false } linear)
        {
            Replace(linear, linear with { Bias = true });
            Biased(node, x, shift);
        }
        else if (isShift && Own<Conv2d>(node, index) is { Bias: false } conv)
        {
            Replace(conv, conv with { Bias = true });
            Biased(node, x, shift);
        }
        else if (Own<L2Norm>(node, index) is { } norm && shift.All(value => value == 0))
        {
            Weight($"{norm.Name}.weight", [scale.Length], [.. weights[$"{norm.Name}.weight"].Values.Select((value, c) => (float)(value * scale[c]))]);
            features[Output(node)] = x;
        }
        else if (!x.Shape.IsFlat)
        {
            var layer = Put(node, name => new FrozenBatchNorm(name, [x.Layer], 0), x).Layer;
            foreach (var (part, values) in new[] { ("weight", scale), ("bias", shift), ("running_mean", new double[scale.Length]), ("running_var", [.. Enumerable.Repeat(1.0, scale.Length)]) })
            {
                Weight($"{layer}.{part}", [scale.Length], [.. values.Select(value => (float)value)]);
            }
        }
        else
        {
            throw Unsupported(node, "of a flat value and constants, a bias after a MatMul or Gemm is known");
        }

        void Biased(OnnxNode of, Feature feature, double[] bias)
        {
            Weight($"{feature.Layer}.bias", [bias.Length], [.. bias.Select(value => (float)value)]);
            features[Output(of)] = feature;
        }
    }

    /// <summary>A constant beside a value, as a number for each of the value's channels.</summary>
    private float[] PerChannel(OnnxNode node, Feature x, OnnxConstant constant)
    {
        var channels = x.Shape.Channels;
        // Broadcasting lines shapes up at their ends: what is not 1 must stand at the channels' axis.
        var axis = x.Shape.IsFlat ? 1 : x.ChannelAxis;
        var stands = constant.Shape.Select((side, i) => (side, Axis: i + x.Rank - constant.Shape.Length)).Where(dim => dim.side != 1).ToList();
        return stands.Count > 1 || stands.Any(dim => dim.Axis != axis) || (stands.Count == 1 && stands[0].side != channels)
            ? throw Unsupported(node, $"its constant [{string.Join(", ", constant.Shape)}] is neither one number nor one for each of {channels} channels")
            : Spread(constant, channels, 1);
    }

    private static float[] Spread(OnnxConstant constant, long count, float factor)
    {
        var values = constant.AsFloats();
        return values.Length == 1 ? [.. Enumerable.Repeat(values[0] * factor, (int)count)]
            : values.Length == count ? [.. values.Select(value => value * factor)]
            : throw new ShapeMismatchException($"a constant [{string.Join(", ", constant.Shape)}] does not fit {count} channels");
    }

    private void Norm(OnnxNode node)
    {
        if (node.Operator == "Max" && norms.TryGetValue(node.Inputs[0], out var of) && Constant(node, 1)?.AsFloats() is [<= 1e-6f])
        {
            norms[Output(node)] = of;
            return;
        }

        var x = node.Operator == "Max" ? throw Unsupported(node, "only a least norm is known") : ReadSpatial(node, 0);
        var isChannels = node.Operator == "ReduceL2"
            ? (Constant(node, 1)?.Wholes ?? node.Wholes("axes")) is [1] && node.Whole("keepdims", 1) == 1
            : node.Whole("axis", -1) == 1 && node.Whole("p", 2) == 2;
        if (!isChannels)
        {
            throw Unsupported(node, "only the Euclidean norm over the channels is known");
        }

        if (node.Operator == "ReduceL2")
        {
            norms[Output(node)] = x;
        }
        else
        {
            Normalised(node, x);
        }
    }

    private void Normalised(OnnxNode node, Feature x)
    {
        var layer = Put(node, name => new L2Norm(name, [x.Layer]), x).Layer;
        Weight($"{layer}.weight", [x.Shape.Channels], [.. Enumerable.Repeat(1f, x.Shape.Channels)]);
    }

    private void Replace(Layer old, Layer by) => layers[layers.IndexOf(old)] = by;

    private void Drop(Layer layer)
    {
        layers.Remove(layer);
        shapes.Remove(layer.Name);
    }

    /// <summary>Weights are often named better than nodes: <c>layer1.0.conv1.weight</c> makes a layer <c>layer1.0.conv1</c>.</summary>
    private static string? WeightName(OnnxNode node) =>
        node.Inputs.ElementAtOrDefault(1) is { } name && name.EndsWith(".weight", StringComparison.Ordinal) && name.Length > 7 ? name[..^7] : null;
}
