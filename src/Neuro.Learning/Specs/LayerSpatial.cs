namespace Neuro.Learning.Specs;

/// <summary>Largest value under a sliding window.</summary>
/// <param name="Ceil">Whether a last window may reach past the end of the picture.</param>
public sealed record MaxPool(string Name, IReadOnlyList<string> Inputs, Pair Kernel, Pair Stride, Pair Padding, bool Ceil = false) : Layer(Name, Inputs)
{
    public override string Type => "max_pool";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs) => Window.Slide(Spatial(inputs[0]), Kernel, Stride, Padding, 1, Ceil);
}

/// <summary>Mean under a sliding window, without padding.</summary>
public sealed record AvgPool(string Name, IReadOnlyList<string> Inputs, Pair Kernel, Pair Stride) : Layer(Name, Inputs)
{
    public override string Type => "avg_pool";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs) => Window.Slide(Spatial(inputs[0]), Kernel, Stride, 0, 1);
}

/// <summary>Means of a grid of <see cref="Size"/> cells, which may overlap by a pixel: cell i covers ⌊i·H/size⌋ up to ⌈(i + 1)·H/size⌉.</summary>
public sealed record AdaptiveAvgPool(string Name, IReadOnlyList<string> Inputs, Pair Size) : Layer(Name, Inputs)
{
    public override string Type => "adaptive_avg_pool";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs) => Spatial(inputs[0]) with { Height = Size.Height, Width = Size.Width };
}

/// <summary>Mean of each channel over the whole plane: <c>[C, H, W]</c> to <c>[C, 1, 1]</c>.</summary>
public sealed record GlobalAvgPool(string Name, IReadOnlyList<string> Inputs) : Layer(Name, Inputs)
{
    public override string Type => "global_avg_pool";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs) => Spatial(inputs[0]) with { Height = 1, Width = 1 };
}

/// <summary>Puts each value of the first input back where the second, a max_pool whose windows do not overlap, took it from; zero elsewhere (SegNet, Badrinarayanan et al. 2017).</summary>
public sealed record MaxUnpool(string Name, IReadOnlyList<string> Inputs) : Layer(Name, Inputs)
{
    public override string Type => "max_unpool";

    /// <param name="inputs">The values, what the pool gave, and what the pool read.</param>
    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs) => inputs[0] == inputs[1]
        ? inputs[2]
        : throw new ShapeMismatchException($"{Inputs[0]} is {inputs[0]} but the pool {Inputs[1]} gave {inputs[1]}; both must have the same shape");
}

/// <summary>How a picture is made larger.</summary>
public enum Interpolation
{
    /// <summary>The pixel at ⌊i·H/size⌋.</summary>
    Nearest,

    /// <summary>Between the four nearest pixel centres.</summary>
    Bilinear,
}

/// <summary>The same picture at another size.</summary>
public sealed record Upsample(string Name, IReadOnlyList<string> Inputs, Pair Size, Interpolation Mode) : Layer(Name, Inputs)
{
    public override string Type => "upsample";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs)
    {
        var input = Spatial(inputs[0]);
        return input.Height > Size.Height || input.Width > Size.Width
            ? throw new ShapeMismatchException($"{input} is larger than size {Size}; a layer that makes pictures smaller is a pool or a convolution")
            : input with { Height = Size.Height, Width = Size.Width };
    }

    internal override long Macs(TensorShape input, TensorShape output) => Mode == Interpolation.Bilinear ? 4 * output.Count : 0;
}

/// <summary>Zeros around the picture.</summary>
public sealed record Pad(string Name, IReadOnlyList<string> Inputs, int Top, int Left, int Bottom, int Right) : Layer(Name, Inputs)
{
    public override string Type => "pad";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs) =>
        Spatial(inputs[0]) is var input ? input with { Height = input.Height + Top + Bottom, Width = input.Width + Left + Right } : default;
}

/// <summary><c>[C, H, W]</c> to <c>[C·H·W]</c>.</summary>
public sealed record Flatten(string Name, IReadOnlyList<string> Inputs) : Layer(Name, Inputs)
{
    public override string Type => "flatten";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs) => inputs[0].Count <= int.MaxValue
        ? inputs[0] with { Channels = (int)inputs[0].Count, Height = 1, Width = 1, IsFlat = true }
        : throw new ShapeMismatchException($"{inputs[0]} holds more numbers than one dimension can");
}
