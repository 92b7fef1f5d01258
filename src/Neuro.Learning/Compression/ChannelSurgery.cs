using Neuro.Learning.Exchange;
using Neuro.Learning.Specs;

namespace Neuro.Learning.Compression;

/// <summary>Takes groups of channels out of a model: what is left computes what the whole model would if those channels were zero.</summary>
internal sealed class ChannelSurgery(ModelSpec spec, ChannelGraph graph, IReadOnlySet<int> removed)
{
    public ModelSpec Spec(string name) =>
        new(name, spec.Input, spec.Classes, [.. spec.Layers.Select(Narrower)], spec.Task, spec.Outputs, spec.InputMean, spec.InputDeviation);

    public Dictionary<string, TensorValues> Weights(IReadOnlyDictionary<string, TensorValues> weights) =>
        spec.Layers.SelectMany(layer => layer.Weights(spec.ShapeOf(layer.Inputs[0])).Select(weight => (weight.Name, Cut: Cut(layer, weights[weight.Name]))))
            .ToDictionary(pair => pair.Name, pair => pair.Cut);

    private Layer Narrower(Layer layer) => layer switch
    {
        Conv2d c => c with { Out = Kept(c.Name).Length, Groups = ChannelGraph.IsDepthwise(c, spec) ? Kept(c.Inputs[0]).Length : c.Groups },
        ConvTranspose2d c => c with { Out = Kept(c.Name).Length },
        Linear l => l with { Out = Kept(l.Name).Length },
        _ => layer,
    };

    /// <summary>The first dimension of a weight is its layer's channels and the second those that it reads; of a transposed kernel the other way round.</summary>
    private TensorValues Cut(Layer layer, TensorValues weight)
    {
        int[] Inputs(int count) => layer is Conv2d { Groups: > 1 } ? [.. Enumerable.Range(0, count)] : Kept(layer.Inputs[0]);
        return weight.Shape.Count == 1 ? Slice(weight, Kept(layer.Name), [0])
            : layer is ConvTranspose2d ? Slice(weight, Kept(layer.Inputs[0]), Kept(layer.Name))
            : Slice(weight, Kept(layer.Name), Inputs((int)weight.Shape[1]));
    }

    private int[] Kept(string layer) => [.. Enumerable.Range(0, graph[layer].Count).Where(channel => !removed.Contains(graph[layer][channel]))];

    private static TensorValues Slice(TensorValues from, int[] rows, int[] columns)
    {
        var width = from.Shape.Count == 1 ? 1 : (int)from.Shape[1];
        var each = from.Values.Length / (int)from.Shape[0] / width;
        var values = new float[rows.Length * columns.Length * each];
        for (var (row, to) = (0, 0); row < rows.Length; row++)
        {
            foreach (var column in columns)
            {
                from.Values.AsSpan(((rows[row] * width) + column) * each, each).CopyTo(values.AsSpan(to));
                to += each;
            }
        }

        return new([rows.Length, .. from.Shape.Count == 1 ? [] : (long[])[columns.Length], .. from.Shape.Skip(2)], values);
    }
}
