using System.Runtime.CompilerServices;

namespace Neuro.Kernels.Rendering;

/// <summary>The kernel: one tile of one picture. Written once for every machine; whoever launches it has checked the arguments.</summary>
/// <remarks>
/// <see cref="Tile"/> for every tile, then, where light is kept in planes, <see cref="Refine"/> for the unfinished pixels and <see cref="ResolveKernel{T,TMask,TMemory}"/> for every strip.
/// Small methods of this folder ask to be inlined, large ones neither ask nor refuse. The JIT has a budget for each method it inlines into, and beyond it every vector
/// operation becomes a call (25 % of the time, measured); ILGPU inlines everything that does not refuse, which it needs to know each pointer's address space.
/// </remarks>
[SkipLocalsInit]
internal static class RenderKernel<T, TMask, TMemory>
    where T : unmanaged, IVector<T, TMask>
    where TMask : unmanaged, IMask<TMask>
    where TMemory : struct, IMemory<T, TMask>
{
    // Panes of a fridge, a bottle behind them, and what stands behind that.
    private const int MaxLayers = 4;

    /// <summary>The ray through the middle of each pixel: all labels, and the colours too unless lens or motion blurs them.</summary>
    [MethodImpl(Inlining.Function)]
    public static void Tile(in View view, in TMemory memory, int left, int top)
    {
        var column = T.Constant(left) + T.Column();
        var row = T.Constant(top) + T.Row();
        var active = Inside(in view, column, row);
        var half = T.Constant(0.5f);
        var ray = Eye<T, TMask>.Ray(in view, column + half, row + half);
        LabelPixels<T, TMask> labels = default;
        labels.Depth = T.Constant(float.PositiveInfinity);
        labels.U = T.Constant(-1);
        labels.V = T.Constant(-1);
        var dice = view.Soft != 0 ? Dice(in view, column, row) : (Pattern: half, Turn: half, Tilt: half);
        Trace(in view, in memory, in ray, active, dice.Pattern, dice.Turn, dice.Tilt, ref labels, out var key, out var shadowed, out var light);
        memory.WriteLabels(in view, left, top, in labels);
        if (view.Deferred == 0)
        {
            var pixel = (T.Truncate(row) * TMask.Constant(view.Width)) + T.Truncate(column);
            var optics = view.Vignette > 0 || view.Specks > 0 ? Optics<T, TMask, TMemory>.Light(in view, in memory, column + half, row + half) : T.Constant(1);
            var colours = Development.Colours<T, TMask>(in view, light.Radiance(in view, 0), light.Radiance(in view, 1), light.Radiance(in view, 2), optics, pixel);
            memory.WriteColours(in view, left, top, colours, strip: false);
            return;
        }

        memory.Store(in view, Planes.Key, left, top, T.FromBits(TMask.Select(active, key, TMask.Constant(-1))));
        memory.Store(in view, Planes.AlbedoRed, left, top, light.AlbedoRed);
        memory.Store(in view, Planes.AlbedoGreen, left, top, light.AlbedoGreen);
        memory.Store(in view, Planes.AlbedoBlue, left, top, light.AlbedoBlue);
        memory.Store(in view, Planes.AddedRed, left, top, light.AddedRed);
        memory.Store(in view, Planes.AddedGreen, left, top, light.AddedGreen);
        memory.Store(in view, Planes.AddedBlue, left, top, light.AddedBlue);
        memory.Store(in view, Planes.Lamp, left, top, light.Lamp);
        memory.Store(in view, Planes.Ambient, left, top, light.Ambient);
        memory.Store(in view, Planes.Weight, left, top, light.Clear);
        memory.Store(in view, Planes.Shadow, left, top, T.Select(shadowed, T.Constant(1), T.Constant(0)));
        if (view.LensRadius > 0)
        {
            // A point at depth d is a disk of 2 R |1/focus − 1/d| at distance 1.
            var zero = T.Constant(0);
            var off = T.Constant(1 / view.Focus) - (T.Constant(1) / labels.Depth);
            var disk = T.Max(off, zero - off) * T.Constant(2 * view.LensRadius / view.Footprint);
            var away = T.Constant(view.Focus) - labels.Depth;
            var sharp = T.LessOrEqual(T.Max(away, zero - away), T.Constant(view.SharpReach));
            memory.Store(in view, Planes.Defocus, left, top, T.Select(sharp, zero, disk));
        }
    }

    /// <summary>The pixels of a tile that need further rays: where more than one surface is seen, where the lens blurs, and all of a moving picture.</summary>
    [MethodImpl(Inlining.Function)]
    public static TMask Unfinished(in View view, in TMemory memory, int left, int top)
    {
        var inside = Inside(in view, T.Constant(left) + T.Column(), T.Constant(top) + T.Row());
        if (view.Moves != 0)
        {
            return inside;
        }

        var wanted = TMask.Constant(0);
        if (view.LensRadius > 0)
        {
            wanted = inside & T.Less(T.Constant(1), memory.LoadTile(in view, Planes.Defocus, left, top));
        }

        return view.Samples > 1 ? wanted | (inside & Not(Smooth(in view, in memory, left, top))) : wanted;
    }

    /// <summary>Further rays for pixels, wherever they lie; they add finished light to the planes.</summary>
    /// <remarks>Unfinished pixels are few and scattered; gathered into full packets they cost a third (measured).</remarks>
    [MethodImpl(Inlining.Function)]
    public static void Refine(in View view, in TMemory memory, T column, T row, TMask wanted)
    {
        var zero = T.Constant(0);
        var place = ((T.Truncate(row) + TMask.Constant(Planes.MarginRows)) * TMask.Constant(view.Pitch)) + T.Truncate(column) + TMask.Constant(Planes.Margin);
        // A sharp middle does not belong into a blurred pixel: there all samples go through the lens.
        var blurred = view.Moves != 0 ? wanted
            : view.LensRadius > 0 ? wanted & T.Less(T.Constant(1), memory.Gather(Planes.Defocus, place))
            : TMask.Constant(0);
        var dice = Dice(in view, column, row);
        var (red, green, blue) = (zero, zero, zero);
        for (var sample = 0; sample < view.Samples; sample++)
        {
            var active = sample == 0 ? blurred : wanted;
            if (!TMask.Any(active))
            {
                continue;
            }

            var (x, y) = Offset(sample);
            var chance = Fraction(dice.Pattern + T.Constant(sample / (float)view.Samples));
            var turn = Fraction(dice.Turn + T.Constant(sample * 0.61803399f));
            var tilt = Fraction(dice.Tilt + T.Constant(sample * 0.75487767f));
            var time = ((T.Constant(sample) + dice.Pattern) * T.Constant(1f / view.Samples)) - T.Constant(0.5f);
            var ray = Eye<T, TMask>.Ray(in view, column + T.Constant(x), row + T.Constant(y), time, T.Select(blurred, tilt, zero), turn);
            LabelPixels<T, TMask> unused = default;
            Trace(in view, in memory, in ray, active, chance, Fraction(turn + dice.Tilt), tilt, ref unused, out _, out _, out var light);
            red += T.Select(active, light.Radiance(in view, 0), zero);
            green += T.Select(active, light.Radiance(in view, 1), zero);
            blue += T.Select(active, light.Radiance(in view, 2), zero);
        }

        var share = T.Constant(1f / view.Samples);
        var keep = T.Select(blurred, zero, share);
        memory.Scatter(Planes.AddedRed, place, wanted, (memory.Gather(Planes.AddedRed, place) * keep) + (red * share));
        memory.Scatter(Planes.AddedGreen, place, wanted, (memory.Gather(Planes.AddedGreen, place) * keep) + (green * share));
        memory.Scatter(Planes.AddedBlue, place, wanted, (memory.Gather(Planes.AddedBlue, place) * keep) + (blue * share));
        memory.Scatter(Planes.Weight, place, wanted, memory.Gather(Planes.Weight, place) * keep);
    }

    [MethodImpl(Inlining.Function)]
    private static void Trace(
        in View view, in TMemory memory, in Ray<T> ray, TMask active, T chance, T turn, T tilt, ref LabelPixels<T, TMask> labels, out TMask key, out TMask shadowed, out Light<T, TMask> light)
    {
        if (view.HasGlass != 0 || view.Haze > 0)
        {
            Through(in view, in memory, in ray, active, chance, turn, tilt, ref labels, out key, out shadowed, out light);
            return;
        }

        // Clear air and nothing to look through: the first surface is all there is.
        var zero = T.Constant(0);
        memory.Nearest(in ray, active, zero, view.NodeCount, out var distance, out var primitive);
        var hit = T.Less(distance, T.Constant(float.PositiveInfinity)) & active;
        Shading<T, TMask, TMemory>.Surfaces(in memory, in ray, hit, distance, primitive, view.Footprint, out var surface);
        Label(in surface, hit, distance, ref labels);
        key = TMask.Select(hit, surface.Key, TMask.Constant(-1));
        Illumination<T, TMask, TMemory>.Light(in view, in memory, in ray, hit, distance, in surface, chance, turn, tilt, out light.Lamp, out light.Ambient, out shadowed);
        light.Clear = T.Constant(1);
        light.AlbedoRed = T.Select(hit, surface.Red, zero);
        light.AlbedoGreen = T.Select(hit, surface.Green, zero);
        light.AlbedoBlue = T.Select(hit, surface.Blue, zero);
        light.AddedRed = T.Select(hit, zero, T.Constant(view.BackgroundRed));
        light.AddedGreen = T.Select(hit, zero, T.Constant(view.BackgroundGreen));
        light.AddedBlue = T.Select(hit, zero, T.Constant(view.BackgroundBlue));
        if (TMask.Any(hit & T.Less(zero, surface.Gloss)))
        {
            Illumination<T, TMask, TMemory>.Mirror(in view, in ray, distance, hit, in surface, shadowed, out var room, out var lamps);
            light.AddedRed += (room * T.Constant(view.AmbientRed)) + (lamps * T.Constant(view.LampRed));
            light.AddedGreen += (room * T.Constant(view.AmbientGreen)) + (lamps * T.Constant(view.LampGreen));
            light.AddedBlue += (room * T.Constant(view.AmbientBlue)) + (lamps * T.Constant(view.LampBlue));
        }
    }

    /// <summary>Follows rays through haze and up to four layers of glass to what stops them.</summary>
    [MethodImpl(Inlining.Function)]
    private static void Through(
        in View view, in TMemory memory, in Ray<T> ray, TMask active, T chance, T turn, T tilt, ref LabelPixels<T, TMask> labels, out TMask key, out TMask shadowed, out Light<T, TMask> light)
    {
        var zero = T.Constant(0);
        var one = T.Constant(1);
        light = default;
        light.Clear = one;
        var (throughRed, throughGreen, throughBlue) = (one, one, one);
        var from = zero;
        var remaining = active;
        var unlabelled = active;
        key = TMask.Constant(-1);
        shadowed = TMask.Constant(0);
        for (var layer = 0; layer < MaxLayers; layer++)
        {
            memory.Nearest(in ray, remaining, from, view.NodeCount, out var distance, out var primitive);
            var hit = T.Less(distance, T.Constant(float.PositiveInfinity)) & remaining;
            Shading<T, TMask, TMemory>.Surfaces(in memory, in ray, hit, distance, primitive, view.Footprint, out var surface);
            var glass = view.HasGlass != 0 ? hit & surface.Glass : TMask.Constant(0);
            var solid = hit ^ glass;
            // What is seen through glass that carries no label is labelled as if the glass were not there.
            var label = unlabelled & (solid | (glass & Not(TMask.Equal(surface.Id, TMask.Constant(0)))));
            Label(in surface, label, distance, ref labels);
            unlabelled &= Not(label);
            key = TMask.Select(solid, TMask.Select(TMask.Equal(key, TMask.Constant(-1)), surface.Key, (key * TMask.Constant(31)) + surface.Key), key);
            key = TMask.Select(glass, (key * TMask.Constant(31)) + surface.Key, key);
            Illumination<T, TMask, TMemory>.Light(in view, memory, in ray, solid, distance, in surface, chance, turn, tilt, out var lamp, out var ambient, out var dark);
            shadowed = shadowed | (dark & solid);
            var clear = one;
            if (view.Haze > 0)
            {
                clear = one - T.Min(T.Select(hit, distance, zero) * T.Constant(view.Haze), one);
                var veil = one - clear;
                light.AddedRed += throughRed * veil * T.Constant(view.AmbientRed);
                light.AddedGreen += throughGreen * veil * T.Constant(view.AmbientGreen);
                light.AddedBlue += throughBlue * veil * T.Constant(view.AmbientBlue);
            }

            light.Lamp = T.Select(solid, lamp, light.Lamp);
            light.Ambient = T.Select(solid, ambient, light.Ambient);
            light.AlbedoRed = T.Select(solid, throughRed * surface.Red, light.AlbedoRed);
            light.AlbedoGreen = T.Select(solid, throughGreen * surface.Green, light.AlbedoGreen);
            light.AlbedoBlue = T.Select(solid, throughBlue * surface.Blue, light.AlbedoBlue);
            light.Clear = T.Select(solid, clear, light.Clear);
            if (TMask.Any(hit & T.Less(zero, surface.Gloss)))
            {
                Illumination<T, TMask, TMemory>.Mirror(in view, in ray, distance, hit, in surface, dark & solid, out var room, out var lamps);
                light.AddedRed += throughRed * clear * ((room * T.Constant(view.AmbientRed)) + (lamps * T.Constant(view.LampRed)));
                light.AddedGreen += throughGreen * clear * ((room * T.Constant(view.AmbientGreen)) + (lamps * T.Constant(view.LampGreen)));
                light.AddedBlue += throughBlue * clear * ((room * T.Constant(view.AmbientBlue)) + (lamps * T.Constant(view.LampBlue)));
            }

            var missed = remaining ^ hit;
            light.AddedRed += T.Select(missed, throughRed * T.Constant(view.BackgroundRed), zero);
            light.AddedGreen += T.Select(missed, throughGreen * T.Constant(view.BackgroundGreen), zero);
            light.AddedBlue += T.Select(missed, throughBlue * T.Constant(view.BackgroundBlue), zero);
            remaining = glass;
            if (!TMask.Any(glass))
            {
                break;
            }

            throughRed = T.Select(glass, throughRed * surface.Red, throughRed);
            throughGreen = T.Select(glass, throughGreen * surface.Green, throughGreen);
            throughBlue = T.Select(glass, throughBlue * surface.Blue, throughBlue);
            from = T.Select(glass, distance, from);
        }

        // Behind more glass than that is taken to be the room.
        light.AddedRed += T.Select(remaining, throughRed * T.Constant(view.AmbientRed * 0.5f), zero);
        light.AddedGreen += T.Select(remaining, throughGreen * T.Constant(view.AmbientGreen * 0.5f), zero);
        light.AddedBlue += T.Select(remaining, throughBlue * T.Constant(view.AmbientBlue * 0.5f), zero);
    }

    [MethodImpl(Inlining.Small)]
    private static void Label(in Surface<T, TMask> surface, TMask label, T distance, ref LabelPixels<T, TMask> labels)
    {
        labels.Depth = T.Select(label, distance, labels.Depth);
        labels.NormalX = T.Select(label, surface.NormalX, labels.NormalX);
        labels.NormalY = T.Select(label, surface.NormalY, labels.NormalY);
        labels.NormalZ = T.Select(label, surface.NormalZ, labels.NormalZ);
        labels.U = T.Select(label, surface.U, labels.U);
        labels.V = T.Select(label, surface.V, labels.V);
        labels.Id = TMask.Select(label, surface.Id, labels.Id);
        labels.Part = TMask.Select(label & Not(TMask.Equal(surface.Id, TMask.Constant(0))), surface.Part, labels.Part);
    }

    [MethodImpl(Inlining.Small)]
    private static TMask Inside(in View view, T column, T row) => T.Less(column, T.Constant(view.Width)) & T.Less(row, T.Constant(view.Height));

    [MethodImpl(Inlining.Small)]
    private static TMask Not(TMask mask) => mask ^ TMask.Constant(-1);

    [MethodImpl(Inlining.Small)]
    private static TMask Same(in View view, in TMemory memory, TMask key, int x, int y) => TMask.Equal(key, T.ToBits(memory.LoadTile(in view, Planes.Key, x, y)));

    /// <summary>The pixels whose four neighbours show the same surface.</summary>
    [MethodImpl(Inlining.Small)]
    private static TMask Smooth(in View view, in TMemory memory, int left, int top)
    {
        var key = T.ToBits(memory.LoadTile(in view, Planes.Key, left, top));
        return Same(in view, in memory, key, left - 1, top) & Same(in view, in memory, key, left + 1, top)
            & Same(in view, in memory, key, left, top - 1) & Same(in view, in memory, key, left, top + 1);
    }

    /// <summary>Where in the pixel a sample lies: a triangle around the middle, then the R2 sequence (Roberts 2018).</summary>
    [MethodImpl(Inlining.Function)]
    private static (float X, float Y) Offset(int sample) => sample switch
    {
        0 => (0.5f, 0.5f),
        1 => (0.5f, 0.15f),
        2 => (0.2f, 0.675f),
        3 => (0.8f, 0.675f),
        _ => (Behind((sample * 0.75487767f) + 0.5f), Behind((sample * 0.56984029f) + 0.5f)),
    };

    [MethodImpl(Inlining.Function)]
    private static float Behind(float a) => a - (int)a;

    /// <summary>Numbers from 0 to 1 for a pixel: any 5 × 5 pixels, as many as are averaged, have each of 25 strata of <c>Pattern</c> once, and each pair of 5 × 5 strata of <c>Turn</c> and <c>Tilt</c> once.</summary>
    /// <remarks>The two sums modulo 5 are orthogonal Latin squares, since 1 · 3 − 2 · 1 is prime to 5. Where in its stratum a pixel lies is a hash.</remarks>
    [MethodImpl(Inlining.Function)]
    private static (T Pattern, T Turn, T Tilt) Dice(in View view, T column, T row)
    {
        var first = Modulo5(column + row + row);
        var second = Modulo5(column + row + row + row);
        var pixel = (T.Truncate(row) * TMask.Constant(view.Width)) + T.Truncate(column);
        var hash = Development.Hash((pixel * TMask.Constant(3)) + TMask.Constant(view.NoiseKey + 0x5bd1e995));
        var low = TMask.Constant(0x3FF);
        const float Stratum = 1f / 1024;
        var pattern = T.FromInt(hash & low) * T.Constant(Stratum);
        var turn = T.FromInt(TMask.ShiftRight(hash, 10) & low) * T.Constant(Stratum);
        var tilt = T.FromInt(TMask.ShiftRight(hash, 20) & low) * T.Constant(Stratum);
        return (((first * T.Constant(5)) + second + pattern) * T.Constant(0.04f), (first + turn) * T.Constant(0.2f), (second + tilt) * T.Constant(0.2f));
    }

    /// <summary>Of a whole number ≥ 0.</summary>
    [MethodImpl(Inlining.Small)]
    private static T Modulo5(T a) => a - (T.FromInt(T.Truncate((a + T.Constant(0.5f)) * T.Constant(0.2f))) * T.Constant(5));

    /// <summary>What is behind the point of a number ≥ 0.</summary>
    [MethodImpl(Inlining.Small)]
    private static T Fraction(T a) => a - T.FromInt(T.Truncate(a));
}

/// <summary>Linear light towards the camera, apart as far as it can be: reflectance, lamp and ambient light on it, and what comes on top.</summary>
internal struct Light<T, TMask>
    where T : unmanaged, IVector<T, TMask>
    where TMask : unmanaged, IMask<TMask>
{
    public T AlbedoRed, AlbedoGreen, AlbedoBlue, AddedRed, AddedGreen, AddedBlue, Lamp, Ambient;

    /// <summary>Share of the reflected light that haze lets through.</summary>
    public T Clear;

    /// <summary>All of it in one channel: 0 red, 1 green, 2 blue.</summary>
    [MethodImpl(Inlining.Small)]
    public readonly T Radiance(in View view, int channel) => channel switch
    {
        0 => Sum(Clear * AlbedoRed, Lamp, Ambient, view.LampRed, view.AmbientRed, AddedRed),
        1 => Sum(Clear * AlbedoGreen, Lamp, Ambient, view.LampGreen, view.AmbientGreen, AddedGreen),
        _ => Sum(Clear * AlbedoBlue, Lamp, Ambient, view.LampBlue, view.AmbientBlue, AddedBlue),
    };

    [MethodImpl(Inlining.Small)]
    public static T Sum(T albedo, T lamp, T ambient, float lampColour, float ambientColour, T added) =>
        (albedo * ((lamp * T.Constant(lampColour)) + (ambient * T.Constant(ambientColour)))) + added;
}
