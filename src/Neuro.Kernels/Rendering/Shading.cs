using System.Runtime.CompilerServices;

namespace Neuro.Kernels.Rendering;

/// <summary>What a lane has hit: unit normal in world axes, and linear reflectance.</summary>
internal struct Surface<T>
    where T : unmanaged
{
    public T NormalX, NormalY, NormalZ, Red, Green, Blue;
}

internal static class Shading
{
    /// <value>The exponent from encoded to linear light; a plain power stands for the sRGB curve, as phones bend theirs more than the two differ.</value>
    public const float Decoding = 2.2f;
}

/// <summary>Normals and reflectances of the solids at their hits. Lanes that hit the same primitive are done together, so all its fields are constants.</summary>
internal static class Shading<T, TMask, TMemory>
    where T : unmanaged, IVector<T, TMask>
    where TMask : unmanaged, IMask<TMask>
    where TMemory : struct, IMemory<T, TMask>
{
    public static Surface<T> Surfaces(TMemory memory, in Ray<T, TMask> ray, TMask hit, T distance, TMask primitive)
    {
        Surface<T> all = default;
        var remaining = hit;
        while (TMask.Any(remaining))
        {
            var index = TMask.First(remaining, primitive);
            var mine = remaining & TMask.Equal(primitive, TMask.Constant(index));
            ref var solid = ref memory.Primitive(index);
            var local = Intersection<T, TMask>.ToLocal(in ray, ref solid);
            var x = T.Constant(local.OriginX) + (distance * local.X);
            var y = T.Constant(local.OriginY) + (distance * local.Y);
            var z = T.Constant(local.OriginZ) + (distance * local.Z);
            var one = solid.Shape == Primitive.Box
                ? Box(memory, in local, mine, x, y, z, ref solid)
                : Cylinder(memory, in local, mine, x, y, z, ref solid);
            var cos = T.Constant(solid.Cos);
            var sin = T.Constant(solid.Sin);
            all.NormalX = T.Select(mine, (cos * one.NormalX) + (sin * one.NormalZ), all.NormalX);
            all.NormalY = T.Select(mine, one.NormalY, all.NormalY);
            all.NormalZ = T.Select(mine, (cos * one.NormalZ) - (sin * one.NormalX), all.NormalZ);
            all.Red = T.Select(mine, one.Red, all.Red);
            all.Green = T.Select(mine, one.Green, all.Green);
            all.Blue = T.Select(mine, one.Blue, all.Blue);
            remaining ^= mine;
        }

        return all;
    }

    private static Surface<T> Box(TMemory memory, in Ray<T, TMask> local, TMask mine, T x, T y, T z, ref Primitive box)
    {
        var zero = T.Constant(0);
        // The face is the slab that is entered last.
        Intersection<T, TMask>.Slab(box.HalfX, local.OriginX, T.Constant(1) / local.X, out var nearX, out _);
        Intersection<T, TMask>.Slab(box.HalfY, local.OriginY, T.Constant(1) / local.Y, out var nearY, out _);
        Intersection<T, TMask>.Slab(box.HalfZ, local.OriginZ, T.Constant(1) / local.Z, out var nearZ, out _);
        var across = T.LessOrEqual(nearY, nearX) & T.LessOrEqual(nearZ, nearX);
        var upright = T.Less(T.Max(nearX, nearY), nearZ);
        Surface<T> surface;
        surface.NormalX = T.Select(across, Against(local.X), zero);
        surface.NormalZ = T.Select(upright, Against(local.Z), zero);
        var level = across | upright;
        surface.NormalY = T.Select(level, zero, Against(local.Y));
        surface.Red = T.Select(level, T.Constant(box.SideRed), T.Constant(box.TopRed));
        surface.Green = T.Select(level, T.Constant(box.SideGreen), T.Constant(box.TopGreen));
        surface.Blue = T.Select(level, T.Constant(box.SideBlue), T.Constant(box.TopBlue));
        var printed = (upright | (TMask.Constant(box.SideTexture < 0 ? 0 : -1) & across)) & mine;
        if (box.Texture >= 0 && TMask.Any(printed))
        {
            // Seen from outside, u runs to the right: with x on the front, against z on the right side.
            var half = T.Constant(0.5f);
            var along = T.Select(upright, x * Against(local.Z) * T.Constant(0.5f / box.HalfX), zero - (z * Against(local.X) * T.Constant(0.5f / box.HalfZ)));
            var v = half - (y * T.Constant(0.5f / box.HalfY));
            var texture = TMask.Select(upright, TMask.Constant(box.Texture), TMask.Constant(box.SideTexture));
            Paint(memory, printed, half + along, v, texture, wraps: false, ref box, ref surface);
        }

        return surface;
    }

    private static Surface<T> Cylinder(TMemory memory, in Ray<T, TMask> local, TMask mine, T x, T y, T z, ref Primitive cylinder)
    {
        var zero = T.Constant(0);
        var rim = cylinder.HalfY * 0.9999f;
        var cap = T.LessOrEqual(T.Constant(rim * rim), y * y);
        var inverse = T.Constant(1) / T.Sqrt(T.Max((x * x) + (z * z), T.Constant(1e-20f)));
        Surface<T> surface;
        surface.NormalX = T.Select(cap, zero, x * inverse);
        surface.NormalY = T.Select(cap, Against(local.Y), zero);
        surface.NormalZ = T.Select(cap, zero, z * inverse);
        surface.Red = T.Select(cap, T.Constant(cylinder.TopRed), T.Constant(cylinder.SideRed));
        surface.Green = T.Select(cap, T.Constant(cylinder.TopGreen), T.Constant(cylinder.SideGreen));
        surface.Blue = T.Select(cap, T.Constant(cylinder.TopBlue), T.Constant(cylinder.SideBlue));
        var wrapped = mine & T.Less(y * y, T.Constant(rim * rim));
        if (cylinder.Texture >= 0 && TMask.Any(wrapped))
        {
            var u = T.Constant(0.5f) + Numerics<T, TMask>.Turns(x, z);
            var v = T.Constant(0.5f) - (y * T.Constant(0.5f / cylinder.HalfY));
            Paint(memory, wrapped, u, v, TMask.Constant(cylinder.Texture), wraps: true, ref cylinder, ref surface);
        }

        return surface;
    }

    /// <summary>±1 against a ray's direction along one axis.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Against(T direction) => T.Select(T.Less(direction, T.Constant(0)), T.Constant(1), T.Constant(-1));

    /// <summary>Puts the artwork on the lanes of <paramref name="where"/>: bilinear texels, this copy's colour matrix, its contrast, and from encoded to linear.</summary>
    private static void Paint(TMemory memory, TMask where, T u, T v, TMask texture, bool wraps, ref Primitive solid, ref Surface<T> surface)
    {
        // Lanes outside get a valid place too: every lane reads.
        var left = T.Select(where, u * T.Constant(solid.TextureWidth), T.Constant(0)) - T.Constant(0.5f);
        var top = T.Select(where, v * T.Constant(solid.TextureHeight), T.Constant(0)) - T.Constant(0.5f);
        top = T.Max(T.Min(top, T.Constant(solid.TextureHeight - 1)), T.Constant(0));
        // On a wrap the first column is also the one after the last; one turn is added to keep the truncation a floor.
        left = wraps
            ? left + T.Constant(solid.TextureWidth)
            : T.Max(T.Min(left, T.Constant(solid.TextureWidth - 1)), T.Constant(0));
        var column = T.Truncate(left);
        var row = T.Truncate(top);
        var x = left - T.FromInt(column);
        var y = top - T.FromInt(row);
        var lastColumn = TMask.Constant(solid.TextureWidth - 1);
        var next = wraps
            ? (column + TMask.Constant(1)) & lastColumn
            : T.Truncate(T.Min(left + T.Constant(1), T.Constant(solid.TextureWidth - 1)));
        column = wraps ? column & lastColumn : column;
        texture = TMask.Select(where, texture, TMask.Constant(0));
        var upper = (row * TMask.Constant(solid.TextureWidth)) + texture;
        var lowerRow = T.Truncate(T.Min(top + T.Constant(1), T.Constant(solid.TextureHeight - 1)));
        var lower = (lowerRow * TMask.Constant(solid.TextureWidth)) + texture;
        var a = memory.Texels(upper + column);
        var b = memory.Texels(upper + next);
        var c = memory.Texels(lower + column);
        var d = memory.Texels(lower + next);
        var red = Bilinear(a, b, c, d, 0, x, y);
        var green = Bilinear(a, b, c, d, 8, x, y);
        var blue = Bilinear(a, b, c, d, 16, x, y);
        surface.Red = T.Select(where, Tone(red, green, blue, solid.RedR, solid.RedG, solid.RedB, solid.Red1, solid.Gamma), surface.Red);
        surface.Green = T.Select(where, Tone(red, green, blue, solid.GreenR, solid.GreenG, solid.GreenB, solid.Green1, solid.Gamma), surface.Green);
        surface.Blue = T.Select(where, Tone(red, green, blue, solid.BlueR, solid.BlueG, solid.BlueB, solid.Blue1, solid.Gamma), surface.Blue);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Bilinear(TMask a, TMask b, TMask c, TMask d, int channel, T x, T y)
    {
        var mask = TMask.Constant(255);
        var ta = T.FromInt(TMask.ShiftRight(a, channel) & mask);
        var tb = T.FromInt(TMask.ShiftRight(b, channel) & mask);
        var tc = T.FromInt(TMask.ShiftRight(c, channel) & mask);
        var td = T.FromInt(TMask.ShiftRight(d, channel) & mask);
        var upper = ta + (x * (tb - ta));
        var lower = tc + (x * (td - tc));
        return upper + (y * (lower - upper));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Tone(T red, T green, T blue, float r, float g, float b, float constant, float gamma)
    {
        const float Byte = 1f / 255;
        var mixed = (red * T.Constant(r * Byte)) + (green * T.Constant(g * Byte)) + (blue * T.Constant(b * Byte)) + T.Constant(constant);
        return Numerics<T, TMask>.Power(Numerics<T, TMask>.Clamp01(mixed), gamma * Shading.Decoding);
    }
}
