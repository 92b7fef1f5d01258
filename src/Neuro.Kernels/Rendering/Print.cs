using System.Runtime.CompilerServices;

namespace Neuro.Kernels.Rendering;

/// <summary>Puts a primitive's picture on its lanes.</summary>
[SkipLocalsInit]
internal static class Print<T, TMask, TMemory>
    where T : unmanaged, IVector<T, TMask>
    where TMask : unmanaged, IMask<TMask>
    where TMemory : struct, IMemory<T, TMask>
{
    /// <summary>Bilinear texels of the level whose texels are about as large as the pixel's footprint, this copy's colour matrix, its contrast, and from encoded to linear.</summary>
    /// <remarks>
    /// Mip-maps: Williams 1983. The level is the geometric mean of the footprint along and across the slope, log2 by the exponent and a straight line through the mantissa (0.09 of a level at most).
    /// </remarks>
    /// <param name="texture">Where each lane's picture begins.</param>
    /// <param name="footprint">Width of the pixel at the hit, metres.</param>
    /// <param name="cosine">Of the ray against the surface.</param>
    [MethodImpl(Inlining.Function)]
    public static void Paint(in TMemory memory, TMask where, TMask texture, bool wraps, T footprint, T cosine, ref Primitive solid, ref Surface<T, TMask> surface)
    {
        var zero = T.Constant(0);
        var one = T.Constant(1);
        texture = TMask.Select(where, texture, TMask.Constant(0));
        var columns = T.Constant(solid.TextureWidth);
        var rows = T.Constant(solid.TextureHeight);
        if (solid.TextureLevels > 1)
        {
            var texels = footprint * T.Constant(solid.TextureDensity);
            var squared = (texels * texels) / T.Max(cosine, T.Constant(0.05f));
            // Half the log of the square, rounded: a level takes over when the footprint is √2 of its texels.
            var level = (T.FromInt(T.ToBits(T.Max(squared, T.Constant(1e-6f)))) * T.Constant(0.5f / (1 << 23))) - T.Constant(63f);
            var (width, height) = (solid.TextureWidth, solid.TextureHeight);
            var begin = TMask.Constant(0);
            for (var finer = 1; finer < solid.TextureLevels; finer++)
            {
                var coarser = T.LessOrEqual(T.Constant(finer), level);
                if (!TMask.Any(coarser & where))
                {
                    break;
                }

                begin += coarser & TMask.Constant(width * height);
                width = width > 1 ? width / 2 : 1;
                height = height > 1 ? height / 2 : 1;
                columns = T.Select(coarser, T.Constant(width), columns);
                rows = T.Select(coarser, T.Constant(height), rows);
            }

            texture += begin & where;
        }

        // Lanes outside get a valid place too: every lane reads.
        var left = (T.Select(where, surface.U, zero) * columns) - T.Constant(0.5f);
        var top = T.Max(T.Min((T.Select(where, surface.V, zero) * rows) - T.Constant(0.5f), rows - one), zero);
        // On a wrap the first column is also the one after the last; one turn is added to keep the truncation a floor.
        left = wraps ? left + columns : T.Max(T.Min(left, columns - one), zero);
        var column = T.Truncate(left);
        var row = T.Truncate(top);
        var x = left - T.FromInt(column);
        var y = top - T.FromInt(row);
        var stride = T.Truncate(columns);
        var last = T.Truncate(columns - one);
        var next = wraps ? (column + TMask.Constant(1)) & last : T.Truncate(T.Min(left + one, columns - one));
        column = wraps ? column & last : column;
        var upper = (row * stride) + texture;
        var lower = (T.Truncate(T.Min(top + one, rows - one)) * stride) + texture;
        var a = memory.Texels(upper + column);
        var b = memory.Texels(upper + next);
        var c = memory.Texels(lower + column);
        var d = memory.Texels(lower + next);
        var red = Bilinear(a, b, c, d, 0, x, y);
        var green = Bilinear(a, b, c, d, 8, x, y);
        var blue = Bilinear(a, b, c, d, 16, x, y);
        if (solid.Grain > 0)
        {
            Roughen(upper + column, solid.Grain, ref red, ref green, ref blue);
        }

        if (solid.OverlayStrength > 0)
        {
            Wear(in memory, where, ref solid, in surface, ref red, ref green, ref blue);
        }

        surface.Red = T.Select(where, Tone(red, green, blue, solid.RedR, solid.RedG, solid.RedB, solid.Red1, solid.Gamma), surface.Red);
        surface.Green = T.Select(where, Tone(red, green, blue, solid.GreenR, solid.GreenG, solid.GreenB, solid.Green1, solid.Gamma), surface.Green);
        surface.Blue = T.Select(where, Tone(red, green, blue, solid.BlueR, solid.BlueG, solid.BlueB, solid.Blue1, solid.Gamma), surface.Blue);
    }

    /// <summary>Changes the brightness by a number from −½ to ½ that belongs to the texel, so that it moves with the print.</summary>
    [MethodImpl(Inlining.Function)]
    private static void Roughen(TMask texel, float grain, ref T red, ref T green, ref T blue)
    {
        var number = T.FromInt(Development.Hash(texel) & TMask.Constant(0xFFFF)) * T.Constant(1f / 65536);
        var light = T.Constant(1) + ((number - T.Constant(0.5f)) * T.Constant(grain));
        red *= light;
        green *= light;
        blue *= light;
    }

    /// <summary>Lays worn places over the print: the nearest texel, whose alpha says how much it replaces.</summary>
    [MethodImpl(Inlining.Function)]
    private static void Wear(in TMemory memory, TMask where, ref Primitive solid, in Surface<T, TMask> surface, ref T red, ref T green, ref T blue)
    {
        var last = T.Constant(solid.OverlaySize - 1);
        var size = T.Constant(solid.OverlaySize);
        var zero = T.Constant(0);
        var column = T.Truncate(T.Max(T.Min(T.Select(where, surface.U, zero) * size, last), zero));
        var row = T.Truncate(T.Max(T.Min(T.Select(where, surface.V, zero) * size, last), zero));
        var texel = memory.Texels((row * TMask.Constant(solid.OverlaySize)) + column + TMask.Constant(solid.Overlay));
        var low = TMask.Constant(255);
        var share = T.FromInt(TMask.ShiftRight(texel, 24)) * T.Constant(solid.OverlayStrength / 255);
        red += share * (T.FromInt(texel & low) - red);
        green += share * (T.FromInt(TMask.ShiftRight(texel, 8) & low) - green);
        blue += share * (T.FromInt(TMask.ShiftRight(texel, 16) & low) - blue);
    }

    [MethodImpl(Inlining.Small)]
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

    [MethodImpl(Inlining.Small)]
    private static T Tone(T red, T green, T blue, float r, float g, float b, float constant, float gamma)
    {
        const float Byte = 1f / 255;
        var mixed = (red * T.Constant(r * Byte)) + (green * T.Constant(g * Byte)) + (blue * T.Constant(b * Byte)) + T.Constant(constant);
        return Numerics<T, TMask>.Power(Numerics<T, TMask>.Clamp01(mixed), gamma * Shading.Decoding);
    }
}
