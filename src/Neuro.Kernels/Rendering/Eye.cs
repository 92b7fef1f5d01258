using System.Runtime.CompilerServices;

namespace Neuro.Kernels.Rendering;

/// <summary>The camera: from places in the picture to rays.</summary>
[SkipLocalsInit]
internal static class Eye<T, TMask>
    where T : unmanaged, IVector<T, TMask>
    where TMask : unmanaged, IMask<TMask>
{
    /// <summary>Through the middle of the lens in the middle of the exposure: what labels are made of.</summary>
    /// <param name="column">Pixels from the picture's left edge; the middle of the first is 0.5.</param>
    /// <param name="row">Pixels from its top edge.</param>
    [MethodImpl(Inlining.Small)]
    public static Ray<T> Ray(in View view, T column, T row)
    {
        if (view.Shear != 0)
        {
            // A row is read later than the one above it; meanwhile the picture has moved.
            column -= ((row * T.Constant(1f / view.Height)) - T.Constant(0.5f)) * T.Constant(view.Shear);
        }

        var u = (column * T.Constant(2f / view.Width)) - T.Constant(1);
        var v = T.Constant(1) - (row * T.Constant(2f / view.Height));
        if (view.K1 != 0 || view.K2 != 0)
        {
            var scale = Undistorted(in view, u, v);
            u *= scale;
            v *= scale;
        }

        Ray<T> ray;
        ray.OriginX = T.Constant(view.OriginX);
        ray.OriginY = T.Constant(view.OriginY);
        ray.OriginZ = T.Constant(view.OriginZ);
        ray.X = Numerics<T, TMask>.NonZero(T.Constant(view.ForwardX) + (u * T.Constant(view.RightX)) + (v * T.Constant(view.UpX)));
        ray.Y = Numerics<T, TMask>.NonZero(T.Constant(view.ForwardY) + (u * T.Constant(view.RightY)) + (v * T.Constant(view.UpY)));
        ray.Z = Numerics<T, TMask>.NonZero(T.Constant(view.ForwardZ) + (u * T.Constant(view.RightZ)) + (v * T.Constant(view.UpZ)));
        return ray;
    }

    /// <summary>Through a point of the lens at a moment of the exposure: what colours are made of.</summary>
    /// <param name="time">−½ to ½.</param>
    /// <param name="lensU">0 to 1.</param>
    /// <param name="lensV">0 to 1.</param>
    [MethodImpl(Inlining.Function)]
    public static Ray<T> Ray(in View view, T column, T row, T time, T lensU, T lensV)
    {
        var ray = Ray(in view, column + (time * T.Constant(view.BlurX)), row + (time * T.Constant(view.BlurY)));
        if (view.LensRadius <= 0)
        {
            return ray;
        }

        // The camera's axes have the length of half the picture at distance 1; on the lens they are as long as its radius.
        Numerics<T, TMask>.CosSin(lensV, out var cos, out var sin);
        var radius = T.Sqrt(lensU) * T.Constant(view.LensRadius);
        var right = radius * cos * T.Constant(1 / view.TanX);
        var up = radius * sin * T.Constant(1 / view.TanY);
        var x = (right * T.Constant(view.RightX)) + (up * T.Constant(view.UpX));
        var y = (right * T.Constant(view.RightY)) + (up * T.Constant(view.UpY));
        var z = (right * T.Constant(view.RightZ)) + (up * T.Constant(view.UpZ));
        var inverse = T.Constant(1 / view.Focus);
        ray.OriginX += x;
        ray.OriginY += y;
        ray.OriginZ += z;
        ray.X = Numerics<T, TMask>.NonZero(ray.X - (x * inverse));
        ray.Y = Numerics<T, TMask>.NonZero(ray.Y - (y * inverse));
        ray.Z = Numerics<T, TMask>.NonZero(ray.Z - (z * inverse));
        return ray;
    }

    /// <summary>The factor from a distorted place to the ideal one: r + K1 r³ + K2 r⁵ = distorted radius, by Newton's method: three steps leave less than a float can say.</summary>
    [MethodImpl(Inlining.Function)]
    private static T Undistorted(in View view, T u, T v)
    {
        var (x, y) = (u * T.Constant(view.TanX), v * T.Constant(view.TanY));
        var distorted = T.Sqrt((x * x) + (y * y) + T.Constant(1e-12f));
        var r = distorted;
        for (var step = 0; step < 3; step++)
        {
            var r2 = r * r;
            var value = (r * (T.Constant(1) + (r2 * (T.Constant(view.K1) + (r2 * T.Constant(view.K2)))))) - distorted;
            var slope = T.Constant(1) + (r2 * (T.Constant(3 * view.K1) + (r2 * T.Constant(5 * view.K2))));
            r -= value / T.Max(slope, T.Constant(0.1f));
        }

        return r / distorted;
    }
}
