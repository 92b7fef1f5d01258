using System.Runtime.CompilerServices;

namespace Neuro.Kernels.Rendering;

/// <summary>What a lane has hit: unit normal in world axes, linear reflectance (of glass: what it lets through), mirror share, and what the labels say.</summary>
internal struct Surface<T, TMask>
    where T : unmanaged
    where TMask : unmanaged
{
    public T NormalX, NormalY, NormalZ, Red, Green, Blue, Gloss, U, V;
    public TMask Glass, Id, Part, Key;
}

[SkipLocalsInit]
internal static class Shading
{
    /// <value>The exponent from encoded to linear light; a plain power stands for the sRGB curve, as phones bend theirs more than the two differ.</value>
    public const float Decoding = 2.2f;
}

/// <summary>Surfaces of the primitives at their hits. Lanes that hit the same primitive are done together, so all its fields are constants.</summary>
[SkipLocalsInit]
internal static class Shading<T, TMask, TMemory>
    where T : unmanaged, IVector<T, TMask>
    where TMask : unmanaged, IMask<TMask>
    where TMemory : struct, IMemory<T, TMask>
{
    /// <param name="footprint">Width of a pixel in metres at distance 1.</param>
    [MethodImpl(Inlining.Function)]
    public static void Surfaces(in TMemory memory, in Ray<T> ray, TMask hit, T distance, TMask primitive, float footprint, out Surface<T, TMask> all)
    {
        if (!TMask.Any(hit))
        {
            all = default;
            return;
        }

        // The first one on all lanes: most packets see no other, and lanes without a hit are looked at by nobody.
        var index = TMask.First(hit, primitive);
        var remaining = hit & Not(TMask.Equal(primitive, TMask.Constant(index)));
        One(in memory, in ray, hit ^ remaining, distance, footprint, ref memory.Primitive(index), out all);
        while (TMask.Any(remaining))
        {
            index = TMask.First(remaining, primitive);
            var mine = remaining & TMask.Equal(primitive, TMask.Constant(index));
            One(in memory, in ray, mine, distance, footprint, ref memory.Primitive(index), out var one);
            Put(in one, mine, ref all);
            remaining ^= mine;
        }
    }

    [MethodImpl(Inlining.Function)]
    private static void One(in TMemory memory, in Ray<T> ray, TMask mine, T distance, float footprint, ref Primitive solid, out Surface<T, TMask> surface)
    {
        // One by one: "default" is a call that costs as much as a box (measured).
        var zero = T.Constant(0);
        var none = TMask.Constant(0);
        surface.NormalX = surface.NormalY = surface.NormalZ = surface.Red = surface.Green = surface.Blue = surface.U = surface.V = zero;
        surface.Part = surface.Key = none;
        surface.Gloss = T.Constant(solid.Gloss);
        surface.Glass = TMask.Constant(-solid.Glass);
        surface.Id = TMask.Constant(solid.Id);
        if (solid.Shape == Primitive.Triangle)
        {
            Triangle(in memory, in ray, mine, distance, footprint, ref solid, ref surface);
        }
        else
        {
            Solid(in memory, in ray, mine, distance, footprint, ref solid, ref surface);
        }

        surface.Key += TMask.Constant(solid.Key);
    }

    [MethodImpl(Inlining.Function)]
    private static void Put(in Surface<T, TMask> one, TMask mine, ref Surface<T, TMask> all)
    {
        all.NormalX = T.Select(mine, one.NormalX, all.NormalX);
        all.NormalY = T.Select(mine, one.NormalY, all.NormalY);
        all.NormalZ = T.Select(mine, one.NormalZ, all.NormalZ);
        all.Red = T.Select(mine, one.Red, all.Red);
        all.Green = T.Select(mine, one.Green, all.Green);
        all.Blue = T.Select(mine, one.Blue, all.Blue);
        all.U = T.Select(mine, one.U, all.U);
        all.V = T.Select(mine, one.V, all.V);
        all.Gloss = T.Select(mine, one.Gloss, all.Gloss);
        all.Glass = TMask.Select(mine, one.Glass, all.Glass);
        all.Id = TMask.Select(mine, one.Id, all.Id);
        all.Part = TMask.Select(mine, one.Part, all.Part);
        all.Key = TMask.Select(mine, one.Key, all.Key);
    }

    [MethodImpl(Inlining.Function)]
    private static void Solid(in TMemory memory, in Ray<T> ray, TMask mine, T distance, float footprint, ref Primitive solid, ref Surface<T, TMask> surface)
    {
        Intersection<T, TMask>.ToLocal(in ray, ref solid, out var local);
        var x = local.OriginX + (distance * local.X);
        var y = local.OriginY + (distance * local.Y);
        var z = local.OriginZ + (distance * local.Z);
        if (solid.Shape == Primitive.Box)
        {
            Box(in memory, in local, mine, x, y, z, distance, footprint, ref solid, ref surface);
        }
        else
        {
            Round(in memory, in local, mine, x, y, z, distance, footprint, ref solid, ref surface);
        }

        var (nx, ny, nz) = (surface.NormalX, surface.NormalY, surface.NormalZ);
        if (solid.Turned != 0)
        {
            surface.NormalX = Sum(nx, ny, nz, solid.AxisXX, solid.AxisYX, solid.AxisZX);
            surface.NormalY = Sum(nx, ny, nz, solid.AxisXY, solid.AxisYY, solid.AxisZY);
            surface.NormalZ = Sum(nx, ny, nz, solid.AxisXZ, solid.AxisYZ, solid.AxisZZ);
        }
        else
        {
            var cos = T.Constant(solid.Cos);
            var sin = T.Constant(solid.Sin);
            surface.NormalX = (cos * nx) + (sin * nz);
            surface.NormalZ = (cos * nz) - (sin * nx);
        }
    }

    [MethodImpl(Inlining.Function)]
    private static void Box(in TMemory memory, in Ray<T> local, TMask mine, T x, T y, T z, T distance, float footprint, ref Primitive box, ref Surface<T, TMask> surface)
    {
        var zero = T.Constant(0);
        var half = T.Constant(0.5f);
        // The face is the one that the hit is nearest to: the largest coordinate in units of the half sizes.
        var spanX = x * T.Constant(0.5f / box.HalfX);
        var spanY = y * T.Constant(0.5f / box.HalfY);
        var spanZ = z * T.Constant(0.5f / box.HalfZ);
        var (nearX, nearY, nearZ) = (T.Max(spanX, zero - spanX), T.Max(spanY, zero - spanY), T.Max(spanZ, zero - spanZ));
        var across = T.LessOrEqual(nearY, nearX) & T.LessOrEqual(nearZ, nearX);
        var upright = T.Less(T.Max(nearX, nearY), nearZ);
        var level = across | upright;
        var (fromX, fromY, fromZ) = (Against(local.X), Against(local.Y), Against(local.Z));
        var (right, above, before) = (T.Less(local.X, zero), T.Less(local.Y, zero), T.Less(local.Z, zero));
        surface.NormalX = T.Select(across, fromX, zero);
        surface.NormalZ = T.Select(upright, fromZ, zero);
        surface.NormalY = T.Select(level, zero, fromY);
        surface.Red = T.Select(level, T.Constant(box.SideRed), T.Constant(box.TopRed));
        surface.Green = T.Select(level, T.Constant(box.SideGreen), T.Constant(box.TopGreen));
        surface.Blue = T.Select(level, T.Constant(box.SideBlue), T.Constant(box.TopBlue));
        surface.Key = TMask.Select(
            upright, TMask.Select(before, TMask.Constant(1), TMask.Constant(2)),
            TMask.Select(across, TMask.Select(right, TMask.Constant(4), TMask.Constant(3)), TMask.Select(above, TMask.Constant(5), TMask.Constant(6))));
        surface.Part = box.Part == 0 ? surface.Key : TMask.Constant(box.Part);
        var texture = TMask.Select(
            upright, TMask.Select(before, TMask.Constant(box.Front), TMask.Constant(box.Back)),
            TMask.Select(across, TMask.Select(right, TMask.Constant(box.Right), TMask.Constant(box.Left)), TMask.Select(above, TMask.Constant(box.Top), TMask.Constant(box.Bottom))));
        // Seen from outside, u runs to the right: with x on the front, against z on the right side; a top's upper edge is at the back.
        var along = T.Select(upright, spanX * fromZ, T.Select(across, zero - (spanZ * fromX), spanX));
        surface.U = half + along;
        surface.V = half + T.Select(level, zero - spanY, spanZ * fromY);
        var printed = box.TextureLevels > 0 ? mine & TMask.Equal(TMask.ShiftRight(texture, 31), TMask.Constant(0)) : TMask.Constant(0);
        if (TMask.Any(printed))
        {
            var cosine = T.Select(upright, T.Max(local.Z, zero - local.Z), T.Select(across, T.Max(local.X, zero - local.X), T.Max(local.Y, zero - local.Y)));
            Print<T, TMask, TMemory>.Paint(in memory, printed, texture, wraps: false, distance * T.Constant(footprint), cosine, ref box, ref surface);
        }

        surface.U = T.Select(printed, surface.U, T.Constant(-1));
        surface.V = T.Select(printed, surface.V, T.Constant(-1));
    }

    /// <summary>Cylinder, frustum, ellipsoid: what goes around the y axis.</summary>
    [MethodImpl(Inlining.Function)]
    private static void Round(in TMemory memory, in Ray<T> local, TMask mine, T x, T y, T z, T distance, float footprint, ref Primitive solid, ref Surface<T, TMask> surface)
    {
        var zero = T.Constant(0);
        var one = T.Constant(1);
        var half = T.Constant(0.5f);
        var radial = (x * x) + (z * z);
        var share = half + (y * T.Constant(0.5f / solid.HalfY));
        TMask cap;
        if (solid.Shape == Primitive.Ellipsoid)
        {
            cap = TMask.Constant(0);
            Normalised(
                x * T.Constant(1 / (solid.HalfX * solid.HalfX)), y * T.Constant(1 / (solid.HalfY * solid.HalfY)), z * T.Constant(1 / (solid.HalfZ * solid.HalfZ)), ref surface);
        }
        else
        {
            var rim = solid.HalfY * 0.9999f;
            cap = T.LessOrEqual(T.Constant(rim * rim), y * y);
            var slope = zero;
            if (solid.Shape == Primitive.Frustum)
            {
                // An open end has no cap; and what is on the rim of one is the side.
                var radius = T.Constant(solid.HalfX) + (share * T.Constant(solid.HalfZ - solid.HalfX));
                var capped = TMask.Select(T.Less(zero, y), TMask.Constant((solid.Caps & 2) != 0 ? -1 : 0), TMask.Constant((solid.Caps & 1) != 0 ? -1 : 0));
                cap &= capped & T.Less(radial, radius * radius * T.Constant(0.999f));
                slope = T.Constant(solid.Normal0Y) + (share * T.Constant(solid.Normal1Y - solid.Normal0Y));
            }

            var inverse = one / T.Sqrt(T.Max(radial, T.Constant(1e-20f)));
            Normalised(x * inverse, slope, z * inverse, ref surface);
            surface.NormalX = T.Select(cap, zero, surface.NormalX);
            surface.NormalY = T.Select(cap, Against(local.Y), surface.NormalY);
            surface.NormalZ = T.Select(cap, zero, surface.NormalZ);
        }

        surface.Red = T.Select(cap, T.Constant(solid.TopRed), T.Constant(solid.SideRed));
        surface.Green = T.Select(cap, T.Constant(solid.TopGreen), T.Constant(solid.SideGreen));
        surface.Blue = T.Select(cap, T.Constant(solid.TopBlue), T.Constant(solid.SideBlue));
        surface.Key = TMask.Select(cap, TMask.Constant(5), TMask.Constant(0));
        surface.Part = TMask.Select(cap & TMask.Constant(solid.Part == (int)Labels.Part.Wrap ? -1 : 0), TMask.Select(T.Less(zero, y), TMask.Constant((int)Labels.Part.Top), TMask.Constant((int)Labels.Part.Bottom)), TMask.Constant(solid.Part));
        var wrapped = mine & TMask.Select(cap, TMask.Constant(0), TMask.Constant(-1));
        surface.U = T.Constant(-1);
        surface.V = T.Constant(-1);
        if (solid.TextureLevels > 0 && solid.Front >= 0 && TMask.Any(wrapped))
        {
            surface.U = T.Select(wrapped, half + Numerics<T, TMask>.Turns(x, z), surface.U);
            surface.V = T.Select(wrapped, T.Constant(solid.V0) + (share * T.Constant(solid.V1 - solid.V0)), surface.V);
            var facing = (surface.NormalX * local.X) + (surface.NormalY * local.Y) + (surface.NormalZ * local.Z);
            Print<T, TMask, TMemory>.Paint(in memory, wrapped, TMask.Constant(solid.Front), wraps: true, distance * T.Constant(footprint), T.Max(facing, zero - facing), ref solid, ref surface);
        }
    }

    [MethodImpl(Inlining.Function)]
    private static void Triangle(in TMemory memory, in Ray<T> ray, TMask mine, T distance, float footprint, ref Primitive triangle, ref Surface<T, TMask> surface)
    {
        var zero = T.Constant(0);
        Intersection<T, TMask>.Triangle(in ray, ref triangle, out var u, out var v);
        Normalised(
            Between(u, v, triangle.Normal0X, triangle.Normal1X, triangle.Normal2X),
            Between(u, v, triangle.Normal0Y, triangle.Normal1Y, triangle.Normal2Y),
            Between(u, v, triangle.Normal0Z, triangle.Normal1Z, triangle.Normal2Z),
            ref surface);
        var facing = (surface.NormalX * ray.X) + (surface.NormalY * ray.Y) + (surface.NormalZ * ray.Z);
        // Which side is seen is said by the corners, which wind counter-clockwise from outside: a smooth normal may point away at a silhouette.
        var away = T.Less(zero, Sum(
            ray.X, ray.Y, ray.Z,
            (triangle.AxisXY * triangle.AxisYZ) - (triangle.AxisXZ * triangle.AxisYY),
            (triangle.AxisXZ * triangle.AxisYX) - (triangle.AxisXX * triangle.AxisYZ),
            (triangle.AxisXX * triangle.AxisYY) - (triangle.AxisXY * triangle.AxisYX)));
        surface.NormalX = T.Select(away, zero - surface.NormalX, surface.NormalX);
        surface.NormalY = T.Select(away, zero - surface.NormalY, surface.NormalY);
        surface.NormalZ = T.Select(away, zero - surface.NormalZ, surface.NormalZ);
        surface.Red = T.Constant(triangle.SideRed);
        surface.Green = T.Constant(triangle.SideGreen);
        surface.Blue = T.Constant(triangle.SideBlue);
        surface.Part = TMask.Constant(triangle.Part);
        surface.Key = TMask.Constant(0);
        surface.U = T.Constant(-1);
        surface.V = T.Constant(-1);
        if (triangle.TextureLevels > 0 && triangle.Front >= 0)
        {
            surface.U = Between(u, v, triangle.U0, triangle.U1, triangle.U2);
            surface.V = Between(u, v, triangle.V0, triangle.V1, triangle.V2);
            Print<T, TMask, TMemory>.Paint(in memory, mine, TMask.Constant(triangle.Front), wraps: false, distance * T.Constant(footprint), T.Max(facing, zero - facing), ref triangle, ref surface);
        }
    }

    [MethodImpl(Inlining.Small)]
    private static void Normalised(T x, T y, T z, ref Surface<T, TMask> surface)
    {
        var inverse = T.Constant(1) / T.Sqrt(T.Max((x * x) + (y * y) + (z * z), T.Constant(1e-30f)));
        surface.NormalX = x * inverse;
        surface.NormalY = y * inverse;
        surface.NormalZ = z * inverse;
    }

    [MethodImpl(Inlining.Small)]
    private static TMask Not(TMask mask) => mask ^ TMask.Constant(-1);

    /// <summary>±1 against a ray's direction along one axis.</summary>
    [MethodImpl(Inlining.Small)]
    private static T Against(T direction) => T.Select(T.Less(direction, T.Constant(0)), T.Constant(1), T.Constant(-1));

    [MethodImpl(Inlining.Small)]
    private static T Between(T u, T v, float a, float b, float c) => T.Constant(a) + (u * T.Constant(b - a)) + (v * T.Constant(c - a));

    [MethodImpl(Inlining.Small)]
    private static T Sum(T x, T y, T z, float a, float b, float c) => (x * T.Constant(a)) + (y * T.Constant(b)) + (z * T.Constant(c));
}
