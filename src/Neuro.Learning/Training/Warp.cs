using System.Runtime.Intrinsics;

namespace Neuro.Learning.Training;

/// <summary>Where a square view lies on a stored crop: centre and side in its pixels, rotation in radians, and how much wider than high a thing appears.</summary>
internal readonly record struct View(float X, float Y, float Side, float Rotation, float Stretch);

/// <summary>Samples a view of a stored crop, bilinear; beyond the edges the edge pixels go on.</summary>
internal static class Warp
{
    /// <param name="rgba">Bytes <c>[side, side, 4]</c>.</param>
    /// <param name="planes">Four planes <c>[size, size]</c>: red, green, blue and mask in 0..1.</param>
    public static void Sample(byte[] rgba, int side, float[][] planes, int size, View view)
    {
        var (sin, cos) = MathF.SinCos(view.Rotation);
        var step = view.Side / size;
        var (acrossX, acrossY) = (cos * step / view.Stretch, sin * step / view.Stretch);
        var (downX, downY) = (-sin * step, cos * step);
        var half = (size - 1) / 2f;
        var limit = side - 1.001f;
        for (int y = 0, i = 0; y < size; y++)
        {
            // Pixel centres lie at half pixels: −0.5 turns positions into indices.
            var u = view.X - 0.5f + (y - half) * downX - half * acrossX;
            var v = view.Y - 0.5f + (y - half) * downY - half * acrossY;
            for (var x = 0; x < size; x++, i++, u += acrossX, v += acrossY)
            {
                var (cu, cv) = (Math.Clamp(u, 0, limit), Math.Clamp(v, 0, limit));
                var (left, top) = ((int)cu, (int)cv);
                var at = (top * side + left) * 4;
                var upper = Mix(Pixel(rgba, at), Pixel(rgba, at + 4), cu - left);
                var lower = Mix(Pixel(rgba, at + side * 4), Pixel(rgba, at + side * 4 + 4), cu - left);
                var colour = Mix(upper, lower, cv - top) * (1f / 255);
                planes[0][i] = colour[0];
                planes[1][i] = colour[1];
                planes[2][i] = colour[2];
                planes[3][i] = colour[3];
            }
        }
    }

    private static Vector128<float> Mix(Vector128<float> a, Vector128<float> b, float share) => a + (b - a) * share;

    /// <summary>Four bytes as four floats.</summary>
    private static Vector128<float> Pixel(byte[] bytes, int at)
    {
        var packed = Vector128.CreateScalar(BitConverter.ToUInt32(bytes, at)).AsByte();
        return Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(packed)).AsInt32());
    }
}
