using Neuro.Learning.Exchange;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;

namespace Neuro.Learning.Compression;

/// <summary>A model's graph with QuantizeLinear and DequantizeLinear where OnnxRuntime's CPU provider looks for them: before and after each operator, but not
/// between one and the ReLU that it takes in.</summary>
/// <param name="spec">Folded.</param>
/// <param name="weights">Folded.</param>
/// <param name="measured">The ranges of what <see cref="Measured"/> names.</param>
/// <param name="float32">Layers whose weights stay.</param>
/// <param name="most">The largest whole number of a weight.</param>
internal sealed class QuantisedGraph(
    ModelSpec spec, IReadOnlyDictionary<string, TensorValues> weights, IReadOnlyDictionary<string, ActivationRange> measured, IReadOnlySet<string> float32, int most)
{
    private readonly OnnxGraph graph = new(spec.Name);
    private readonly Dictionary<string, ActivationRange> ranges = measured.ToDictionary();

    /// <summary>The values whose ranges must be known.</summary>
    public static IReadOnlyList<string> Measured(ModelSpec spec, IReadOnlySet<string> float32)
    {
        string[] values = [ModelSpec.InputName, .. spec.Layers.Where(layer => !KeepsRange(layer)).Select(layer => layer.Name)];
        return [.. values.Where(value => IsQuantised(spec, value, float32))];
    }

    /// <param name="original">As it was before it was folded: what the metadata names.</param>
    /// <param name="card">For the metadata.</param>
    public byte[] Write(ModelSpec original, ModelCard? card)
    {
        OnnxExporter.Normalise(spec, graph);
        Round(ModelSpec.InputName);
        var operators = new OnnxOperators(spec, graph, Read);
        foreach (var layer in spec.Layers)
        {
            if (KeepsRange(layer) && ranges.TryGetValue(layer.Inputs[0], out var same) && IsQuantised(spec, layer.Name, float32))
            {
                ranges[layer.Name] = same;
            }

            WriteWeights(layer);
            operators.Write(layer);
            Round(layer.Name);
        }

        return OnnxExporter.Finish(original, graph, card, output => Read(spec.Outputs[output]));
    }

    /// <summary>Layers that only choose or move numbers.</summary>
    private static bool KeepsRange(Layer layer) => layer is MaxPool or Flatten or Pad or Upsample { Mode: Interpolation.Nearest };

    private static bool IsQuantised(ModelSpec spec, string value, IReadOnlySet<string> float32)
    {
        var readers = spec.Layers.Where(layer => layer.Inputs.Contains(value)).ToList();
        var isOutput = spec.Outputs.Values.Contains(value);
        var layer = spec.Layers.FirstOrDefault(layer => layer.Name == value);
        // The scores themselves stay exact, and what an activation is joined to is rounded after it.
        return !(isOutput && layer is Linear or Flatten && readers.Count == 0)
            && !(layer is Conv2d or Linear or Add && !isOutput && readers is [Relu or Relu6])
            && !(readers.Count > 0 && readers.All(reader => float32.Contains(reader.Name)));
    }

    private static string Rounded(string value) => $"{OnnxOperators.ValueName(value)}:dequantised";

    private string Read(string value) => ranges.ContainsKey(value) ? Rounded(value) : OnnxOperators.ValueName(value);

    private void Round(string value)
    {
        if (ranges.TryGetValue(value, out var range))
        {
            var name = OnnxOperators.ValueName(value);
            string[] by = [graph.Floats($"{name}:step", [], [range.Scale]), graph.UInt8s($"{name}:zero", [], [range.ZeroPoint])];
            var whole = graph.Node("QuantizeLinear", $"{value}:quantise", [name, .. by], $"{name}:quantised");
            graph.Node("DequantizeLinear", $"{value}:dequantise", [whole, .. by], Rounded(value));
        }
    }

    private void WriteWeights(Layer layer)
    {
        var own = layer.Weights(spec.ShapeOf(layer.Inputs[0])).ToList();
        if (own.Count == 0 || layer is not (Conv2d or Linear) || float32.Contains(layer.Name) || !ranges.TryGetValue(layer.Inputs[0], out var input) || IsShared(layer))
        {
            own.ForEach(weight => graph.Floats(weight.Name, weight.Shape, weights[weight.Name].Values));
            return;
        }

        var kernel = weights[own[0].Name];
        var each = kernel.Values.Length / (int)kernel.Shape[0];
        float[] scales = [.. kernel.Values.Chunk(each).Select(row => row.Max(MathF.Abs) is > 0 and var largest ? largest / most : 1)];
        sbyte[] wholes = [.. kernel.Values.Select((value, i) => (sbyte)Whole(value, scales[i / each], most))];
        WriteRounded(own[0].Name, scales, name => graph.Int8s(name, kernel.Shape, wholes));
        if (own.Count > 1)
        {
            // In the steps of the products that it is added to.
            float[] steps = [.. scales.Select(scale => scale * input.Scale)];
            int[] biases = [.. weights[own[1].Name].Values.Select((value, i) => (int)Whole(value, steps[i], int.MaxValue))];
            WriteRounded(own[1].Name, steps, name => graph.Int32s(name, own[1].Shape, biases));
        }
    }

    /// <summary>A constant in whole numbers; what reads the weight by its name reads it in floats again.</summary>
    private void WriteRounded(string weight, float[] scales, Func<string, string> write)
    {
        string[] rounded = [write($"{weight}:quantised"), graph.Floats($"{weight}:scale", [scales.Length], scales)];
        graph.Node("DequantizeLinear", $"{weight}:dequantise", rounded, weight, OnnxGraph.Int("axis", 0));
    }

    /// <summary>A bias rounded for one input would be wrong for another.</summary>
    private bool IsShared(Layer layer) => spec.Layers.OfType<Conv2d>().Any(other => other.Shared == layer.Name);

    private static double Whole(float value, float scale, int most) => Math.Clamp(Math.Round((double)value / scale), -most, most);
}
