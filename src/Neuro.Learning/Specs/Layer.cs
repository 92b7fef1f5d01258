namespace Neuro.Learning.Specs;

/// <summary>One node of a model: a name, the names of the layers it reads (or <c>input</c>), and the parameters of its type.</summary>
/// <remarks>The types are a closed set, so that every model can be checked, counted, trained and exported; each consumer switches over them.</remarks>
public abstract record Layer(string Name, IReadOnlyList<string> Inputs)
{
    /// <summary>The type's name in JSON.</summary>
    public abstract string Type { get; }

    /// <summary>The shape of the output, for inputs of the given shapes.</summary>
    /// <exception cref="ShapeMismatchException">The inputs do not fit; the message says what was expected.</exception>
    internal abstract TensorShape Infer(IReadOnlyList<TensorShape> inputs);

    /// <summary>Trained numbers, running statistics included.</summary>
    internal virtual long Parameters(TensorShape input) => 0;

    /// <summary>Multiply-accumulates for one sample.</summary>
    internal virtual long Macs(TensorShape input, TensorShape output) => 0;

    private protected static TensorShape Spatial(TensorShape input) =>
        input.IsFlat ? throw new ShapeMismatchException($"expected [C, H, W], found {input}") : input;
}

/// <summary>Inputs of a layer do not fit it; <see cref="ModelSpec"/> adds the layer's name.</summary>
internal sealed class ShapeMismatchException(string message) : Exception(message);

/// <summary>Two-dimensional convolution with a square kernel; weights <c>[Out, C / Groups, Kernel, Kernel]</c>.</summary>
public sealed record Conv2d(string Name, IReadOnlyList<string> Inputs, int Out, int Kernel, int Stride, int Padding, int Groups, bool Bias) : Layer(Name, Inputs)
{
    public override string Type => "conv2d";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs)
    {
        var input = Spatial(inputs[0]);
        return input.Channels % Groups != 0 || Out % Groups != 0
            ? throw new ShapeMismatchException($"groups is {Groups}, which must divide both the {input.Channels} channels of {input} and out = {Out}")
            : Window.Slide(input, Kernel, Stride, Padding) with { Channels = Out };
    }

    internal override long Parameters(TensorShape input) => (long)Out * (input.Channels / Groups) * Kernel * Kernel + (Bias ? Out : 0);

    internal override long Macs(TensorShape input, TensorShape output) => output.Count * (input.Channels / Groups) * Kernel * Kernel;
}

/// <summary>Batch normalisation over each channel (Ioffe and Szegedy 2015) with scale, shift and running statistics.</summary>
public sealed record BatchNorm(string Name, IReadOnlyList<string> Inputs) : Layer(Name, Inputs)
{
    /// <summary>Added to the variance before the root.</summary>
    public const double Epsilon = 1e-5;

    /// <summary>Share of the newest batch in the running statistics.</summary>
    public const double Momentum = 0.1;

    public override string Type => "batch_norm";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs) => Spatial(inputs[0]);

    internal override long Parameters(TensorShape input) => 4L * input.Channels;

    internal override long Macs(TensorShape input, TensorShape output) => output.Count;
}

/// <summary>max(0, x).</summary>
public sealed record Relu(string Name, IReadOnlyList<string> Inputs) : Layer(Name, Inputs)
{
    public override string Type => "relu";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs) => inputs[0];
}

/// <summary>Largest value under a sliding square window.</summary>
public sealed record MaxPool(string Name, IReadOnlyList<string> Inputs, int Kernel, int Stride, int Padding) : Layer(Name, Inputs)
{
    public override string Type => "max_pool";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs) => Window.Slide(Spatial(inputs[0]), Kernel, Stride, Padding);
}

/// <summary>Mean under a sliding square window, without padding.</summary>
public sealed record AvgPool(string Name, IReadOnlyList<string> Inputs, int Kernel, int Stride) : Layer(Name, Inputs)
{
    public override string Type => "avg_pool";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs) => Window.Slide(Spatial(inputs[0]), Kernel, Stride, 0);
}

/// <summary>Mean of each channel over the whole plane: <c>[C, H, W]</c> to <c>[C, 1, 1]</c>.</summary>
public sealed record GlobalAvgPool(string Name, IReadOnlyList<string> Inputs) : Layer(Name, Inputs)
{
    public override string Type => "global_avg_pool";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs) => Spatial(inputs[0]) with { Height = 1, Width = 1 };
}

/// <summary><c>[C, H, W]</c> to <c>[C·H·W]</c>.</summary>
public sealed record Flatten(string Name, IReadOnlyList<string> Inputs) : Layer(Name, Inputs)
{
    public override string Type => "flatten";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs) => inputs[0].Count <= int.MaxValue
        ? TensorShape.Flat((int)inputs[0].Count)
        : throw new ShapeMismatchException($"{inputs[0]} holds more numbers than one dimension can");
}

/// <summary>Fully connected layer with a bias; weights <c>[Out, In]</c>.</summary>
public sealed record Linear(string Name, IReadOnlyList<string> Inputs, int Out) : Layer(Name, Inputs)
{
    public override string Type => "linear";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs) => inputs[0].IsFlat
        ? TensorShape.Flat(Out)
        : throw new ShapeMismatchException($"expected a flat input, found {inputs[0]}; put a flatten layer before it");

    internal override long Parameters(TensorShape input) => (long)Out * input.Channels + Out;

    internal override long Macs(TensorShape input, TensorShape output) => (long)Out * input.Channels;
}

/// <summary>Sets a share of the numbers to zero while training; nothing afterwards.</summary>
public sealed record Dropout(string Name, IReadOnlyList<string> Inputs, double Rate) : Layer(Name, Inputs)
{
    public override string Type => "dropout";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs) => inputs[0];
}

/// <summary>Sum of two layers of the same shape: the joint of a residual block.</summary>
public sealed record Add(string Name, IReadOnlyList<string> Inputs) : Layer(Name, Inputs)
{
    public override string Type => "add";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs) => inputs[0] == inputs[1]
        ? inputs[0]
        : throw new ShapeMismatchException($"{Inputs[0]} is {inputs[0]} but {Inputs[1]} is {inputs[1]}; both must have the same shape");
}

/// <summary>Arithmetic of sliding windows.</summary>
internal static class Window
{
    public static TensorShape Slide(TensorShape input, int kernel, int stride, int padding)
    {
        var (height, width) = (input.Height + 2 * padding, input.Width + 2 * padding);
        return kernel > height || kernel > width
            ? throw new ShapeMismatchException($"kernel {kernel} is larger than {input} with padding {padding}")
            : input with { Height = (height - kernel) / stride + 1, Width = (width - kernel) / stride + 1 };
    }
}
