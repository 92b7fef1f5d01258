using System.Numerics;
using System.Runtime.CompilerServices;

namespace Neuro.Kernels.Rendering;

/// <summary>What <see cref="Traversal{T,TMask,TMemory}"/> does, for packets on the processor: the whole packet's beam against sixteen boxes at once instead of every lane against one.</summary>
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
        Inverse(in ray, out var inverse);
        var upto = float.PositiveInfinity;
        var level = Enter(in memory, in beam, upto);
        while (Next(in memory, in beam, upto, ref level, out var place) is >= 0 and var leaf)
        {
            if (!MayMeet(in memory, in ray, in inverse, level, place, leaf, distance))
            {
                continue;
            }

            var t = Intersection<T, TMask>.Distance(in memory, in ray, inverse.Y, leaf);
            var nearer = T.Less(t, distance) & T.Less(from, t);
            if (TMask.Any(nearer))
            {
                distance = T.Select(nearer, t, distance);
                primitive = TMask.Select(nearer, TMask.Constant(leaf), primitive);
                upto = Beam.Greatest(distance);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | Inlining.Function)]
    public static TMask Occluded(in PointerMemory<T, TMask> memory, in Ray<T> ray, in TMask active)
    {
        Beam.Of(in ray, in active, ends: true, out var beam);
        Inverse(in ray, out var inverse);
        // A lane that is done has a reach before its origin and hits nothing more.
        var reach = T.Select(active, T.Constant(1), T.Constant(-1));
        var level = Enter(in memory, in beam, 1);
        while (Next(in memory, in beam, 1, ref level, out var place) is >= 0 and var leaf)
        {
            if (memory.Primitives[leaf].Glass != 0 || !MayMeet(in memory, in ray, in inverse, level, place, leaf, reach))
            {
                continue;
            }

            var t = Intersection<T, TMask>.Distance(in memory, in ray, inverse.Y, leaf);
            reach = T.Select(T.Less(t, reach), T.Constant(-1), reach);
            if (!TMask.Any(T.Less(T.Constant(0), reach)))
            {
                break;
            }
        }

        return active & T.Less(reach, T.Constant(0));
    }

    /// <summary>One over each direction.</summary>
    [MethodImpl(Inlining.Small)]
    private static void Inverse(in Ray<T> ray, out (T X, T Y, T Z) inverse) => inverse = (T.Constant(1) / ray.X, T.Constant(1) / ray.Y, T.Constant(1) / ray.Z);

    /// <summary>Stands before the root's boxes.</summary>
    [MethodImpl(Inlining.Small)]
    private static BeamLevel* Enter(in PointerMemory<T, TMask> memory, in Beam beam, float upto)
    {
        var level = memory.Levels;
        level->Node = memory.WideNodes;
        level->Bits = beam.Meets(level->Node, upto, level->Near);
        return level;
    }

    /// <summary>The next primitive whose box the beam may meet before <paramref name="upto"/>; −1 when there is none.</summary>
    /// <param name="level">Where the walk stands.</param>
    /// <param name="place">Of the primitive's box in the node there.</param>
    [MethodImpl(Inlining.Small)]
    private static int Next(in PointerMemory<T, TMask> memory, in Beam beam, float upto, ref BeamLevel* level, out int place)
    {
        while (true)
        {
            if (level->Bits == 0)
            {
                if (level == memory.Levels)
                {
                    place = 0;
                    return -1;
                }

                level--;
                continue;
            }

            place = BitOperations.TrailingZeroCount(level->Bits);
            level->Bits &= level->Bits - 1;
            if (level->Near[place] > upto)
            {
                continue;
            }

            var child = level->Node->Children[place];
            if (child >= 0)
            {
                return child;
            }

            level++;
            level->Node = memory.WideNodes + ~child;
            level->Bits = beam.Meets(level->Node, upto, level->Near);
        }
    }

    /// <summary>Whether any lane meets the box of a primitive. Only asked where the primitive costs more than its box: wide beams, such as those that look for what is near, meet many.</summary>
    [MethodImpl(Inlining.Small)]
    private static bool MayMeet(in PointerMemory<T, TMask> memory, in Ray<T> ray, in (T X, T Y, T Z) inverse, BeamLevel* level, int place, int leaf, T reach)
    {
        if (memory.Primitives[leaf] is { Shape: Primitive.Box, Turned: 0 })
        {
            return true;
        }

        var box = level->Node->Box(place);
        return TMask.Any(Traversal<T, TMask, PointerMemory<T, TMask>>.Hits(in box, in ray, inverse.X, inverse.Y, inverse.Z, reach));
    }
}

/// <summary>Where a walk down the tree stands on one level: the boxes of a node that are still to be looked into, and when the beam enters each.</summary>
internal unsafe struct BeamLevel
{
    public WideNode* Node;
    public uint Bits;
    public fixed float Near[WideNode.Width];
}
