namespace Neuro.Learning.Specs.Drawing;

/// <summary>Layers that belong together by their names and stand one after another.</summary>
internal sealed class Block(string title)
{
    /// <summary>More layers with weights of their own, normalisation apart, are drawn as several blocks.</summary>
    private const int MaxWeighted = 8;

    public string Title { get; } = title;

    public List<Layer> Layers { get; } = [];

    /// <summary>The blocks that this one reads.</summary>
    public HashSet<Block> Reads { get; } = [];

    /// <summary>The model's blocks in the order of its layers: since each is a run of that order, no two read one another.</summary>
    public static List<Block> Of(ModelSpec spec)
    {
        var keys = Keys(spec);
        var (blocks, home) = (new List<Block>(), new Dictionary<string, Block>());
        foreach (var layer in spec.Layers)
        {
            var key = keys[layer.Name];
            // What stands by itself goes on in a chain of such layers: a stem, a head.
            var isChain = key == layer.Name && blocks.Count > 0 && keys.GetValueOrDefault(blocks[^1].Title) == blocks[^1].Title && layer.Inputs is [var only] && only == blocks[^1].Layers[^1].Name;
            if (blocks.Count == 0 || (blocks[^1].Title != key && !isChain))
            {
                blocks.Add(new(key));
            }

            blocks[^1].Layers.Add(layer);
            home[layer.Name] = blocks[^1];
            blocks[^1].Reads.UnionWith(layer.Inputs.Where(home.ContainsKey).Select(input => home[input]).Where(other => other != blocks[^1]));
        }

        return blocks;
    }

    /// <summary>Whether a layer follows on the line of the one that it reads.</summary>
    public static bool IsSmall(Layer layer) => layer is Activation or BatchNorm or FrozenBatchNorm or L2Norm or Dropout or Flatten;

    private static bool IsWeighted(Layer layer) => layer is Conv2d { Shared: null } or ConvTranspose2d or Linear;

    /// <summary>For each layer the shortest part of its name under which there are few enough layers, or only a list of them.</summary>
    private static Dictionary<string, string> Keys(ModelSpec spec)
    {
        var names = spec.Layers.ToDictionary(layer => layer.Name, layer => Segments(layer.Name));
        var keys = new Dictionary<string, string>();
        Split(spec.Layers, 0);
        return keys;

        void Split(IReadOnlyList<Layer> layers, int depth)
        {
            foreach (var group in layers.GroupBy(layer => string.Concat(names[layer.Name].Take(depth + 1))))
            {
                var members = group.ToList();
                var isList = members.All(layer => names[layer.Name].Length <= depth + 2 || IsSmall(layer));
                if (members.Count(IsWeighted) <= MaxWeighted || isList)
                {
                    members.ForEach(layer => keys[layer.Name] = group.Key.TrimEnd('.', '-'));
                }
                else
                {
                    Split(members, depth + 1);
                }
            }
        }
    }

    /// <summary><c>layer1.0.conv1</c> as <c>layer1.</c>, <c>0.</c>, <c>conv1</c>.</summary>
    private static string[] Segments(string name)
    {
        var (segments, begin) = (new List<string>(), 0);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] is '.' or '-')
            {
                segments.Add(name[begin..(i + 1)]);
                begin = i + 1;
            }
        }

        return [.. segments, name[begin..]];
    }
}
