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

    /// <summary>The tensors it brings, for a first input of the given shape.</summary>
    internal virtual IEnumerable<Weight> Weights(TensorShape input) => [];

    /// <summary>Multiply-accumulates for one sample, or one region of it.</summary>
    internal virtual long Macs(TensorShape input, TensorShape output) => 0;

    private protected static TensorShape Spatial(TensorShape input) =>
        input.IsFlat ? throw new ShapeMismatchException($"expected [C, H, W], found {input}") : input;

    /// <summary>Inputs of one shape each, which are the sample's and not a region's.</summary>
    private protected static TensorShape Whole(TensorShape input) =>
        input.IsPerRegion ? throw new ShapeMismatchException($"expected a shape of the whole picture, found {input}, which is one of a region") : Spatial(input);
}

/// <summary>Inputs of a layer do not fit it; <see cref="ModelSpec"/> adds the layer's name.</summary>
internal sealed class ShapeMismatchException(string message) : Exception(message);

/// <summary>Two-dimensional convolution; weights <c>[Out, C / Groups, Kernel]</c>.</summary>
/// <param name="Shared">The convolution whose weights this one uses; none for its own.</param>
public sealed record Conv2d(
    string Name, IReadOnlyList<string> Inputs, int Out, Pair Kernel, Pair Stride, Pair Padding, int Groups, bool Bias, Pair Dilation = default, string? Shared = null) : Layer(Name, Inputs)
{
    public override string Type => "conv2d";

    /// <summary>Steps between the taps of the kernel.</summary>
    public Pair Dilation { get; init; } = Dilation == default ? 1 : Dilation;

    internal string WeightsOf => Shared ?? Name;

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs)
    {
        var input = Spatial(inputs[0]);
        return input.Channels % Groups != 0 || Out % Groups != 0
            ? throw new ShapeMismatchException($"groups is {Groups}, which must divide both the {input.Channels} channels of {input} and out = {Out}")
            : Window.Slide(input, Kernel, Stride, Padding, Dilation) with { Channels = Out };
    }

    internal override IEnumerable<Weight> Weights(TensorShape input) => Shared is null ? Own(input) : [];

    /// <summary>The weights that this convolution reads, be they its own or another's.</summary>
    internal IEnumerable<Weight> Own(TensorShape input)
    {
        yield return new($"{WeightsOf}.weight", [Out, input.Channels / Groups, Kernel.Height, Kernel.Width]);
        if (Bias)
        {
            yield return new($"{WeightsOf}.bias", [Out], 0);
        }
    }

    internal override long Macs(TensorShape input, TensorShape output) => output.Count * (input.Channels / Groups) * Kernel.Height * Kernel.Width;
}

/// <summary>Transposed convolution (Zeiler et al. 2010): each number of the input lays a kernel down; weights <c>[C, Out, Kernel]</c>.</summary>
public sealed record ConvTranspose2d(string Name, IReadOnlyList<string> Inputs, int Out, Pair Kernel, Pair Stride, Pair Padding, bool Bias) : Layer(Name, Inputs)
{
    public override string Type => "conv_transpose2d";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs)
    {
        var input = Spatial(inputs[0]);
        var (height, width) = (Side(input.Height, Stride.Height, Padding.Height, Kernel.Height), Side(input.Width, Stride.Width, Padding.Width, Kernel.Width));
        return height is < 1 or > int.MaxValue || width is < 1 or > int.MaxValue
            ? throw new ShapeMismatchException($"a kernel of {Kernel} with padding {Padding} gives sides of {height:N0} and {width:N0} on {input}; expected sides of 1 or more")
            : input with { Channels = Out, Height = (int)height, Width = (int)width };
    }

    private static long Side(long side, int stride, int padding, int kernel) => (side - 1) * stride - 2 * padding + kernel;

    internal override IEnumerable<Weight> Weights(TensorShape input)
    {
        yield return new($"{Name}.weight", [input.Channels, Out, Kernel.Height, Kernel.Width]);
        if (Bias)
        {
            yield return new($"{Name}.bias", [Out], 0);
        }
    }

    internal override long Macs(TensorShape input, TensorShape output) => input.Count * Out * Kernel.Height * Kernel.Width;
}

/// <summary>Batch normalisation over each channel (Ioffe and Szegedy 2015) with scale, shift and running statistics.</summary>
/// <param name="Epsilon">Added to the variance before the root.</param>
public sealed record BatchNorm(string Name, IReadOnlyList<string> Inputs, double Epsilon = BatchNorm.DefaultEpsilon) : Layer(Name, Inputs)
{
    public const double DefaultEpsilon = 1e-5;

    /// <summary>Share of the newest batch in the running statistics.</summary>
    public const double Momentum = 0.1;

    public override string Type => "batch_norm";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs) => Spatial(inputs[0]);

    internal override IEnumerable<Weight> Weights(TensorShape input) => Of(Name, input.Channels, trained: true);

    internal override long Macs(TensorShape input, TensorShape output) => output.Count;

    internal static IEnumerable<Weight> Of(string name, int channels, bool trained) =>
    [
        new($"{name}.weight", [channels], 1, trained), new($"{name}.bias", [channels], 0, trained),
        new($"{name}.running_mean", [channels], 0, Trained: false), new($"{name}.running_var", [channels], 1, Trained: false),
    ];
}

/// <summary>Batch normalisation that training leaves as it is: in detectors, whose batches are too small for statistics.</summary>
public sealed record FrozenBatchNorm(string Name, IReadOnlyList<string> Inputs, double Epsilon = BatchNorm.DefaultEpsilon) : Layer(Name, Inputs)
{
    public override string Type => "frozen_batch_norm";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs) => Spatial(inputs[0]);

    internal override IEnumerable<Weight> Weights(TensorShape input) => BatchNorm.Of(Name, input.Channels, trained: false);

    internal override long Macs(TensorShape input, TensorShape output) => output.Count;
}

/// <summary>Each pixel's channels over their Euclidean norm, times a trained scale a channel (ParseNet, Liu et al. 2015).</summary>
public sealed record L2Norm(string Name, IReadOnlyList<string> Inputs) : Layer(Name, Inputs)
{
    /// <summary>The least norm that is divided by.</summary>
    public const float Epsilon = 1e-12f;

    /// <summary>Where the scale starts: SSD, Liu et al. 2016, section 3.1.</summary>
    private const float Start = 20;

    public override string Type => "l2_norm";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs) => Spatial(inputs[0]);

    internal override IEnumerable<Weight> Weights(TensorShape input) => [new($"{Name}.weight", [input.Channels], Start)];

    internal override long Macs(TensorShape input, TensorShape output) => 2 * output.Count;
}

/// <summary>Fully connected layer; weights <c>[Out, In]</c>.</summary>
public sealed record Linear(string Name, IReadOnlyList<string> Inputs, int Out, bool Bias = true) : Layer(Name, Inputs)
{
    public override string Type => "linear";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs) => inputs[0].IsFlat
        ? inputs[0] with { Channels = Out }
        : throw new ShapeMismatchException($"expected a flat input, found {inputs[0]}; put a flatten layer before it");

    internal override IEnumerable<Weight> Weights(TensorShape input)
    {
        yield return new($"{Name}.weight", [Out, input.Channels]);
        if (Bias)
        {
            yield return new($"{Name}.bias", [Out], 0);
        }
    }

    internal override long Macs(TensorShape input, TensorShape output) => (long)Out * input.Channels;
}

/// <summary>Sets a share of the numbers to zero while training; nothing afterwards.</summary>
public sealed record Dropout(string Name, IReadOnlyList<string> Inputs, double Rate) : Layer(Name, Inputs)
{
    public override string Type => "dropout";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs) => inputs[0];
}
