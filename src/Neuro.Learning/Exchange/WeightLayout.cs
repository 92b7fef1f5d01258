using Neuro.Client.Api;
using Neuro.Learning.Specs;

namespace Neuro.Learning.Exchange;

/// <summary>Names and shapes of a spec's weights, as PyTorch names them: <c>layer.weight</c>, <c>.bias</c>, <c>.running_mean</c>, <c>.running_var</c>.</summary>
internal static class WeightLayout
{
    public static IReadOnlyList<(string Name, long[] Shape)> Of(ModelSpec spec) => [.. spec.Layers.SelectMany(layer => Of(layer, spec.ShapeOf(layer.Inputs[0])))];

    /// <exception cref="NeuroException"><c>weights.mismatch</c></exception>
    public static void Check(ModelSpec spec, IReadOnlyDictionary<string, TensorValues> weights)
    {
        foreach (var (name, shape) in Of(spec))
        {
            if (!weights.TryGetValue(name, out var found))
            {
                throw new NeuroException("weights.mismatch", $"The weights hold no '{name}', which the model '{spec.Name}' needs.");
            }

            if (!found.Shape.SequenceEqual(shape))
            {
                throw new NeuroException("weights.mismatch", $"The weights' '{name}' is {found}; the model '{spec.Name}' needs [{string.Join(", ", shape)}].");
            }
        }
    }

    private static IEnumerable<(string Name, long[] Shape)> Of(Layer layer, TensorShape input)
    {
        switch (layer)
        {
            case Conv2d c:
                yield return ($"{c.Name}.weight", [c.Out, input.Channels / c.Groups, c.Kernel, c.Kernel]);
                if (c.Bias)
                {
                    yield return ($"{c.Name}.bias", [c.Out]);
                }

                break;
            case Linear l:
                yield return ($"{l.Name}.weight", [l.Out, input.Channels]);
                yield return ($"{l.Name}.bias", [l.Out]);
                break;
            case BatchNorm b:
                foreach (var part in new[] { "weight", "bias", "running_mean", "running_var" })
                {
                    yield return ($"{b.Name}.{part}", [input.Channels]);
                }

                break;
        }
    }
}
