namespace Neuro.Learning.Exchange;

/// <summary>A tensor outside of any runtime: its shape, outermost dimension first, and its numbers in that order.</summary>
public sealed record TensorValues(IReadOnlyList<long> Shape, float[] Values)
{
    public override string ToString() => $"[{string.Join(", ", Shape)}]";
}
