using Microsoft.ML.OnnxRuntime;
using Neuro.Learning.Exchange;
using Neuro.Learning.Specs;

namespace Neuro.Learning.Compression;

/// <summary>Looks which numbers the values of a model take on pictures like those that it will see.</summary>
internal static class Calibration
{
    /// <param name="spec">The model.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="values">The layers, or the input, whose numbers are looked at.</param>
    /// <param name="pictures">Bytes <c>[H, W, C]</c> each.</param>
    /// <param name="tails">Share of the numbers that a range may leave out.</param>
    public static Dictionary<string, ActivationRange> Ranges(
        ModelSpec spec, IReadOnlyDictionary<string, TensorValues> weights, IReadOnlyList<string> values, IReadOnlyList<byte[]> pictures, double tails)
    {
        string[] layers = [.. values.Where(value => value != ModelSpec.InputName)];
        using var options = ModelCheck.Quiet();
        using var session = new InferenceSession(OnnxExporter.Export(spec, weights, null, layers), options);
        using var run = new RunOptions();
        var seen = values.ToDictionary(value => value, _ => new ActivationHistogram());
        Look((histogram, numbers) => histogram.Widen(numbers));
        Look((histogram, numbers) => histogram.Count(numbers));
        return seen.ToDictionary(pair => pair.Key, pair => pair.Value.Range(tails));

        void Look(Action<ActivationHistogram, float[]> at)
        {
            foreach (var picture in pictures)
            {
                var planes = ModelCheck.Planes(spec, picture);
                using var input = OrtValue.CreateTensorValueFromMemory(planes, [1, .. spec.Input.Select(side => (long)side)]);
                using var results = session.Run(run, [OnnxExporter.Input], [input], [.. layers.Select(OnnxOperators.ValueName)]);
                foreach (var (layer, result) in layers.Zip(results))
                {
                    at(seen[layer], result.GetTensorDataAsSpan<float>().ToArray());
                }

                if (seen.TryGetValue(ModelSpec.InputName, out var histogram))
                {
                    at(histogram, Normalised(spec, planes));
                }
            }
        }
    }

    private static float[] Normalised(ModelSpec spec, float[] planes)
    {
        var plane = spec.Input[1] * spec.Input[2];
        return [.. planes.Select((value, i) => (value - spec.InputMean[i / plane]) / spec.InputDeviation[i / plane])];
    }
}
