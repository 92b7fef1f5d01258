namespace Neuro.Learning.Specs;

/// <summary>One named tensor of a layer.</summary>
/// <param name="Name">As PyTorch names it: <c>layer.weight</c>, <c>.bias</c>, <c>.running_mean</c>, <c>.running_var</c>.</param>
/// <param name="Shape">Outermost dimension first.</param>
/// <param name="Start">What all its numbers are before training; none for a kernel, which is drawn at random.</param>
/// <param name="Trained">Whether an optimiser changes it; running statistics and frozen normalisation are not trained.</param>
internal sealed record Weight(string Name, long[] Shape, float? Start = null, bool Trained = true)
{
    public long Count => Shape.Aggregate(1L, (product, side) => product * side);
}
