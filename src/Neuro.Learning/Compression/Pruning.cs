using System.Numerics.Tensors;
using Neuro.Client.Api;
using Neuro.Learning.Exchange;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;

namespace Neuro.Learning.Compression;

/// <summary>What is to become smaller.</summary>
public enum ModelCost
{
    /// <summary>Multiply-accumulates of one sample: what takes time.</summary>
    Macs,

    /// <summary>Trained numbers: what takes space.</summary>
    Parameters,
}

/// <summary>How much is taken out of a model, and what is left in each layer.</summary>
public sealed record PruningOptions
{
    /// <summary>How many times smaller the model becomes at least, above 1.</summary>
    /// <value>2</value>
    public double Reduction { get; init; } = 2;

    /// <value><see cref="ModelCost.Macs"/></value>
    public ModelCost Cost { get; init; } = ModelCost.Macs;

    /// <summary>Channels stay multiples of this number, the width of the blocks in which vector units take them, where they were before; a layer of no more is left
    /// whole.</summary>
    /// <value>8</value>
    public int Multiple { get; init; } = 8;

    /// <summary>The least share of a layer's channels that stays.</summary>
    /// <value>0.125</value>
    public double LeastKept { get; init; } = 0.125;
}

/// <summary>Takes the channels that matter least out of a model, with all that depends on them: a smaller model with ordinary layers, which is then trained
/// on.</summary>
/// <remarks>
/// A group of coupled channels matters as much as the Euclidean norm of all weights that make or read it (Fang et al. 2023, DepGraph; of single filters Li et al.
/// 2017), where normalisation counts as part of the
/// convolution before it, since otherwise a filter's length means nothing. Norms are compared across the model over the mean of their family.
/// </remarks>
public static class Pruning
{
    /// <summary>The smaller spec, named <paramref name="name"/>, and its weights.</summary>
    /// <exception cref="NeuroException"><c>pruning.out_of_range</c>, <c>pruning.out_of_reach</c>, <c>weights.mismatch</c>, <c>pruning.by_regions</c>.</exception>
    public static (ModelSpec Spec, IReadOnlyDictionary<string, TensorValues> Weights) Prune(
        ModelSpec spec, IReadOnlyDictionary<string, TensorValues> weights, string name, PruningOptions? options = null)
    {
        var graph = new ChannelGraph(spec);
        var surgery = new ChannelSurgery(spec, graph, Choose(spec, weights, graph, options ?? new()));
        return (surgery.Spec(name), surgery.Weights(weights));
    }

    /// <summary>The groups to take out: the fewest steps, least important first, by which the model is small enough.</summary>
    internal static HashSet<int> Choose(ModelSpec spec, IReadOnlyDictionary<string, TensorValues> weights, ChannelGraph graph, PruningOptions options)
    {
        Check(options);
        if (spec.Layers.FirstOrDefault(layer => layer is Proposals or Detections or RoiAlign) is { } region)
        {
            throw new NeuroException("pruning.by_regions",
                $"The model '{spec.Name}' computes by regions (layer '{region.Name}', {region.Type}), and its channels cannot be followed through them yet; prune a model on a grid.");
        }

        var (folded, effective) = Inference.Fold(spec, weights);
        var importance = Importance(folded, effective, graph);
        var steps = graph.Families.SelectMany(family => Steps(family, importance, options)).OrderBy(step => step.Importance).Select(step => step.Groups).ToList();
        HashSet<int> First(int count) => [.. steps.Take(count).SelectMany(groups => groups)];
        double Reduction(int count) => Cost(spec) / Cost(new ChannelSurgery(spec, graph, First(count)).Spec(spec.Name));

        if (Reduction(steps.Count) is var most && most < options.Reduction)
        {
            throw new NeuroException("pruning.out_of_reach",
                FormattableString.Invariant($"'{spec.Name}' cannot be made {options.Reduction:0.##} times smaller in {options.Cost.ToString().ToLowerInvariant()}: ")
                + FormattableString.Invariant($"with {options.LeastKept:0.###} of each layer's channels, in multiples of {options.Multiple}, ")
                + FormattableString.Invariant($"it is {Math.Floor(most * 100) / 100:0.00} times. ")
                + "Ask for less, or lower the least share or the multiple.");
        }

        // Each step only makes it smaller: the fewest that suffice are found by halving.
        var (enough, few) = (steps.Count, 0);
        while (few < enough)
        {
            var middle = (few + enough) / 2;
            (few, enough) = Reduction(middle) >= options.Reduction ? (few, middle) : (middle + 1, enough);
        }

        return First(enough);

        double Cost(ModelSpec of) => options.Cost == ModelCost.Macs ? of.Macs : of.Parameters;
    }

    private static void Check(PruningOptions options)
    {
        Require(options.Reduction is > 1 and <= 1000, "reduction", options.Reduction, "a number above 1, up to 1000");
        Require(options.Multiple is >= 1 and <= 1024, "multiple", options.Multiple, "a whole number from 1 to 1024");
        Require(options.LeastKept is > 0 and <= 1, "least kept share", options.LeastKept, "a number above 0, up to 1");

        static void Require(bool holds, string what, double value, string expected)
        {
            if (!holds)
            {
                throw new NeuroException("pruning.out_of_range", FormattableString.Invariant($"The {what} is {value}; expected {expected}."));
            }
        }
    }

    /// <summary>A family's groups in the order in which they go, in steps after each of which a multiple is left.</summary>
    private static IEnumerable<(int[] Groups, double Importance)> Steps(ChannelFamily family, Dictionary<int, double> importance, PruningOptions options)
    {
        var ordered = family.Groups.OrderBy(group => importance[group]).ToArray();
        var mean = Math.Max(double.Epsilon, ordered.Average(group => importance[group]));
        var least = Math.Max(options.Multiple, (int)Math.Ceiling(ordered.Length * options.LeastKept));
        for (var gone = 0; gone < ordered.Length;)
        {
            var step = (ordered.Length - gone) % options.Multiple is > 0 and var odd ? odd : options.Multiple;
            if (ordered.Length - gone - step < least)
            {
                yield break;
            }

            var groups = ordered[gone..(gone + step)];
            gone += step;
            yield return (groups, groups.Average(group => importance[group]) / mean);
        }
    }

    /// <summary>The norm of all weights of each group.</summary>
    private static Dictionary<int, double> Importance(ModelSpec folded, IReadOnlyDictionary<string, TensorValues> weights, ChannelGraph graph)
    {
        var squares = new Dictionary<int, double>();
        foreach (var layer in folded.Layers.Where(layer => layer is Conv2d { Shared: null } or ConvTranspose2d or Linear))
        {
            var (kernel, made, read) = (weights[$"{layer.Name}.weight"], graph[layer.Name], graph[layer.Inputs[0]]);
            var (rows, columns) = layer is ConvTranspose2d ? (read, made) : (made, read);
            var width = (int)kernel.Shape[1];
            var each = kernel.Values.Length / rows.Count / width;
            for (var row = 0; row < rows.Count; row++)
            {
                for (var column = 0; column < width; column++)
                {
                    var square = TensorPrimitives.SumOfSquares(kernel.Values.AsSpan(((row * width) + column) * each, each));
                    Count(rows[row], square);
                    if (layer is not Conv2d { Groups: > 1 })
                    {
                        Count(columns[column], square);
                    }
                }
            }
        }

        return squares.ToDictionary(pair => pair.Key, pair => Math.Sqrt(pair.Value));

        void Count(int group, double square) => squares[group] = squares.GetValueOrDefault(group) + square;
    }
}
