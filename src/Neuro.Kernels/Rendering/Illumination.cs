using System.Runtime.CompilerServices;

namespace Neuro.Kernels.Rendering;

/// <summary>The light on a surface: what the lamps give (with their shadows), what comes from everywhere (with its occlusion), and what is mirrored.</summary>
[SkipLocalsInit]
internal static class Illumination<T, TMask, TMemory>
    where T : unmanaged, IVector<T, TMask>
    where TMask : unmanaged, IMask<TMask>
    where TMemory : struct, IMemory<T, TMask>
{
    private const float Lift = 1e-3f;

    /// <param name="chance">0 to 1: which lamp and where on it.</param>
    /// <param name="turn">0 to 1: direction of the occlusion ray around the normal.</param>
    /// <param name="tilt">0 to 1: its tilt.</param>
    /// <param name="lamp">Share of one unit of lamp light that arrives, before reflectance.</param>
    /// <param name="ambient">The same of ambient light.</param>
    /// <param name="shadowed">Lanes from which the chosen point of the lamps is not seen.</param>
    [MethodImpl(Inlining.Function)]
    public static void Light(
        in View view, in TMemory memory, in Ray<T> ray, TMask hit, T distance, in Surface<T, TMask> surface, T chance, T turn, T tilt,
        out T lamp, out T ambient, out TMask shadowed)
    {
        // Lanes without a hit stay finite; nobody looks at their light.
        var zero = T.Constant(0);
        var reach = T.Select(hit, distance, T.Constant(1));
        var x = ray.OriginX + (reach * ray.X) + (surface.NormalX * T.Constant(Lift));
        var y = ray.OriginY + (reach * ray.Y) + (surface.NormalY * T.Constant(Lift));
        var z = ray.OriginZ + (reach * ray.Z) + (surface.NormalZ * T.Constant(Lift));
        // From the lamp to the surface: where the lamp is a point all lanes start there, as the camera's do.
        Ray<T> shadow;
        Point(in view, chance, out shadow.OriginX, out shadow.OriginY, out shadow.OriginZ);
        var (lampX, lampY, lampZ) = (x - shadow.OriginX, y - shadow.OriginY, z - shadow.OriginZ);
        var facing = zero - ((surface.NormalX * lampX) + (surface.NormalY * lampY) + (surface.NormalZ * lampZ));
        var facesLamp = hit & T.Less(zero, facing);
        shadow.X = Numerics<T, TMask>.NonZero(lampX);
        shadow.Y = Numerics<T, TMask>.NonZero(lampY);
        shadow.Z = Numerics<T, TMask>.NonZero(lampZ);
        var occluded = TMask.Any(facesLamp) ? memory.Occluded(in shadow, facesLamp, view.NodeCount) : facesLamp;
        var lit = facesLamp ^ occluded;
        shadowed = hit ^ lit;
        var squared = (lampX * lampX) + (lampY * lampY) + (lampZ * lampZ) + T.Constant(1e-6f);
        lamp = T.Select(lit, facing / (squared * T.Sqrt(squared)), zero);
        var fade = T.Max(T.Min(T.Constant(1) + (z * T.Constant(view.Gloom)), T.Constant(1)), T.Constant(0.25f));
        ambient = T.Select(hit, fade * (T.Constant(0.8f) + (surface.NormalY * T.Constant(0.2f))), zero);
        if (view.Occlusion > 0 && TMask.Any(hit))
        {
            var near = Near(in view, memory, hit, x, y, z, in surface, turn, tilt);
            ambient = T.Select(near, ambient * T.Constant(1 - view.Occlusion), ambient);
        }
    }

    /// <summary>Light mirrored towards the camera by varnish, film and glass: the room by Schlick's approximation (1994), and the lamps where they are seen.</summary>
    /// <returns>Share of ambient light in <paramref name="room"/>, of lamp light in <paramref name="lamps"/>.</returns>
    [MethodImpl(Inlining.Function)]
    public static void Mirror(in View view, in Ray<T> ray, T distance, TMask hit, in Surface<T, TMask> surface, TMask shadowed, out T room, out T lamps)
    {
        var zero = T.Constant(0);
        var one = T.Constant(1);
        var reach = T.Select(hit, distance, one);
        var length = one / T.Sqrt((ray.X * ray.X) + (ray.Y * ray.Y) + (ray.Z * ray.Z));
        var (dx, dy, dz) = (ray.X * length, ray.Y * length, ray.Z * length);
        var cosine = T.Max(T.Min(zero - ((dx * surface.NormalX) + (dy * surface.NormalY) + (dz * surface.NormalZ)), one), zero);
        var twice = cosine + cosine;
        var (rx, ry, rz) = (dx + (twice * surface.NormalX), dy + (twice * surface.NormalY), dz + (twice * surface.NormalZ));
        var grazing = one - cosine;
        var power = grazing * grazing;
        // Varnish and film are not polished: at a grazing angle they mirror four times as much, not all.
        var fresnel = surface.Gloss * (one + (T.Constant(3) * power * power * grazing));
        // The room is bright above and dim below.
        room = T.Select(hit, fresnel * (T.Constant(0.55f) + (ry * T.Constant(0.45f))), zero);
        var x = ray.OriginX + (reach * ray.X);
        var y = ray.OriginY + (reach * ray.Y);
        var z = ray.OriginZ + (reach * ray.Z);
        lamps = Highlight(in view.Lamp0, x, y, z, rx, ry, rz);
        if (view.LampCount > 1)
        {
            lamps += Highlight(in view.Lamp1, x, y, z, rx, ry, rz);
            lamps += Highlight(in view.Lamp2, x, y, z, rx, ry, rz);
            lamps += Highlight(in view.Lamp3, x, y, z, rx, ry, rz);
        }

        lamps = T.Select(hit & (shadowed ^ TMask.Constant(-1)), lamps * fresnel, zero);
    }

    /// <summary>A lamp in a mirror that is not quite flat: the point of the tube nearest to the mirrored ray (Karis 2013, section on tube lights), and the 32nd power of the cosine beside it.</summary>
    [MethodImpl(Inlining.Function)]
    private static T Highlight(in Lamp lamp, T x, T y, T z, T rx, T ry, T rz)
    {
        var zero = T.Constant(0);
        var one = T.Constant(1);
        var mx = T.Constant(lamp.X) - x;
        var my = T.Constant(lamp.Y) - y;
        var mz = T.Constant(lamp.Z) - z;
        var (ax, ay, az) = (T.Constant(lamp.AxisX), T.Constant(lamp.AxisY), T.Constant(lamp.AxisZ));
        var along = (rx * ax) + (ry * ay) + (rz * az);
        var axis2 = (lamp.AxisX * lamp.AxisX) + (lamp.AxisY * lamp.AxisY) + (lamp.AxisZ * lamp.AxisZ);
        var upper = (((rx * mx) + (ry * my) + (rz * mz)) * along) - ((mx * ax) + (my * ay) + (mz * az));
        var place = T.Max(T.Min(upper / T.Max(T.Constant(axis2) - (along * along), T.Constant(1e-6f)), one), zero - one);
        mx += place * ax;
        my += place * ay;
        mz += place * az;
        var squared = (mx * mx) + (my * my) + (mz * mz) + T.Constant(1e-6f);
        var cosine = T.Max(((rx * mx) + (ry * my) + (rz * mz)) / T.Sqrt(squared), zero);
        var p2 = cosine * cosine;
        var p4 = p2 * p2;
        var p8 = p4 * p4;
        var p16 = p8 * p8;
        return T.Constant(6 * (lamp.Upto > 1 ? 0 : lamp.Upto - lamp.From)) * p16 * p16 / squared;
    }

    /// <summary>A point on the lamps, each lamp as often as its share of the light.</summary>
    [MethodImpl(Inlining.Function)]
    private static void Point(in View view, T chance, out T x, out T y, out T z)
    {
        Place(in view.Lamp0, chance, out x, out y, out z);
        if (view.LampCount > 1)
        {
            Choose(in view.Lamp1, chance, ref x, ref y, ref z);
            Choose(in view.Lamp2, chance, ref x, ref y, ref z);
            Choose(in view.Lamp3, chance, ref x, ref y, ref z);
        }
    }

    [MethodImpl(Inlining.Small)]
    private static void Choose(in Lamp lamp, T chance, ref T x, ref T y, ref T z)
    {
        var mine = T.LessOrEqual(T.Constant(lamp.From), chance);
        Place(in lamp, chance, out var lampX, out var lampY, out var lampZ);
        x = T.Select(mine, lampX, x);
        y = T.Select(mine, lampY, y);
        z = T.Select(mine, lampZ, z);
    }

    [MethodImpl(Inlining.Small)]
    private static void Place(in Lamp lamp, T chance, out T x, out T y, out T z)
    {
        var along = ((chance - T.Constant(lamp.From)) * T.Constant(2 / (lamp.Upto - lamp.From))) - T.Constant(1);
        x = T.Constant(lamp.X) + (along * T.Constant(lamp.AxisX));
        y = T.Constant(lamp.Y) + (along * T.Constant(lamp.AxisY));
        z = T.Constant(lamp.Z) + (along * T.Constant(lamp.AxisZ));
    }

    /// <summary>Whether something is near in a direction drawn by the cosine to the normal.</summary>
    /// <remarks>Axes beside the normal: Duff and others, Building an Orthonormal Basis, Revisited (JCGT 2017).</remarks>
    [MethodImpl(Inlining.Function)]
    private static TMask Near(in View view, in TMemory memory, TMask hit, T x, T y, T z, in Surface<T, TMask> surface, T turn, T tilt)
    {
        var zero = T.Constant(0);
        var one = T.Constant(1);
        var (nx, ny, nz) = (surface.NormalX, surface.NormalY, surface.NormalZ);
        var sign = T.Select(T.Less(nz, zero), zero - one, one);
        var a = (zero - one) / (sign + nz);
        var b = nx * ny * a;
        Numerics<T, TMask>.CosSin(turn, out var cos, out var sin);
        var radius = T.Sqrt(tilt);
        var height = T.Sqrt(T.Max(one - tilt, T.Constant(1e-4f)));
        cos *= radius;
        sin *= radius;
        var reach = T.Constant(View.OcclusionReach);
        Ray<T> ray;
        ray.OriginX = x;
        ray.OriginY = y;
        ray.OriginZ = z;
        ray.X = Numerics<T, TMask>.NonZero(reach * ((cos * (one + (sign * nx * nx * a))) + (sin * b) + (height * nx)));
        ray.Y = Numerics<T, TMask>.NonZero(reach * ((cos * sign * b) + (sin * (sign + (ny * ny * a))) + (height * ny)));
        ray.Z = Numerics<T, TMask>.NonZero(reach * ((height * nz) - (cos * sign * nx) - (sin * ny)));
        return memory.Occluded(in ray, hit, view.NodeCount);
    }
}
