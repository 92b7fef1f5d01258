namespace Neuro.Learning.Specs;

/// <summary>A function of each number alone.</summary>
public abstract record Activation(string Name, IReadOnlyList<string> Inputs) : Layer(Name, Inputs)
{
    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs) => inputs[0];
}

/// <summary>max(0, x).</summary>
public sealed record Relu(string Name, IReadOnlyList<string> Inputs) : Activation(Name, Inputs)
{
    public override string Type => "relu";
}

/// <summary>min(6, max(0, x)) (Howard et al. 2017).</summary>
public sealed record Relu6(string Name, IReadOnlyList<string> Inputs) : Activation(Name, Inputs)
{
    public override string Type => "relu6";
}

/// <summary>x · sigmoid(x) (Elfwing et al. 2017).</summary>
public sealed record Silu(string Name, IReadOnlyList<string> Inputs) : Activation(Name, Inputs)
{
    public override string Type => "silu";
}

/// <summary>1 / (1 + e⁻ˣ).</summary>
public sealed record Sigmoid(string Name, IReadOnlyList<string> Inputs) : Activation(Name, Inputs)
{
    public override string Type => "sigmoid";
}

/// <summary>Hyperbolic tangent.</summary>
public sealed record Tanh(string Name, IReadOnlyList<string> Inputs) : Activation(Name, Inputs)
{
    public override string Type => "tanh";
}

/// <summary>Sum of two layers of the same shape: the joint of a residual block.</summary>
public sealed record Add(string Name, IReadOnlyList<string> Inputs) : Layer(Name, Inputs)
{
    public override string Type => "add";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs) => inputs[0] == inputs[1]
        ? inputs[0]
        : throw new ShapeMismatchException($"{Inputs[0]} is {inputs[0]} but {Inputs[1]} is {inputs[1]}; both must have the same shape");
}

/// <summary>Product of two layers of the same shape, or of a layer and one number for each of its channels.</summary>
public sealed record Multiply(string Name, IReadOnlyList<string> Inputs) : Layer(Name, Inputs)
{
    public override string Type => "multiply";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs) => inputs[1] == inputs[0] || (!inputs[0].IsFlat && inputs[1] == inputs[0] with { Height = 1, Width = 1 })
        ? inputs[0]
        : throw new ShapeMismatchException($"{Inputs[0]} is {inputs[0]} but {Inputs[1]} is {inputs[1]}; the second must have the same shape, or the same channels and sides of 1");

    internal override long Macs(TensorShape input, TensorShape output) => output.Count;
}

/// <summary>The channels of one layer after those of another.</summary>
public sealed record Concat(string Name, IReadOnlyList<string> Inputs) : Layer(Name, Inputs)
{
    public override string Type => "concat";

    internal override TensorShape Infer(IReadOnlyList<TensorShape> inputs)
    {
        var channels = inputs.Sum(input => (long)input.Channels);
        var odd = inputs.ToList().FindIndex(input => input with { Channels = 1 } != inputs[0] with { Channels = 1 });
        return odd >= 0 ? throw new ShapeMismatchException($"{Inputs[0]} is {inputs[0]} but {Inputs[odd]} is {inputs[odd]}; only their channels may differ")
            : channels > int.MaxValue ? throw new ShapeMismatchException($"{channels:N0} channels are more than one dimension can hold")
            : inputs[0] with { Channels = (int)channels };
    }
}
