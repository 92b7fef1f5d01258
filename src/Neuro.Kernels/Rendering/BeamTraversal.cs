using System.Numerics;
using System.Runtime.CompilerServices;

namespace Neuro.Kernels.Rendering;

/// <summary>What <see cref="Traversal{T,TMask,TMemory}"/> does, for packets on the processor: the whole packet's beam against eight boxes at once instead of every lane against one.</summary>
/// <remarks>Leaves are met in the same order and decide by the same arithmetic, so the answers are the same.</remarks>
[SkipLocalsInit]
internal static unsafe class BeamTraversal<T, TMask>
    where T : unmanaged, IVector<T, TMask>
    where TMask : unmanaged, IMask<TMask>
{
    [MethodImpl(MethodImplOptions.NoInlining | Inlining.Function)]
    public static void Nearest(in PointerMemory<T, TMask> memory, in Ray<T> ray, in TMask active, T from, out T distance, out TMask primitive)
    {
        distance = T.Select(active, T.Constant(float.PositiveInfinity), T.Constant(-1));
        primitive = TMask.Constant(-1);
        if (!TMask.Any(active))
        {
            return;
        }

        Beam.Of(in ray, in active, ends: false, out var beam);
        var inverseY = T.Constant(1) / ray.Y;
        var upto = float.PositiveInfinity;
        var level = memory.Levels;
        level->Node = memory.WideNodes;
        level->Bits = beam.Meets(level->Node, upto, level->Near);
        while (true)
        {
            if (level->Bits == 0)
            {
                if (level == memory.Levels)
                {
                    return;
                }

                level--;
                continue;
            }

            var place = BitOperations.TrailingZeroCount(level->Bits);
            level->Bits &= level->Bits - 1;
            if (level->Near[place] > upto)
            {
                continue;
            }

            var child = level->Node->Children[place];
            if (child < 0)
            {
                level++;
                level->Node = memory.WideNodes + ~child;
                level->Bits = beam.Meets(level->Node, upto, level->Near);
                continue;
            }

            var t = Intersection<T, TMask>.Distance(in memory, in ray, inverseY, child);
            var nearer = T.Less(t, distance) & T.Less(from, t);
            if (TMask.Any(nearer))
            {
                distance = T.Select(nearer, t, distance);
                primitive = TMask.Select(nearer, TMask.Constant(child), primitive);
                upto = Beam.Greatest(distance);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | Inlining.Function)]
    public static TMask Occluded(in PointerMemory<T, TMask> memory, in Ray<T> ray, in TMask active)
    {
        Beam.Of(in ray, in active, ends: true, out var beam);
        var inverseY = T.Constant(1) / ray.Y;
        // A lane that is done has a reach before its origin and hits nothing more.
        var reach = T.Select(active, T.Constant(1), T.Constant(-1));
        var level = memory.Levels;
        level->Node = memory.WideNodes;
        level->Bits = beam.Meets(level->Node, 1, level->Near);
        while (true)
        {
            if (level->Bits == 0)
            {
                if (level == memory.Levels)
                {
                    break;
                }

                level--;
                continue;
            }

            var place = BitOperations.TrailingZeroCount(level->Bits);
            level->Bits &= level->Bits - 1;
            var child = level->Node->Children[place];
            if (child < 0)
            {
                level++;
                level->Node = memory.WideNodes + ~child;
                level->Bits = beam.Meets(level->Node, 1, level->Near);
                continue;
            }

            if (memory.Primitives[child].Glass == 0)
            {
                var t = Intersection<T, TMask>.Distance(in memory, in ray, inverseY, child);
                reach = T.Select(T.Less(t, reach), T.Constant(-1), reach);
                if (!TMask.Any(T.Less(T.Constant(0), reach)))
                {
                    break;
                }
            }
        }

        return active & T.Less(reach, T.Constant(0));
    }
}

/// <summary>Where a walk down the tree stands on one level: the boxes of a node that are still to be looked into, and when the beam enters each.</summary>
internal unsafe struct BeamLevel
{
    public WideNode* Node;
    public uint Bits;
    public fixed float Near[WideNode.Width];
}
