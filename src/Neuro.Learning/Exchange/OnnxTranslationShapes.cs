using Neuro.Learning.Specs;

namespace Neuro.Learning.Exchange;

/// <summary>Operators that pool, pad, resize and rearrange.</summary>
internal sealed partial class OnnxTranslation
{
    private readonly record struct Margins(int Top, int Left, int Bottom, int Right)
    {
        public bool IsSymmetric => Top == Bottom && Left == Right && Top <= 63 && Left <= 63;

        public bool IsNone => this == default;
    }

    private void MaxPool(OnnxNode node)
    {
        var x = ReadSpatial(node, 0);
        var (kernel, stride, ceil) = (Kernel(node), Strides(node), node.Whole("ceil_mode", 0) != 0);
        var pads = Pads(node, x.Shape, kernel, stride, 1);
        if (Sides(node, "dilations", 1, 1) != 1 || pads.Top > kernel.Height / 2 || pads.Left > kernel.Width / 2)
        {
            throw Unsupported(node, "it is dilated, or its padding is more than half its kernel");
        }

        // A longer margin at the end is what a last window that reaches past the picture sees: nothing.
        var padding = new Pair(pads.Top, pads.Left);
        var given = Put(node, name => new MaxPool(name, [x.Layer], kernel, stride, padding, ceil || !pads.IsSymmetric), x);
        var (height, width) = (x.Shape.Height + pads.Top + pads.Bottom - kernel.Height, x.Shape.Width + pads.Left + pads.Right - kernel.Width);
        if (!pads.IsSymmetric && (given.Shape.Height != height / stride.Height + 1 || given.Shape.Width != width / stride.Width + 1))
        {
            throw Unsupported(node, $"its padding [{pads.Top}, {pads.Left}, {pads.Bottom}, {pads.Right}] is one-sided in a way that no pool of a spec has");
        }

        if (node.Outputs.Count > 1)
        {
            indices[node.Outputs[1]] = given;
        }
    }

    private void MaxUnpool(OnnxNode node)
    {
        var x = ReadSpatial(node, 0);
        var pool = node.Inputs.Count > 1 ? indices.GetValueOrDefault(node.Inputs[1]) : null;
        if (pool is null)
        {
            throw Unsupported(node, "its indices must be those of a MaxPool");
        }

        Put(node, name => new MaxUnpool(name, [x.Layer, pool.Layer]), x);
    }

    private void AveragePool(OnnxNode node)
    {
        var x = ReadSpatial(node, 0);
        var (kernel, stride) = (Kernel(node), Strides(node));
        var pads = Pads(node, x.Shape, kernel, stride, 1);
        if (kernel == new Pair(x.Shape.Height, x.Shape.Width) && pads.IsNone)
        {
            GlobalAverage(node, x, keep: true);
            return;
        }

        var padded = Bordered(x.Shape, pads);
        var reachesPast = node.Whole("ceil_mode", 0) != 0 && Window.Slide(padded, kernel, stride, 0, 1) != Window.Slide(padded, kernel, stride, 0, 1, ceil: true);
        if (reachesPast || (!pads.IsNone && node.Whole("count_include_pad", 0) == 0))
        {
            throw Unsupported(node, "it leaves padding out of its means, or reaches past the picture");
        }

        var from = pads.IsNone ? x : AddPad(node, x, pads);
        Put(node, name => new AvgPool(name, [from.Layer], kernel, stride), x);
    }

    private void ReduceMean(OnnxNode node)
    {
        var x = Read(node, 0);
        var axes = (OnnxFolding.Axes(node, [null, Constant(node, 1)]) ?? []).Select(axis => axis < 0 ? axis + 4 : axis).Order().ToArray();
        if (x.Shape.IsFlat || !axes.SequenceEqual(x.IsChannelsLast ? [1, 2] : [2, 3]))
        {
            throw Unsupported(node, "only the mean over height and width is known");
        }

        GlobalAverage(node, x, node.Whole("keepdims", 1) != 0);
    }

    private void GlobalAverage(OnnxNode node, Feature x, bool keep)
    {
        var mean = Put(node, name => new GlobalAvgPool(name, [x.Layer]), x);
        if (!keep)
        {
            Put(node, name => new Flatten(name, [mean.Layer]), mean, $"{node.Label}.flat");
        }
    }

    private void Pad(OnnxNode node)
    {
        var x = Read(node, 0);
        var pads = (Constant(node, 1)?.Wholes ?? node.Wholes("pads") ?? []).ToArray();
        var isZero = node.Text("mode", "constant") == "constant" && (Constant(node, 2)?.AsFloats() is not [var fill] || fill == 0) && node.Float("value", 0) == 0;
        var (h, w, c) = x.IsChannelsLast ? (1, 2, 3) : (2, 3, 1);
        if (x.Shape.IsFlat || pads.Length != 8 || !isZero || pads[0] != 0 || pads[4] != 0 || pads[c] != 0 || pads[4 + c] != 0 || pads.Any(pad => pad is < 0 or > 1024))
        {
            throw Unsupported(node, "only zeros around height and width are known, at most 1024");
        }

        AddPad(node, x, new((int)pads[h], (int)pads[w], (int)pads[4 + h], (int)pads[4 + w]));
    }

    private Feature AddPad(OnnxNode node, Feature x, Margins pads) =>
        Put(node, name => new Pad(name, [x.Layer], pads.Top, pads.Left, pads.Bottom, pads.Right), x, $"{node.Label}.pad");

    /// <summary>A layer of zeros where one side gets more of them than the other.</summary>
    private Feature Padded(OnnxNode node, Feature x, Margins pads) => pads.IsSymmetric ? x : AddPad(node, x, pads);

    private void Resize(OnnxNode node)
    {
        var x = Read(node, 0);
        var isUpsample = node.Operator == "Upsample" || file.Opset < 11;
        var sizes = isUpsample ? null : Constant(node, 3)?.Numbers;
        var scales = (isUpsample ? Constant(node, 1) : Constant(node, 2))?.Numbers;
        var (h, w) = x.IsChannelsLast ? (1, 2) : (2, 3);
        if (x.Shape.IsFlat || (sizes?.Length != 4 && scales?.Length != 4))
        {
            throw Unsupported(node, "its sizes or scales must be four constants");
        }

        var (height, width) = sizes?.Length == 4 ? (sizes[h], sizes[w]) : (Math.Floor(x.Shape.Height * scales![h]), Math.Floor(x.Shape.Width * scales[w]));
        if (!(height is >= 1 and <= 2048 && width is >= 1 and <= 2048))
        {
            throw Unsupported(node, $"it makes pictures of {height} × {width}; 1 to 2048 are known");
        }

        var (mode, place) = (node.Text("mode", "nearest"), node.Text("coordinate_transformation_mode", isUpsample ? "asymmetric" : "half_pixel"));
        var isWhole = height % x.Shape.Height == 0 && width % x.Shape.Width == 0;
        var isNearest = mode == "nearest" && (place == "asymmetric" ? isUpsample || isWhole || node.Text("nearest_mode", "round_prefer_floor") == "floor" : place is "half_pixel" or "pytorch_half_pixel" && isWhole);
        if (!isNearest && !(mode == "linear" && place is "half_pixel" or "pytorch_half_pixel"))
        {
            throw Unsupported(node, $"the mode {mode} with {place} coordinates is not known; nearest and half-pixel linear are");
        }

        Put(node, name => new Upsample(name, [x.Layer], new((int)height, (int)width), isNearest ? Interpolation.Nearest : Interpolation.Bilinear), x);
    }

    private void Transpose(OnnxNode node)
    {
        var x = Read(node, 0);
        features[Output(node)] = (node.Wholes("perm")?.ToArray(), x.IsChannelsLast, x.Shape.IsFlat) switch
        {
            ([0, 3, 1, 2], true, false) => x with { IsChannelsLast = false },
            ([0, 2, 3, 1], false, false) => x with { IsChannelsLast = true },
            ([0, 1, 2, 3] or [0, 1], _, _) => x,
            _ => throw Unsupported(node, "only changes between [N, C, H, W] and [N, H, W, C] are known"),
        };
    }

    private void Concat(OnnxNode node)
    {
        var x = node.Inputs.Select((_, i) => Read(node, i)).ToList();
        var axis = node.Whole("axis", 1);
        if (x.Count is < 1 or > 64 || x.Any(one => one.IsChannelsLast != x[0].IsChannelsLast || one.Rank != x[0].Rank || one.FlatOf is not null)
            || (axis < 0 ? axis + x[0].Rank : axis) != (x[0].Shape.IsFlat ? 1 : x[0].ChannelAxis))
        {
            throw Unsupported(node, "only channels are joined, of at most 64 values that lie in the same order");
        }

        if (x.Count == 1)
        {
            Alias(node, x[0]);
        }
        else
        {
            Put(node, name => new Concat(name, [.. x.Select(one => one.Layer)]), x[0]);
        }
    }

    private void Flatten(OnnxNode node)
    {
        if (node.Whole("axis", 1) != 1)
        {
            throw Unsupported(node, "only what comes after the batch is flattened");
        }

        Flat(node, Read(node, 0));
    }

    private void Flat(OnnxNode node, Feature x)
    {
        if (x.Shape.IsFlat)
        {
            Alias(node, x);
            return;
        }

        var isReordered = x.IsChannelsLast && x.Shape.Height * x.Shape.Width > 1;
        Put(node, name => new Flatten(name, [x.Layer]), x with { FlatOf = isReordered ? x.Shape : null });
    }

    private void Reshape(OnnxNode node)
    {
        var x = Read(node, 0);
        var to = Constant(node, 1)?.Wholes ?? [];
        var shape = ShapeOf(x).Wholes!;
        // 0 keeps a side, -1 takes what is left over; the batch is open, or is one that the file fixed.
        var sides = to.Select((side, i) => side == 0 && i < shape.Length ? shape[i] : side).ToArray();
        var isBatch = sides.Length > 0 && (sides[0] == OnnxConstant.Free || sides[0] == input.Batch || (sides[0] == -1 && !sides.Skip(1).Contains(-1)));
        if (isBatch && sides.Length == 2 && (sides[1] == -1 || sides[1] == x.Shape.Count))
        {
            Flat(node, x);
        }
        else if (isBatch && sides.Length == shape.Length && sides.Skip(1).Select((side, i) => side == shape[i + 1] || side == -1).All(same => same))
        {
            Alias(node, x);
        }
        else
        {
            throw Unsupported(node, $"only flattening is known, not [{string.Join(", ", to.Select(side => side == OnnxConstant.Free ? "N" : $"{side}"))}] of {x.Shape}");
        }
    }

    private void Squeeze(OnnxNode node)
    {
        var x = Read(node, 0);
        var axes = (OnnxFolding.Axes(node, [null, Constant(node, 1)]) ?? []).Select(axis => axis < 0 ? axis + x.Rank : axis).Order().ToArray();
        if (x.Shape is not { IsFlat: false, Height: 1, Width: 1 } || !axes.SequenceEqual(x.IsChannelsLast ? [1, 2] : [2, 3]))
        {
            throw Unsupported(node, "only a height and width of 1 are taken away");
        }

        Flat(node, x);
    }

    private void Softmax(OnnxNode node)
    {
        var x = Read(node, 0);
        var axis = node.Whole("axis", file.Opset < 13 ? 1 : -1);
        if (!x.Shape.IsFlat || axis is not (1 or -1))
        {
            throw Unsupported(node, "only one over the classes of a classifier is known");
        }

        features[Output(node)] = x;
        softmaxes.Add(Output(node));
    }

    private Pair Kernel(OnnxNode node) =>
        node.Wholes("kernel_shape") is { Count: 2 } ? Sides(node, "kernel_shape", 1, 63) : throw Unsupported(node, "its kernel must have two sides");

    private Pair Strides(OnnxNode node) => Sides(node, "strides", 1, 16);

    private static Pair Sides(OnnxNode node, string name, int low, int high, int otherwise = 1) => node.Wholes(name) switch
    {
        null or { Count: 0 } => otherwise,
        { Count: 2 } sides when sides.All(side => side >= low && side <= high) => new Pair((int)sides[0], (int)sides[1]),
        var sides => throw Unsupported(node, $"{name} is [{string.Join(", ", sides.Take(9))}]; expected two numbers from {low} to {high}"),
    };

    private static Margins ExplicitPads(OnnxNode node) => node.Wholes("pads") switch
    {
        null or { Count: 0 } => default,
        { Count: 4 } pads when pads.All(pad => pad is >= 0 and <= 1024) => new((int)pads[0], (int)pads[1], (int)pads[2], (int)pads[3]),
        var pads => throw Unsupported(node, $"pads is [{string.Join(", ", pads.Take(9))}]; expected four numbers from 0 to 1024"),
    };

    /// <summary>Padding as it is given, or as much as keeps ⌈side / stride⌉ (SAME_UPPER puts an odd one at the end, SAME_LOWER at the beginning).</summary>
    private static Margins Pads(OnnxNode node, TensorShape x, Pair kernel, Pair stride, Pair dilation)
    {
        var mode = node.Text("auto_pad", "NOTSET");
        if (mode is not ("SAME_UPPER" or "SAME_LOWER"))
        {
            return mode == "VALID" ? default : ExplicitPads(node);
        }

        var (height, width) = (Total(x.Height, kernel.Height, stride.Height, dilation.Height), Total(x.Width, kernel.Width, stride.Width, dilation.Width));
        var (lessHigh, lessWide) = (height / 2, width / 2);
        return mode == "SAME_UPPER" ? new(lessHigh, lessWide, height - lessHigh, width - lessWide) : new(height - lessHigh, width - lessWide, lessHigh, lessWide);

        static int Total(int side, int kernel, int stride, int dilation) => Math.Max(0, ((side + stride - 1) / stride - 1) * stride + dilation * (kernel - 1) + 1 - side);
    }

    private static TensorShape Bordered(TensorShape x, Margins pads) => x with { Height = x.Height + pads.Top + pads.Bottom, Width = x.Width + pads.Left + pads.Right };
}
