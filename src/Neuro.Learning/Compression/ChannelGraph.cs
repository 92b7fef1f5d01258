using Neuro.Learning.Specs;

namespace Neuro.Learning.Compression;

/// <summary>Channels that the same layers make: the first of each goes with the first of the others.</summary>
/// <param name="Makers">Names of the convolutions and linear layers.</param>
/// <param name="Groups">Coupled channels, which stay or go together.</param>
internal sealed record ChannelFamily(IReadOnlyList<string> Makers, IReadOnlyList<int> Groups);

/// <summary>Which channels of a model can only be taken out together: the dependency graph of structured pruning (Fang et al. 2023), channel by channel.</summary>
/// <remarks>
/// Each channel that a convolution or a linear layer makes begins as a group of its own, and each layer says which of its channels are its inputs': sums and
/// products couple the channels of both sides, a depthwise
/// convolution those before and after it, shared weights those of all their uses; concatenation and flattening only carry groups to other places. What is left are
/// the groups, whatever the graph looks like.
/// </remarks>
internal sealed class ChannelGraph
{
    private readonly List<int> parents = [];
    private readonly HashSet<int> kept = [];
    private readonly Dictionary<string, int[]> channels = [];

    public ChannelGraph(ModelSpec spec)
    {
        channels[ModelSpec.InputName] = Make(spec.Input[0]);
        Keep(ModelSpec.InputName);
        foreach (var layer in spec.Layers)
        {
            channels[layer.Name] = Read(layer, spec);
        }

        foreach (var output in spec.Outputs.Values)
        {
            Keep(output);
        }

        foreach (var name in channels.Keys)
        {
            channels[name] = [.. channels[name].Select(Root)];
        }

        Families = FamiliesOf(spec);
    }

    /// <summary>The groups that may be taken out. The groups of one family cost the same.</summary>
    public IReadOnlyList<ChannelFamily> Families { get; }

    /// <summary>The group of each channel of a layer; of each number of a flat one.</summary>
    public IReadOnlyList<int> this[string layer] => channels[layer];

    /// <summary>Whether each filter of a convolution reads one channel alone.</summary>
    public static bool IsDepthwise(Conv2d conv, ModelSpec spec) => conv.Groups > 1 && conv.Groups == spec.ShapeOf(conv.Inputs[0]).Channels;

    private int[] Read(Layer layer, ModelSpec spec)
    {
        int[][] x = [.. layer.Inputs.Select(name => channels[name])];
        switch (layer)
        {
            case Conv2d conv:
                return Convolve(conv, x[0], spec);
            case ConvTranspose2d or Linear:
                return Make(spec.ShapeOf(layer.Name).Channels);
            case Add or Multiply or MaxUnpool:
                return Couple(x[0], x[1]);
            case Concat:
                return [.. x.SelectMany(part => part)];
            case Flatten:
                var each = spec.ShapeOf(layer.Name).Channels / x[0].Length;
                return [.. x[0].SelectMany(group => Enumerable.Repeat(group, each))];
            case L2Norm:
                // Each number depends on all the channels.
                kept.UnionWith(x[0]);
                return x[0];
            default:
                return x[0];
        }
    }

    private int[] Convolve(Conv2d conv, int[] input, ModelSpec spec)
    {
        var output = Make(conv.Out);
        if (conv.Shared is { } owner)
        {
            Couple(output, channels[owner]);
            Couple(input, channels[spec.Layers.First(layer => layer.Name == owner).Inputs[0]]);
        }

        if (IsDepthwise(conv, spec))
        {
            Couple([.. Enumerable.Range(0, conv.Out).Select(channel => input[channel * conv.Groups / conv.Out])], output);
        }
        else if (conv.Groups > 1)
        {
            // Equal parts must stay equal: left as they are.
            kept.UnionWith(input);
            kept.UnionWith(output);
        }

        return output;
    }

    private int[] Make(int count)
    {
        int[] fresh = [.. Enumerable.Range(parents.Count, count)];
        parents.AddRange(fresh);
        return fresh;
    }

    private void Keep(string layer) => kept.UnionWith(channels[layer]);

    private int[] Couple(int[] left, int[] right)
    {
        for (var i = 0; i < left.Length; i++)
        {
            parents[Root(right[i])] = Root(left[i]);
        }

        return left;
    }

    private int Root(int group)
    {
        while (parents[group] != group)
        {
            group = parents[group] = parents[parents[group]];
        }

        return group;
    }

    private List<ChannelFamily> FamiliesOf(ModelSpec spec)
    {
        var stays = kept.Select(Root).ToHashSet();
        var makers = new Dictionary<int, List<string>>();
        foreach (var layer in spec.Layers.Where(layer => layer is Conv2d or ConvTranspose2d or Linear))
        {
            foreach (var group in channels[layer.Name].Distinct().Where(group => !stays.Contains(group)))
            {
                (makers.TryGetValue(group, out var names) ? names : makers[group] = []).Add(layer.Name);
            }
        }

        return [.. makers.GroupBy(pair => string.Join('\n', pair.Value), pair => pair.Key).Select(family => new ChannelFamily(makers[family.First()], [.. family]))];
    }
}
