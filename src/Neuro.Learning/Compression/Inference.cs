using Neuro.Learning.Exchange;
using Neuro.Learning.Specs;

namespace Neuro.Learning.Compression;

/// <summary>A model as it is when nothing more is learnt: normalisation is part of the convolution before it, and dropout is gone.</summary>
internal static class Inference
{
    /// <summary>Computes the same with fewer layers: <c>w' = w · γ/√(σ² + ε)</c>, <c>b' = β + (b − μ) · γ/√(σ² + ε)</c> (Jacob et al. 2018, section 3.2). Layers
    /// that stay keep their names.</summary>
    public static (ModelSpec Spec, Dictionary<string, TensorValues> Weights) Fold(ModelSpec spec, IReadOnlyDictionary<string, TensorValues> weights)
    {
        WeightLayout.Check(spec, weights);
        var (layers, values, standsFor) = (new Dictionary<string, Layer>(), weights.ToDictionary(), new Dictionary<string, string>());
        foreach (var layer in spec.Layers)
        {
            var read = layer with { Inputs = [.. layer.Inputs.Select(name => standsFor.GetValueOrDefault(name, name))] };
            if (layer is Dropout)
            {
                standsFor[layer.Name] = read.Inputs[0];
            }
            else if (Scale(layer, values) is { } scale && layers.GetValueOrDefault(layer.Inputs[0]) is Conv2d conv && IsAlone(spec, conv))
            {
                layers[conv.Name] = Scaled(conv, scale, values);
                standsFor[layer.Name] = conv.Name;
            }
            else
            {
                layers[layer.Name] = read;
            }
        }

        var outputs = spec.Outputs.ToDictionary(output => output.Key, output => standsFor.GetValueOrDefault(output.Value, output.Value));
        var folded = new ModelSpec(spec.Name, spec.Input, spec.Classes, [.. layers.Values], spec.Task, outputs, spec.InputMean, spec.InputDeviation);
        return (folded, WeightLayout.Of(folded).ToDictionary(weight => weight.Name, weight => values[weight.Name]));
    }

    /// <summary>What normalisation multiplies each channel by and adds thereafter; none for other layers.</summary>
    private static (double By, double Plus)[]? Scale(Layer layer, Dictionary<string, TensorValues> weights)
    {
        if ((layer as BatchNorm)?.Epsilon is not { } epsilon)
        {
            if (layer is not FrozenBatchNorm frozen)
            {
                return null;
            }

            epsilon = frozen.Epsilon;
        }

        float[] Of(string part) => weights[$"{layer.Name}.{part}"].Values;
        var (scale, shift, mean, variance) = (Of("weight"), Of("bias"), Of("running_mean"), Of("running_var"));
        return [.. scale.Select((_, c) => (By: scale[c] / Math.Sqrt(variance[c] + epsilon), c)).Select(one => (one.By, shift[one.c] - (mean[one.c] * one.By)))];
    }

    /// <summary>Whether normalisation is all that reads a convolution, and its weights are its own.</summary>
    private static bool IsAlone(ModelSpec spec, Conv2d conv) =>
        conv.Shared is null && !spec.Layers.OfType<Conv2d>().Any(other => other.Shared == conv.Name)
        && !spec.Outputs.Values.Contains(conv.Name) && spec.Layers.Count(layer => layer.Inputs.Contains(conv.Name)) == 1;

    private static Conv2d Scaled(Conv2d conv, (double By, double Plus)[] scale, Dictionary<string, TensorValues> weights)
    {
        var (kernel, bias) = (weights[$"{conv.Name}.weight"], conv.Bias ? weights[$"{conv.Name}.bias"].Values : new float[conv.Out]);
        var each = kernel.Values.Length / conv.Out;
        weights[$"{conv.Name}.weight"] = kernel with { Values = [.. kernel.Values.Select((value, i) => (float)(value * scale[i / each].By))] };
        weights[$"{conv.Name}.bias"] = new([conv.Out], [.. bias.Select((value, c) => (float)((value * scale[c].By) + scale[c].Plus))]);
        return conv with { Bias = true };
    }
}
