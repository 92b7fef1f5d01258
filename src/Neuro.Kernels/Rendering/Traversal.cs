using System.Runtime.CompilerServices;

namespace Neuro.Kernels.Rendering;

/// <summary>Walks the flat tree with a packet: a node is visited when any lane hits it.</summary>
[SkipLocalsInit]
internal static class Traversal<T, TMask, TMemory>
    where T : unmanaged, IVector<T, TMask>
    where TMask : unmanaged, IMask<TMask>
    where TMemory : struct, IMemory<T, TMask>
{
    /// <summary>The nearest hit of each lane beyond <paramref name="from"/>: distance (+∞: none) and primitive.</summary>
    [MethodImpl(Inlining.Function)]
    public static void Nearest(in TMemory memory, in Ray<T> ray, TMask active, T from, int nodeCount, out T distance, out TMask primitive)
    {
        var infinity = T.Constant(float.PositiveInfinity);
        var inverseX = T.Constant(1) / ray.X;
        var inverseY = T.Constant(1) / ray.Y;
        var inverseZ = T.Constant(1) / ray.Z;
        var best = T.Select(active, infinity, T.Constant(-1));
        var bestPrimitive = TMask.Constant(-1);
        for (var i = 0; i < nodeCount;)
        {
            ref var node = ref memory.Node(i);
            if (!TMask.Any(Hits(in node, in ray, inverseX, inverseY, inverseZ, best)))
            {
                i = node.Skip;
                continue;
            }

            if (node.Primitive < 0)
            {
                i++;
                continue;
            }

            var t = Intersection<T, TMask>.Distance(memory, in ray, inverseY, node.Primitive);
            var nearer = T.Less(t, best) & T.Less(from, t);
            best = T.Select(nearer, t, best);
            bestPrimitive = TMask.Select(nearer, TMask.Constant(node.Primitive), bestPrimitive);
            i = node.Skip;
        }

        distance = best;
        primitive = bestPrimitive;
    }

    /// <summary>The lanes of <paramref name="active"/> whose ray meets something that is not glass before its parameter is 1.</summary>
    [MethodImpl(Inlining.Function)]
    public static TMask Occluded(in TMemory memory, in Ray<T> ray, TMask active, int nodeCount)
    {
        var inverseX = T.Constant(1) / ray.X;
        var inverseY = T.Constant(1) / ray.Y;
        var inverseZ = T.Constant(1) / ray.Z;
        // A lane that is done has a reach before its origin and hits nothing more.
        var reach = T.Select(active, T.Constant(1), T.Constant(-1));
        for (var i = 0; i < nodeCount;)
        {
            ref var node = ref memory.Node(i);
            if (!TMask.Any(Hits(in node, in ray, inverseX, inverseY, inverseZ, reach)))
            {
                i = node.Skip;
                continue;
            }

            if (node.Primitive < 0)
            {
                i++;
                continue;
            }

            i = node.Skip;
            if (memory.Primitive(node.Primitive).Glass == 0)
            {
                var t = Intersection<T, TMask>.Distance(memory, in ray, inverseY, node.Primitive);
                reach = T.Select(T.Less(t, reach), T.Constant(-1), reach);
                i = TMask.Any(T.Less(T.Constant(0), reach)) ? i : nodeCount;
            }
        }

        return active & T.Less(reach, T.Constant(0));
    }

    [MethodImpl(Inlining.Small)]
    public static TMask Hits(in BvhNode node, in Ray<T> ray, T inverseX, T inverseY, T inverseZ, T reach)
    {
        var ax = (T.Constant(node.MinX) - ray.OriginX) * inverseX;
        var bx = (T.Constant(node.MaxX) - ray.OriginX) * inverseX;
        var ay = (T.Constant(node.MinY) - ray.OriginY) * inverseY;
        var by = (T.Constant(node.MaxY) - ray.OriginY) * inverseY;
        var az = (T.Constant(node.MinZ) - ray.OriginZ) * inverseZ;
        var bz = (T.Constant(node.MaxZ) - ray.OriginZ) * inverseZ;
        var near = T.Max(T.Max(T.Min(ax, bx), T.Min(ay, by)), T.Max(T.Min(az, bz), T.Constant(0)));
        var far = T.Min(T.Min(T.Max(ax, bx), T.Max(ay, by)), T.Min(T.Max(az, bz), reach));
        return T.LessOrEqual(near, far);
    }
}
