using System.Runtime.CompilerServices;

namespace Neuro.Kernels.Rendering;

/// <summary>Up to sixteen boxes side by side, so that a beam is tested against all of them at once; empty places are boxes that nothing meets.</summary>
internal unsafe struct WideNode
{
    public const int Width = 16;

    /// <summary>Planes one after the other, the least x, y, z of all boxes and then the greatest.</summary>
    public fixed float Bounds[6 * Width];

    /// <summary>A primitive, or the complement of a wide node.</summary>
    public fixed int Children[Width];

    /// <summary>One of the boxes.</summary>
    [MethodImpl(Inlining.Small)]
    public readonly BvhNode Box(int place) => new()
    {
        MinX = Bounds[place],
        MinY = Bounds[Width + place],
        MinZ = Bounds[(2 * Width) + place],
        MaxX = Bounds[(3 * Width) + place],
        MaxY = Bounds[(4 * Width) + place],
        MaxZ = Bounds[(5 * Width) + place],
    };
}

/// <summary>The tree of <see cref="Bvh"/> with up to sixteen children a node, in the same order.</summary>
internal static class WideTree
{
    /// <summary>The nodes, the first one the root, and how many of them lie on the longest way down.</summary>
    public static unsafe (WideNode[] Nodes, int Depth) Of(ReadOnlySpan<BvhNode> nodes)
    {
        var wide = new WideNode[Math.Max(1, nodes.Length / 2)];
        var count = 0;
        var depth = 0;
        if (nodes.IsEmpty)
        {
            Fill(ref wide[0], nodes, []);
            return (wide, 1);
        }

        // Wide nodes whose flat node is known and whose children are not.
        var waiting = new Stack<(int Flat, int Place, int Depth)>();
        waiting.Push((0, count++, 1));
        Span<int> children = stackalloc int[WideNode.Width];
        while (waiting.TryPop(out var node))
        {
            depth = Math.Max(depth, node.Depth);
            var number = Unfold(nodes, node.Flat, children);
            Fill(ref wide[node.Place], nodes, children[..number]);
            for (var i = 0; i < number; i++)
            {
                ref readonly var child = ref nodes[children[i]];
                if (child.Primitive < 0)
                {
                    wide[node.Place].Children[i] = ~count;
                    waiting.Push((children[i], count++, node.Depth + 1));
                }
                else
                {
                    wide[node.Place].Children[i] = child.Primitive;
                }
            }
        }

        return (wide, depth);
    }

    /// <summary>Replaces the largest inner node by its two children until there is no room; the order stays.</summary>
    private static int Unfold(ReadOnlySpan<BvhNode> nodes, int root, Span<int> children)
    {
        children[0] = root;
        var number = 1;
        while (number < children.Length)
        {
            var (largest, area) = (-1, -1f);
            for (var i = 0; i < number; i++)
            {
                ref readonly var node = ref nodes[children[i]];
                if (node.Primitive < 0 && HalfArea(in node) > area)
                {
                    (largest, area) = (i, HalfArea(in node));
                }
            }

            if (largest < 0)
            {
                break;
            }

            var first = children[largest] + 1;
            children[(largest + 1)..number].CopyTo(children[(largest + 2)..]);
            (children[largest], children[largest + 1]) = (first, nodes[first].Skip);
            number++;
        }

        return number;
    }

    private static unsafe void Fill(ref WideNode wide, ReadOnlySpan<BvhNode> nodes, ReadOnlySpan<int> children)
    {
        for (var i = 0; i < WideNode.Width; i++)
        {
            for (var axis = 0; axis < 3; axis++)
            {
                var (least, greatest) = (float.PositiveInfinity, float.NegativeInfinity);
                if (i < children.Length)
                {
                    ref var node = ref Unsafe.AsRef(in nodes[children[i]]);
                    (least, greatest) = (Unsafe.Add(ref node.MinX, axis), Unsafe.Add(ref node.MaxX, axis));
                }

                wide.Bounds[(axis * WideNode.Width) + i] = least;
                wide.Bounds[((axis + 3) * WideNode.Width) + i] = greatest;
            }
        }
    }

    private static float HalfArea(in BvhNode node)
    {
        var (x, y, z) = (node.MaxX - node.MinX, node.MaxY - node.MinY, node.MaxZ - node.MinZ);
        return (x * y) + (y * z) + (z * x);
    }
}
