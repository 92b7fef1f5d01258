using System.Runtime.CompilerServices;

namespace Neuro.Kernels.Rendering;

/// <summary>Distances along rays to the solids; +∞ where a ray misses or starts inside.</summary>
internal static class Intersection<T, TMask>
    where T : unmanaged, IVector<T, TMask>
    where TMask : unmanaged, IMask<TMask>
{
    /// <summary>Rays in a solid's own axes: moved by its centre, turned back by its yaw.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ray<T, TMask> ToLocal(in Ray<T, TMask> ray, ref Primitive solid)
    {
        var x = ray.OriginX - solid.CentreX;
        var z = ray.OriginZ - solid.CentreZ;
        var cos = T.Constant(solid.Cos);
        var sin = T.Constant(solid.Sin);
        Ray<T, TMask> local;
        local.OriginX = (solid.Cos * x) - (solid.Sin * z);
        local.OriginY = ray.OriginY - solid.CentreY;
        local.OriginZ = (solid.Sin * x) + (solid.Cos * z);
        local.X = Numerics<T, TMask>.NonZero((cos * ray.X) - (sin * ray.Z));
        local.Y = ray.Y;
        local.Z = Numerics<T, TMask>.NonZero((sin * ray.X) + (cos * ray.Z));
        return local;
    }

    /// <summary>Slab test (Kay and Kajiya 1986) in the box's own axes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Box(in Ray<T, TMask> local, T inverseY, ref Primitive box)
    {
        var inverseX = T.Constant(1) / local.X;
        var inverseZ = T.Constant(1) / local.Z;
        Slab(box.HalfX, local.OriginX, inverseX, out var nearX, out var farX);
        Slab(box.HalfY, local.OriginY, inverseY, out var nearY, out var farY);
        Slab(box.HalfZ, local.OriginZ, inverseZ, out var nearZ, out var farZ);
        var near = T.Max(T.Max(nearX, nearY), nearZ);
        var far = T.Min(T.Min(farX, farY), farZ);
        return T.Select(T.LessOrEqual(near, far) & T.Less(T.Constant(0), near), near, T.Constant(float.PositiveInfinity));
    }

    /// <summary>Side by the ray's nearest approach to the axis, which keeps its digits far from the camera; then the one cap that faces the origin.</summary>
    public static T Cylinder(in Ray<T, TMask> local, T inverseY, ref Primitive cylinder)
    {
        var infinity = T.Constant(float.PositiveInfinity);
        var radius2 = T.Constant(cylinder.HalfX * cylinder.HalfX);
        var originX = T.Constant(local.OriginX);
        var originY = T.Constant(local.OriginY);
        var originZ = T.Constant(local.OriginZ);
        var half = T.Constant(cylinder.HalfY);
        var inverse = T.Constant(1) / ((local.X * local.X) + (local.Z * local.Z));
        var approach = (T.Constant(0) - ((originX * local.X) + (originZ * local.Z))) * inverse;
        var nearestX = originX + (approach * local.X);
        var nearestZ = originZ + (approach * local.Z);
        var room = (radius2 - ((nearestX * nearestX) + (nearestZ * nearestZ))) * inverse;
        var side = approach - T.Sqrt(T.Max(room, T.Constant(0)));
        var height = originY + (side * local.Y);
        var hits = T.LessOrEqual(T.Constant(0), room) & T.Less(T.Constant(0), side) & T.LessOrEqual(height * height, half * half);
        var distance = T.Select(hits, side, infinity);

        var cap = (T.Constant(local.OriginY > 0 ? cylinder.HalfY : -cylinder.HalfY) - originY) * inverseY;
        var capX = originX + (cap * local.X);
        var capZ = originZ + (cap * local.Z);
        var onCap = T.LessOrEqual((capX * capX) + (capZ * capZ), radius2) & T.Less(T.Constant(0), cap);
        return T.Select(onCap, T.Min(distance, cap), distance);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Slab(float half, float origin, T inverse, out T near, out T far)
    {
        var a = T.Constant(-half - origin) * inverse;
        var b = T.Constant(half - origin) * inverse;
        near = T.Min(a, b);
        far = T.Max(a, b);
    }
}
