using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Neuro.Kernels.Rendering;

/// <summary>All places that a packet's rays can reach: at parameter t between the least and the greatest origin + t · direction on each axis.</summary>
/// <remarks>
/// A box is met on an axis while (max − least origin) is not yet left behind by the least direction, and from when the greatest direction has bridged (min − greatest origin).
/// By the sign of that direction each of the six planes says when the beam enters or when it leaves; a beam around a direction of zero is only entered. What a lane's own
/// slab test meets the beam meets too, as rounding is monotonic.
/// </remarks>
[SkipLocalsInit]
internal unsafe struct Beam
{
    private const int Planes = 6;

    // Planes by which the beam enters come first.
    private fixed float origins[Planes];
    private fixed float inverses[Planes];
    private fixed int offsets[Planes];
    private int entering;

    /// <summary>The beam of the active lanes, of which there must be one.</summary>
    /// <param name="ends">Whether rays end at parameter 1. The beam then starts at whichever end is narrower.</param>
    [MethodImpl(MethodImplOptions.NoInlining | Inlining.Function)]
    public static void Of<T, TMask>(in Ray<T> ray, in TMask active, bool ends, out Beam beam)
        where T : unmanaged, IVector<T, TMask>
        where TMask : unmanaged, IMask<TMask>
    {
        Unsafe.SkipInit(out beam);
        Range(ray.X, ray.Y, ray.Z, active, out var direction, out var directionUpto);
        var origin = Vector128.Create(First(ray.OriginX), First(ray.OriginY), First(ray.OriginZ), 0);
        var originUpto = origin;
        if (TMask.Any(Differs(ray.OriginX, origin[0]) | Differs(ray.OriginY, origin[1]) | Differs(ray.OriginZ, origin[2])))
        {
            Range(ray.OriginX, ray.OriginY, ray.OriginZ, active, out origin, out originUpto);
            if (ends)
            {
                Range(ray.OriginX + ray.X, ray.OriginY + ray.Y, ray.OriginZ + ray.Z, active, out var end, out var endUpto);
                if (Vector128.Sum(endUpto - end) < Vector128.Sum(originUpto - origin))
                {
                    // The ends are sums that were rounded, unlike the origins.
                    var hair = Vector128.Create(1e-4f);
                    (origin, originUpto) = (end - hair, endUpto + hair);
                    (direction, directionUpto) = (-directionUpto, -direction);
                }
            }
        }

        var sooner = Vector128<float>.One / directionUpto;
        var later = Vector128<float>.One / direction;
        var entering = 0;
        var leaving = Planes;
        for (var axis = 0; axis < 3; axis++)
        {
            var place = sooner[axis] > 0 ? entering++ : --leaving;
            (beam.origins[place], beam.inverses[place], beam.offsets[place]) = (originUpto[axis], sooner[axis], axis * WideNode.Width);
            place = later[axis] < 0 ? entering++ : --leaving;
            (beam.origins[place], beam.inverses[place], beam.offsets[place]) = (origin[axis], later[axis], (axis + 3) * WideNode.Width);
        }

        beam.entering = entering;

        [MethodImpl(Inlining.Small)]
        static float First(T lanes) => Unsafe.As<T, float>(ref lanes);

        [MethodImpl(Inlining.Small)]
        static TMask Differs(T lanes, float from) => T.Less(lanes, T.Constant(from)) | T.Less(T.Constant(from), lanes);
    }

    /// <summary>A bit for each box of a node that the beam may meet before <paramref name="upto"/>.</summary>
    /// <param name="near">When it may be entered, one for each box.</param>
    [MethodImpl(Inlining.Small)]
    public readonly uint Meets(WideNode* node, float upto, float* near)
    {
        var enters = Vector512<float>.Zero;
        var leaves = Vector512.Create(upto);
        if (entering == 3)
        {
            // All directions of one sign on each axis, the commonest.
            enters = Vector512.MaxNative(Vector512.MaxNative(enters, At(node, 0)), Vector512.MaxNative(At(node, 1), At(node, 2)));
            leaves = Vector512.MinNative(Vector512.MinNative(leaves, At(node, 3)), Vector512.MinNative(At(node, 4), At(node, 5)));
        }
        else
        {
            for (var i = 0; i < entering; i++)
            {
                enters = Vector512.MaxNative(enters, At(node, i));
            }

            for (var i = entering; i < Planes; i++)
            {
                leaves = Vector512.MinNative(leaves, At(node, i));
            }
        }

        enters.Store(near);
        return (uint)Vector512.LessThanOrEqual(enters, leaves).ExtractMostSignificantBits();
    }

    [MethodImpl(Inlining.Small)]
    private readonly Vector512<float> At(WideNode* node, int plane) =>
        (Vector512.Load(node->Bounds + offsets[plane]) - Vector512.Create(origins[plane])) * Vector512.Create(inverses[plane]);

    [MethodImpl(Inlining.Small)]
    private static void Range<T, TMask>(T x, T y, T z, TMask active, out Vector128<float> least, out Vector128<float> greatest)
        where T : unmanaged, IVector<T, TMask>
        where TMask : unmanaged, IMask<TMask>
    {
        var infinity = T.Constant(float.PositiveInfinity);
        var below = T.Constant(float.NegativeInfinity);
        least = Vector128.Create(Least(T.Select(active, x, infinity)), Least(T.Select(active, y, infinity)), Least(T.Select(active, z, infinity)), 1);
        greatest = Vector128.Create(Greatest(T.Select(active, x, below)), Greatest(T.Select(active, y, below)), Greatest(T.Select(active, z, below)), 1);
    }

    [MethodImpl(Inlining.Small)]
    private static float Least<T>(T lanes)
        where T : unmanaged
    {
        if (sizeof(T) == sizeof(Vector512<float>))
        {
            var all = Unsafe.As<T, Vector512<float>>(ref lanes);
            return Least(Vector256.MinNative(all.GetLower(), all.GetUpper()));
        }

        return sizeof(T) == sizeof(Vector256<float>) ? Least(Unsafe.As<T, Vector256<float>>(ref lanes)) : Least(Unsafe.As<T, Vector128<float>>(ref lanes));
    }

    [MethodImpl(Inlining.Small)]
    private static float Least(Vector256<float> lanes) => Least(Vector128.MinNative(lanes.GetLower(), lanes.GetUpper()));

    [MethodImpl(Inlining.Small)]
    private static float Least(Vector128<float> lanes)
    {
        lanes = Vector128.MinNative(lanes, Vector128.Shuffle(lanes, Vector128.Create(2, 3, 0, 1)));
        return Vector128.MinNative(lanes, Vector128.Shuffle(lanes, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    [MethodImpl(Inlining.Small)]
    public static float Greatest<T>(T lanes)
        where T : unmanaged
    {
        if (sizeof(T) == sizeof(Vector512<float>))
        {
            var all = Unsafe.As<T, Vector512<float>>(ref lanes);
            return Greatest(Vector256.MaxNative(all.GetLower(), all.GetUpper()));
        }

        return sizeof(T) == sizeof(Vector256<float>) ? Greatest(Unsafe.As<T, Vector256<float>>(ref lanes)) : Greatest(Unsafe.As<T, Vector128<float>>(ref lanes));
    }

    [MethodImpl(Inlining.Small)]
    private static float Greatest(Vector256<float> lanes) => Greatest(Vector128.MaxNative(lanes.GetLower(), lanes.GetUpper()));

    [MethodImpl(Inlining.Small)]
    private static float Greatest(Vector128<float> lanes)
    {
        lanes = Vector128.MaxNative(lanes, Vector128.Shuffle(lanes, Vector128.Create(2, 3, 0, 1)));
        return Vector128.MaxNative(lanes, Vector128.Shuffle(lanes, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }
}
