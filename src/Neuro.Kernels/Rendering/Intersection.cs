using System.Runtime.CompilerServices;

namespace Neuro.Kernels.Rendering;

/// <summary>Distances along rays to the primitives; +∞ where a ray misses. A solid is met from outside only: rays that start in it or leave it miss.</summary>
[SkipLocalsInit]
internal static class Intersection<T, TMask>
    where T : unmanaged, IVector<T, TMask>
    where TMask : unmanaged, IMask<TMask>
{
    /// <summary>An upright box, the commonest, where the caller is; anything else through the memory's function.</summary>
    [MethodImpl(Inlining.Small)]
    public static T Distance<TMemory>(in TMemory memory, in Ray<T> ray, T inverseY, int index)
        where TMemory : struct, IMemory<T, TMask>
    {
        ref var primitive = ref memory.Primitive(index);
        if (primitive.Shape == Primitive.Box && primitive.Turned == 0)
        {
            Upright(in ray, ref primitive, out var local);
            return Box(in local, inverseY, ref primitive);
        }

        return Any(in ray, ref primitive);
    }

    /// <summary>Whatever it is.</summary>
    [MethodImpl(Inlining.Function)]
    public static T Any(in Ray<T> ray, ref Primitive primitive)
    {
        if (primitive.Shape == Primitive.Triangle)
        {
            return Triangle(in ray, ref primitive, out _, out _);
        }

        ToLocal(in ray, ref primitive, out var local);
        var inverseY = T.Constant(1) / local.Y;
        return primitive.Shape == Primitive.Box ? Box(in local, inverseY, ref primitive)
            : primitive.Shape == Primitive.Cylinder ? Cylinder(in local, inverseY, ref primitive)
            : primitive.Shape == Primitive.Frustum ? Frustum(in local, inverseY, ref primitive)
            : Ellipsoid(in local, ref primitive);
    }

    /// <summary>Rays in a solid's own axes: moved by its centre, turned back.</summary>
    [MethodImpl(Inlining.Function)]
    public static void ToLocal(in Ray<T> ray, ref Primitive solid, out Ray<T> local)
    {
        if (solid.Turned != 0)
        {
            var x = ray.OriginX - T.Constant(solid.CentreX);
            var y = ray.OriginY - T.Constant(solid.CentreY);
            var z = ray.OriginZ - T.Constant(solid.CentreZ);
            local.OriginX = Dot(x, y, z, solid.AxisXX, solid.AxisXY, solid.AxisXZ);
            local.OriginY = Dot(x, y, z, solid.AxisYX, solid.AxisYY, solid.AxisYZ);
            local.OriginZ = Dot(x, y, z, solid.AxisZX, solid.AxisZY, solid.AxisZZ);
            local.X = Numerics<T, TMask>.NonZero(Dot(ray.X, ray.Y, ray.Z, solid.AxisXX, solid.AxisXY, solid.AxisXZ));
            local.Y = Numerics<T, TMask>.NonZero(Dot(ray.X, ray.Y, ray.Z, solid.AxisYX, solid.AxisYY, solid.AxisYZ));
            local.Z = Numerics<T, TMask>.NonZero(Dot(ray.X, ray.Y, ray.Z, solid.AxisZX, solid.AxisZY, solid.AxisZZ));
            return;
        }

        Upright(in ray, ref solid, out local);
    }

    [MethodImpl(Inlining.Small)]
    private static void Upright(in Ray<T> ray, ref Primitive solid, out Ray<T> local)
    {
        var x = ray.OriginX - T.Constant(solid.CentreX);
        var z = ray.OriginZ - T.Constant(solid.CentreZ);
        var cos = T.Constant(solid.Cos);
        var sin = T.Constant(solid.Sin);
        local.OriginX = (cos * x) - (sin * z);
        local.OriginY = ray.OriginY - T.Constant(solid.CentreY);
        local.OriginZ = (sin * x) + (cos * z);
        local.X = Numerics<T, TMask>.NonZero((cos * ray.X) - (sin * ray.Z));
        local.Y = ray.Y;
        local.Z = Numerics<T, TMask>.NonZero((sin * ray.X) + (cos * ray.Z));
    }

    /// <summary>Slab test (Kay and Kajiya 1986) in the box's own axes.</summary>
    [MethodImpl(Inlining.Small)]
    private static T Box(in Ray<T> local, T inverseY, ref Primitive box)
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
    [MethodImpl(Inlining.Function)]
    private static T Cylinder(in Ray<T> local, T inverseY, ref Primitive cylinder)
    {
        var infinity = T.Constant(float.PositiveInfinity);
        var radius2 = T.Constant(cylinder.HalfX * cylinder.HalfX);
        var half = T.Constant(cylinder.HalfY);
        var inverse = T.Constant(1) / ((local.X * local.X) + (local.Z * local.Z));
        var approach = (T.Constant(0) - ((local.OriginX * local.X) + (local.OriginZ * local.Z))) * inverse;
        var nearestX = local.OriginX + (approach * local.X);
        var nearestZ = local.OriginZ + (approach * local.Z);
        var room = (radius2 - ((nearestX * nearestX) + (nearestZ * nearestZ))) * inverse;
        var side = approach - T.Sqrt(T.Max(room, T.Constant(0)));
        var height = local.OriginY + (side * local.Y);
        var hits = T.LessOrEqual(T.Constant(0), room) & T.Less(T.Constant(0), side) & T.LessOrEqual(height * height, half * half);
        var distance = T.Select(hits, side, infinity);
        var above = T.Select(T.Less(T.Constant(0), local.OriginY), half, T.Constant(-cylinder.HalfY));
        return Cap(in local, inverseY, above, radius2, distance);
    }

    /// <summary>x² + z² = (a + b·y)², solved from the ray's nearest approach to the axis; of both roots the one that enters.</summary>
    [MethodImpl(Inlining.Function)]
    private static T Frustum(in Ray<T> local, T inverseY, ref Primitive frustum)
    {
        var zero = T.Constant(0);
        var infinity = T.Constant(float.PositiveInfinity);
        var half = T.Constant(frustum.HalfY);
        var slope = (frustum.HalfZ - frustum.HalfX) / (2 * frustum.HalfY);
        var middle = T.Constant((frustum.HalfX + frustum.HalfZ) * 0.5f);
        var b = T.Constant(slope);
        // Along the axis nothing is near; a ray that is almost along it must not approach at infinity.
        var across = T.Max((local.X * local.X) + (local.Z * local.Z), T.Constant(1e-12f));
        var approach = (zero - ((local.OriginX * local.X) + (local.OriginZ * local.Z))) / across;
        var x = local.OriginX + (approach * local.X);
        var y = local.OriginY + (approach * local.Y);
        var z = local.OriginZ + (approach * local.Z);
        var radius = middle + (b * y);
        var quadratic = across - (b * b * local.Y * local.Y);
        var linear = ((x * local.X) + (z * local.Z)) - (b * local.Y * radius);
        var constant = (x * x) + (z * z) - (radius * radius);
        var discriminant = (linear * linear) - (quadratic * constant);
        var root = T.Sqrt(T.Max(discriminant, zero));
        var inverse = T.Constant(1) / Numerics<T, TMask>.NonZero(quadratic);
        var possible = T.LessOrEqual(zero, discriminant);
        var first = Side(in local, approach + (((zero - linear) - root) * inverse), half, middle, b, possible);
        var second = Side(in local, approach + ((root - linear) * inverse), half, middle, b, possible);
        var distance = T.Min(first, second);
        if ((frustum.Caps & 1) != 0)
        {
            var below = T.Less(local.OriginY, T.Constant(-frustum.HalfY));
            distance = T.Select(below, Cap(in local, inverseY, T.Constant(-frustum.HalfY), T.Constant(frustum.HalfX * frustum.HalfX), distance), distance);
        }

        if ((frustum.Caps & 2) != 0)
        {
            var above = T.Less(half, local.OriginY);
            distance = T.Select(above, Cap(in local, inverseY, half, T.Constant(frustum.HalfZ * frustum.HalfZ), distance), distance);
        }

        return distance;
    }

    [MethodImpl(Inlining.Small)]
    private static T Side(in Ray<T> local, T t, T half, T middle, T slope, TMask possible)
    {
        var zero = T.Constant(0);
        var x = local.OriginX + (t * local.X);
        var y = local.OriginY + (t * local.Y);
        var z = local.OriginZ + (t * local.Z);
        var enters = T.Less((x * local.X) + (z * local.Z) - (slope * (middle + (slope * y)) * local.Y), zero);
        return T.Select(possible & T.Less(zero, t) & T.LessOrEqual(y * y, half * half) & enters, t, T.Constant(float.PositiveInfinity));
    }

    [MethodImpl(Inlining.Small)]
    private static T Cap(in Ray<T> local, T inverseY, T height, T radius2, T distance)
    {
        var t = (height - local.OriginY) * inverseY;
        var x = local.OriginX + (t * local.X);
        var z = local.OriginZ + (t * local.Z);
        var hits = T.LessOrEqual((x * x) + (z * z), radius2) & T.Less(T.Constant(0), t);
        return T.Select(hits, T.Min(distance, t), distance);
    }

    [MethodImpl(Inlining.Function)]
    private static T Ellipsoid(in Ray<T> local, ref Primitive ellipsoid)
    {
        var ox = local.OriginX * T.Constant(1 / ellipsoid.HalfX);
        var oy = local.OriginY * T.Constant(1 / ellipsoid.HalfY);
        var oz = local.OriginZ * T.Constant(1 / ellipsoid.HalfZ);
        var dx = local.X * T.Constant(1 / ellipsoid.HalfX);
        var dy = local.Y * T.Constant(1 / ellipsoid.HalfY);
        var dz = local.Z * T.Constant(1 / ellipsoid.HalfZ);
        var inverse = T.Constant(1) / ((dx * dx) + (dy * dy) + (dz * dz));
        var approach = (T.Constant(0) - ((ox * dx) + (oy * dy) + (oz * dz))) * inverse;
        var x = ox + (approach * dx);
        var y = oy + (approach * dy);
        var z = oz + (approach * dz);
        var room = (T.Constant(1) - ((x * x) + (y * y) + (z * z))) * inverse;
        var t = approach - T.Sqrt(T.Max(room, T.Constant(0)));
        return T.Select(T.LessOrEqual(T.Constant(0), room) & T.Less(T.Constant(0), t), t, T.Constant(float.PositiveInfinity));
    }

    /// <summary>Möller and Trumbore 1997; <paramref name="u"/> and <paramref name="v"/> are the weights of the second and third corner.</summary>
    [MethodImpl(Inlining.Function)]
    public static T Triangle(in Ray<T> ray, ref Primitive triangle, out T u, out T v)
    {
        var zero = T.Constant(0);
        var one = T.Constant(1);
        var (e1x, e1y, e1z) = (T.Constant(triangle.AxisXX), T.Constant(triangle.AxisXY), T.Constant(triangle.AxisXZ));
        var (e2x, e2y, e2z) = (T.Constant(triangle.AxisYX), T.Constant(triangle.AxisYY), T.Constant(triangle.AxisYZ));
        var px = (ray.Y * e2z) - (ray.Z * e2y);
        var py = (ray.Z * e2x) - (ray.X * e2z);
        var pz = (ray.X * e2y) - (ray.Y * e2x);
        var inverse = one / NonZeroSigned((e1x * px) + (e1y * py) + (e1z * pz));
        var tx = ray.OriginX - T.Constant(triangle.CentreX);
        var ty = ray.OriginY - T.Constant(triangle.CentreY);
        var tz = ray.OriginZ - T.Constant(triangle.CentreZ);
        u = ((tx * px) + (ty * py) + (tz * pz)) * inverse;
        var qx = (ty * e1z) - (tz * e1y);
        var qy = (tz * e1x) - (tx * e1z);
        var qz = (tx * e1y) - (ty * e1x);
        v = ((ray.X * qx) + (ray.Y * qy) + (ray.Z * qz)) * inverse;
        var t = ((e2x * qx) + (e2y * qy) + (e2z * qz)) * inverse;
        var hits = T.LessOrEqual(zero, u) & T.LessOrEqual(zero, v) & T.LessOrEqual(u + v, one) & T.Less(zero, t);
        return T.Select(hits, t, T.Constant(float.PositiveInfinity));
    }

    /// <summary>A determinant of metres³ moved off zero: far smaller than any that matters.</summary>
    [MethodImpl(Inlining.Small)]
    private static T NonZeroSigned(T a) => T.Select(T.LessOrEqual(a * a, T.Constant(1e-30f)), T.Constant(1e-15f), a);

    [MethodImpl(Inlining.Small)]
    public static void Slab(float half, T origin, T inverse, out T near, out T far)
    {
        var a = (T.Constant(-half) - origin) * inverse;
        var b = (T.Constant(half) - origin) * inverse;
        near = T.Min(a, b);
        far = T.Max(a, b);
    }

    [MethodImpl(Inlining.Small)]
    private static T Dot(T x, T y, T z, float a, float b, float c) => (x * T.Constant(a)) + (y * T.Constant(b)) + (z * T.Constant(c));
}
