using System.Runtime.CompilerServices;

namespace Neuro.Kernels.Rendering;

/// <summary>The kernel: one tile of one picture. Written once for every machine; whoever launches it has checked the arguments.</summary>
/// <remarks>
/// Small methods of this folder ask to be inlined, large ones neither ask nor refuse. The JIT has a budget for each method it inlines into, and beyond it every vector
/// operation becomes a call (25 % of the time, measured); ILGPU inlines everything that does not refuse, which it needs to know each pointer's address space.
/// </remarks>
internal static class RenderKernel<T, TMask, TMemory>
    where T : unmanaged, IVector<T, TMask>
    where TMask : unmanaged, IMask<TMask>
    where TMemory : struct, IMemory<T, TMask>
{
    public static void Tile(in View view, TMemory memory, int left, int top)
    {
        var column = T.Constant(left) + T.Column();
        var row = T.Constant(top) + T.Row();
        var active = T.Less(column, T.Constant(view.Width)) & T.Less(row, T.Constant(view.Height));
        Pixels<T, TMask> pixels = default;
        var light = Centre(in view, memory, column, row, active, ref pixels);
        for (var sample = 1; sample < view.Samples; sample++)
        {
            var other = Offset(in view, memory, column, row, active, sample);
            light.Red += other.Red;
            light.Green += other.Green;
            light.Blue += other.Blue;
        }

        Develop(in view, light, column, row, ref pixels);
        memory.Write(in view, left, top, in pixels);
    }

    /// <summary>The sample in the middle of each pixel: it alone decides depth, normal, id and counts.</summary>
    private static Light<T> Centre(in View view, TMemory memory, T column, T row, TMask active, ref Pixels<T, TMask> pixels)
    {
        var half = T.Constant(0.5f);
        var ray = CameraRay(in view, column + half, row + half);
        Traversal<T, TMask, TMemory>.Nearest(memory, in ray, active, view.NodeCount, view.Counts != 0, out var distance, out var primitive);
        var hit = T.Less(distance, T.Constant(float.PositiveInfinity)) & active;
        var surface = Surfaces(memory, in ray, hit, distance, primitive);
        pixels.Depth = distance;
        pixels.NormalX = surface.NormalX;
        pixels.NormalY = surface.NormalY;
        pixels.NormalZ = surface.NormalZ;
        pixels.Id = Ids(memory, hit, primitive);
        return Illuminate(in view, memory, in ray, hit, distance, in surface);
    }

    /// <summary>One of three further samples, on a triangle around the middle.</summary>
    private static Light<T> Offset(in View view, TMemory memory, T column, T row, TMask active, int sample)
    {
        var x = sample == 1 ? 0.5f : sample == 2 ? 0.2f : 0.8f;
        var y = sample == 1 ? 0.15f : sample == 2 ? 0.675f : 0.675f;
        var ray = CameraRay(in view, column + T.Constant(x), row + T.Constant(y));
        Traversal<T, TMask, TMemory>.Nearest(memory, in ray, active, view.NodeCount, false, out var distance, out var primitive);
        var hit = T.Less(distance, T.Constant(float.PositiveInfinity)) & active;
        var surface = Surfaces(memory, in ray, hit, distance, primitive);
        return Illuminate(in view, memory, in ray, hit, distance, in surface);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Ray<T, TMask> CameraRay(in View view, T column, T row)
    {
        var u = (column * T.Constant(2f / view.Width)) - T.Constant(1);
        var v = T.Constant(1) - (row * T.Constant(2f / view.Height));
        Ray<T, TMask> ray;
        ray.OriginX = view.OriginX;
        ray.OriginY = view.OriginY;
        ray.OriginZ = view.OriginZ;
        ray.X = Numerics<T, TMask>.NonZero(T.Constant(view.ForwardX) + (u * T.Constant(view.RightX)) + (v * T.Constant(view.UpX)));
        ray.Y = Numerics<T, TMask>.NonZero(T.Constant(view.ForwardY) + (u * T.Constant(view.RightY)) + (v * T.Constant(view.UpY)));
        ray.Z = Numerics<T, TMask>.NonZero(T.Constant(view.ForwardZ) + (u * T.Constant(view.RightZ)) + (v * T.Constant(view.UpZ)));
        return ray;
    }

    private static Surface<T> Surfaces(TMemory memory, in Ray<T, TMask> ray, TMask hit, T distance, TMask primitive) =>
        Shading<T, TMask, TMemory>.Surfaces(memory, in ray, hit, distance, primitive);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TMask Ids(TMemory memory, TMask hit, TMask primitive)
    {
        var ids = TMask.Constant(0);
        var remaining = hit;
        while (TMask.Any(remaining))
        {
            var index = TMask.First(remaining, primitive);
            var mine = remaining & TMask.Equal(primitive, TMask.Constant(index));
            ids = TMask.Select(mine, TMask.Constant(memory.Primitive(index).Id), ids);
            remaining ^= mine;
        }

        return ids;
    }

    /// <summary>Lamp with a shadow ray, and hemispheric ambient light that fades behind the shelf's front edge.</summary>
    private static Light<T> Illuminate(in View view, TMemory memory, in Ray<T, TMask> ray, TMask hit, T distance, in Surface<T> surface)
    {
        // Lanes without a hit stay finite; their colour is replaced below.
        const float Lift = 1e-3f;
        var reach = T.Select(hit, distance, T.Constant(1));
        var x = T.Constant(ray.OriginX) + (reach * ray.X) + (surface.NormalX * T.Constant(Lift)) - T.Constant(view.LampX);
        var y = T.Constant(ray.OriginY) + (reach * ray.Y) + (surface.NormalY * T.Constant(Lift)) - T.Constant(view.LampY);
        var z = T.Constant(ray.OriginZ) + (reach * ray.Z) + (surface.NormalZ * T.Constant(Lift));
        var depth = z;
        z -= T.Constant(view.LampZ);
        var zero = T.Constant(0);
        var facing = zero - ((surface.NormalX * x) + (surface.NormalY * y) + (surface.NormalZ * z));
        var facesLamp = hit & T.Less(zero, facing);
        // From the lamp to the surface: all lanes start at one point, as the camera's do.
        Ray<T, TMask> shadow;
        shadow.OriginX = view.LampX;
        shadow.OriginY = view.LampY;
        shadow.OriginZ = view.LampZ;
        shadow.X = Numerics<T, TMask>.NonZero(x);
        shadow.Y = Numerics<T, TMask>.NonZero(y);
        shadow.Z = Numerics<T, TMask>.NonZero(z);
        var occluded = TMask.Any(facesLamp) ? Traversal<T, TMask, TMemory>.Occluded(memory, in shadow, facesLamp, view.NodeCount) : facesLamp;
        var squared = (x * x) + (y * y) + (z * z) + T.Constant(1e-6f);
        var lamp = T.Select(facesLamp ^ occluded, facing / (squared * T.Sqrt(squared)), zero);
        var fade = T.Max(T.Min(T.Constant(1) + (depth * T.Constant(view.Gloom)), T.Constant(1)), T.Constant(0.25f));
        var ambient = fade * (T.Constant(0.8f) + (surface.NormalY * T.Constant(0.2f)));
        Light<T> light;
        light.Red = T.Select(hit, surface.Red * ((lamp * T.Constant(view.LampRed)) + (ambient * T.Constant(view.AmbientRed))), T.Constant(view.BackgroundRed));
        light.Green = T.Select(hit, surface.Green * ((lamp * T.Constant(view.LampGreen)) + (ambient * T.Constant(view.AmbientGreen))), T.Constant(view.BackgroundGreen));
        light.Blue = T.Select(hit, surface.Blue * ((lamp * T.Constant(view.LampBlue)) + (ambient * T.Constant(view.AmbientBlue))), T.Constant(view.BackgroundBlue));
        return light;
    }

    private static void Develop(in View view, Light<T> light, T column, T row, ref Pixels<T, TMask> pixels)
    {
        var pixel = (T.Truncate(row) * TMask.Constant(view.Width)) + T.Truncate(column);
        var share = 1f / view.Samples;
        pixels.Red = Development.Channel(in view, light.Red, view.GainRed * share, pixel, 0);
        pixels.Green = Development.Channel(in view, light.Green, view.GainGreen * share, pixel, 1);
        pixels.Blue = Development.Channel(in view, light.Blue, view.GainBlue * share, pixel, 2);
    }
}

/// <summary>Linear light that reaches the camera.</summary>
internal struct Light<T>
    where T : unmanaged
{
    public T Red, Green, Blue;
}
