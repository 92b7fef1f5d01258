using System.Runtime.CompilerServices;

namespace Neuro.Kernels.Rendering;

/// <summary>From planes of light to a picture: averages the light within each smooth surface, puts it on the reflectance, develops.</summary>
[SkipLocalsInit]
internal static class ResolveKernel<T, TMask, TMemory>
    where T : unmanaged, IVector<T, TMask>
    where TMask : unmanaged, IMask<TMask>
    where TMemory : struct, IMemory<T, TMask>
{
    private const int Reach = 2;

    /// <summary>Lanes of one row, the first at (<paramref name="left"/>, <paramref name="row"/>).</summary>
    [MethodImpl(Inlining.Function)]
    public static void Strip(in View view, in TMemory memory, int left, int row)
    {
        var lamp = memory.LoadStrip(in view, Planes.Lamp, left, row);
        var ambient = memory.LoadStrip(in view, Planes.Ambient, left, row);
        var shadow = memory.LoadStrip(in view, Planes.Shadow, left, row);
        if (view.Soft != 0)
        {
            Average(in view, memory, left, row, ref lamp, ref ambient, ref shadow);
        }

        var red = memory.LoadStrip(in view, Planes.AlbedoRed, left, row);
        var green = memory.LoadStrip(in view, Planes.AlbedoGreen, left, row);
        var blue = memory.LoadStrip(in view, Planes.AlbedoBlue, left, row);
        var weight = memory.LoadStrip(in view, Planes.Weight, left, row);
        var addedRed = memory.LoadStrip(in view, Planes.AddedRed, left, row);
        var addedGreen = memory.LoadStrip(in view, Planes.AddedGreen, left, row);
        var addedBlue = memory.LoadStrip(in view, Planes.AddedBlue, left, row);
        if (view.LensRadius > 0 && view.Moves == 0)
        {
            Blur(in view, in memory, left, row, weight, ref addedRed, ref addedGreen, ref addedBlue);
        }

        var lightRed = Light<T, TMask>.Sum(weight * red, lamp, ambient, view.LampRed, view.AmbientRed, addedRed);
        var lightGreen = Light<T, TMask>.Sum(weight * green, lamp, ambient, view.LampGreen, view.AmbientGreen, addedGreen);
        var lightBlue = Light<T, TMask>.Sum(weight * blue, lamp, ambient, view.LampBlue, view.AmbientBlue, addedBlue);
        var column = T.Constant(left) + T.Number();
        var pixel = T.Truncate(column) + TMask.Constant(row * view.Width);
        var colours = Development.Colours<T, TMask>(in view, lightRed, lightGreen, lightBlue, Optics<T, TMask, TMemory>.Light(in view, in memory, column + T.Constant(0.5f), T.Constant(row + 0.5f)), pixel);
        memory.WriteColours(in view, left, row, colours, strip: true);
        if (view.HasMaps != 0)
        {
            var albedo = Development.Encoded<T, TMask>(red) + TMask.ShiftLeft(Development.Encoded<T, TMask>(green), 8) + TMask.ShiftLeft(Development.Encoded<T, TMask>(blue), 16);
            memory.WriteMaps(
                in view, left, row, albedo,
                (lamp * T.Constant(view.LampRed)) + (ambient * T.Constant(view.AmbientRed)),
                (lamp * T.Constant(view.LampGreen)) + (ambient * T.Constant(view.AmbientGreen)),
                (lamp * T.Constant(view.LampBlue)) + (ambient * T.Constant(view.AmbientBlue)),
                T.Truncate((shadow * T.Constant(255)) + T.Constant(0.5f)));
        }
    }

    /// <summary>Means over the 5 × 5 pixels around, as far as they show the same smooth surface.</summary>
    [MethodImpl(Inlining.Function)]
    private static void Average(in View view, in TMemory memory, int left, int row, ref T lamp, ref T ambient, ref T shadow)
    {
        var zero = T.Constant(0);
        var one = T.Constant(1);
        // What shows no surface has no light to average, and the margin shows none either.
        var key = T.ToBits(memory.LoadStrip(in view, Planes.Key, left, row));
        var seen = TMask.Equal(key, TMask.Constant(-1)) ^ TMask.Constant(-1);
        var (count, lamps, ambients, shadows) = (zero, zero, zero, zero);
        for (var y = row - Reach; y <= row + Reach; y++)
        {
            for (var x = left - Reach; x <= left + Reach; x++)
            {
                var same = seen & TMask.Equal(key, T.ToBits(memory.LoadStrip(in view, Planes.Key, x, y)));
                count += T.Select(same, one, zero);
                lamps += T.Select(same, memory.LoadStrip(in view, Planes.Lamp, x, y), zero);
                ambients += T.Select(same, memory.LoadStrip(in view, Planes.Ambient, x, y), zero);
                if (view.HasMaps != 0)
                {
                    shadows += T.Select(same, memory.LoadStrip(in view, Planes.Shadow, x, y), zero);
                }
            }
        }

        var share = one / T.Max(count, one);
        lamp = lamps * share;
        ambient = ambients * share;
        shadow = shadows * share;
    }

    /// <summary>Means of finished light over the 5 × 5 pixels around, as far as they are out of focus too: a few rays through the lens a pixel, averaged with the neighbours', make a smooth disk.</summary>
    [MethodImpl(Inlining.Function)]
    private static void Blur(in View view, in TMemory memory, int left, int row, T weight, ref T red, ref T green, ref T blue)
    {
        var zero = T.Constant(0);
        var one = T.Constant(1);
        var blurred = T.LessOrEqual(weight, zero);
        if (!TMask.Any(blurred))
        {
            return;
        }

        var (count, reds, greens, blues) = (zero, zero, zero, zero);
        for (var y = row - Reach; y <= row + Reach; y++)
        {
            for (var x = left - Reach; x <= left + Reach; x++)
            {
                // In the margin the weight is NaN, beside the picture it is 1.
                var same = T.LessOrEqual(memory.LoadStrip(in view, Planes.Weight, x, y), zero);
                count += T.Select(same, one, zero);
                reds += T.Select(same, memory.LoadStrip(in view, Planes.AddedRed, x, y), zero);
                greens += T.Select(same, memory.LoadStrip(in view, Planes.AddedGreen, x, y), zero);
                blues += T.Select(same, memory.LoadStrip(in view, Planes.AddedBlue, x, y), zero);
            }
        }

        var share = one / T.Max(count, one);
        red = T.Select(blurred, reds * share, red);
        green = T.Select(blurred, greens * share, green);
        blue = T.Select(blurred, blues * share, blue);
    }
}
