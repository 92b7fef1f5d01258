using System.Runtime.CompilerServices;

namespace Neuro.Kernels.Rendering;

/// <summary>Walks the flat tree with a packet: a node is visited when any lane hits it.</summary>
internal static class Traversal<T, TMask, TMemory>
    where T : unmanaged, IVector<T, TMask>
    where TMask : unmanaged, IMask<TMask>
    where TMemory : struct, IMemory<T, TMask>
{
    /// <summary>The nearest hit of each lane: distance (+∞: none) and primitive. With <paramref name="counts"/>, every labelled instance that a lane passes through is counted too, near or hidden.</summary>
    public static void Nearest(TMemory memory, in Ray<T, TMask> ray, TMask active, int nodeCount, bool counts, out T distance, out TMask primitive)
    {
        var infinity = T.Constant(float.PositiveInfinity);
        // Hidden instances are only met when distance culls nothing.
        var reach = counts ? infinity : T.Constant(0);
        var inverseX = T.Constant(1) / ray.X;
        var inverseY = T.Constant(1) / ray.Y;
        var inverseZ = T.Constant(1) / ray.Z;
        var best = T.Select(active, infinity, T.Constant(-1));
        var bestPrimitive = TMask.Constant(-1);
        for (var i = 0; i < nodeCount;)
        {
            ref var node = ref memory.Node(i);
            if (!TMask.Any(Hits(ref node, in ray, inverseX, inverseY, inverseZ, T.Max(best, reach)) & active))
            {
                i = node.Skip;
                continue;
            }

            if (node.Primitive < 0)
            {
                i++;
                continue;
            }

            ref var solid = ref memory.Primitive(node.Primitive);
            var t = Distance(in ray, inverseY, ref solid);
            if (counts && solid.Id != 0)
            {
                memory.CountUnoccluded(solid.Id, T.Less(t, infinity) & active);
            }

            var nearer = T.Less(t, best);
            best = T.Select(nearer, t, best);
            bestPrimitive = TMask.Select(nearer, TMask.Constant(node.Primitive), bestPrimitive);
            i = node.Skip;
        }

        distance = best;
        primitive = bestPrimitive;
    }

    /// <summary>The lanes of <paramref name="active"/> whose ray meets something before its parameter is 1.</summary>
    public static TMask Occluded(TMemory memory, in Ray<T, TMask> ray, TMask active, int nodeCount)
    {
        var inverseX = T.Constant(1) / ray.X;
        var inverseY = T.Constant(1) / ray.Y;
        var inverseZ = T.Constant(1) / ray.Z;
        // A lane that is done has a reach before its origin and hits nothing more.
        var reach = T.Select(active, T.Constant(1), T.Constant(-1));
        for (var i = 0; i < nodeCount;)
        {
            ref var node = ref memory.Node(i);
            if (!TMask.Any(Hits(ref node, in ray, inverseX, inverseY, inverseZ, reach)))
            {
                i = node.Skip;
                continue;
            }

            if (node.Primitive < 0)
            {
                i++;
                continue;
            }

            var t = Distance(in ray, inverseY, ref memory.Primitive(node.Primitive));
            reach = T.Select(T.Less(t, reach), T.Constant(-1), reach);
            i = TMask.Any(T.Less(T.Constant(0), reach)) ? node.Skip : nodeCount;
        }

        return active & T.Less(reach, T.Constant(0));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TMask Hits(ref BvhNode node, in Ray<T, TMask> ray, T inverseX, T inverseY, T inverseZ, T reach)
    {
        var ax = T.Constant(node.MinX - ray.OriginX) * inverseX;
        var bx = T.Constant(node.MaxX - ray.OriginX) * inverseX;
        var ay = T.Constant(node.MinY - ray.OriginY) * inverseY;
        var by = T.Constant(node.MaxY - ray.OriginY) * inverseY;
        var az = T.Constant(node.MinZ - ray.OriginZ) * inverseZ;
        var bz = T.Constant(node.MaxZ - ray.OriginZ) * inverseZ;
        var near = T.Max(T.Max(T.Min(ax, bx), T.Min(ay, by)), T.Max(T.Min(az, bz), T.Constant(0)));
        var far = T.Min(T.Min(T.Max(ax, bx), T.Max(ay, by)), T.Min(T.Max(az, bz), reach));
        return T.LessOrEqual(near, far);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Distance(in Ray<T, TMask> ray, T inverseY, ref Primitive solid)
    {
        var local = Intersection<T, TMask>.ToLocal(in ray, ref solid);
        return solid.Shape == Primitive.Box
            ? Intersection<T, TMask>.Box(in local, inverseY, ref solid)
            : Intersection<T, TMask>.Cylinder(in local, inverseY, ref solid);
    }
}
