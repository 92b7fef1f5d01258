using Neuro.Client.Api;
using Neuro.Learning.Specs;

namespace Neuro.Learning.Exchange;

/// <summary>Names and shapes of all of a spec's weights.</summary>
internal static class WeightLayout
{
    public static IReadOnlyList<Weight> Of(ModelSpec spec) => [.. spec.Layers.SelectMany(layer => layer.Weights(spec.ShapeOf(layer.Inputs[0])))];

    /// <exception cref="NeuroException"><c>weights.mismatch</c></exception>
    public static void Check(ModelSpec spec, IReadOnlyDictionary<string, TensorValues> weights)
    {
        foreach (var weight in Of(spec))
        {
            if (!weights.TryGetValue(weight.Name, out var found))
            {
                throw new NeuroException("weights.mismatch", $"The weights hold no '{weight.Name}', which the model '{spec.Name}' needs.");
            }

            if (!found.Shape.SequenceEqual(weight.Shape))
            {
                throw new NeuroException("weights.mismatch",
                    $"The weights' '{weight.Name}' is {found}; the model '{spec.Name}' needs [{string.Join(", ", weight.Shape)}].");
            }
        }
    }
}
