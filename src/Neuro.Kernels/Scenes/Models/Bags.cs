using System.Numerics;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Scenes.Models;

/// <summary>Bags of film: sheets of triangles over a grid, bulged. Pictures lie on them as projected from straight before and behind.</summary>
internal static class Bags
{
    /// <summary>Filled with air and sealed flat at both ends; its edges are pulled in where it bulges.</summary>
    public static void Pillow(ModelParts parts, Vector3 size)
    {
        var (right, top, front) = (size.X / 2, size.Y / 2, size.Z / 2);
        var seal = MathF.Min(0.012f, 0.08f * size.Y);
        var end = top - seal;
        new Sheet(Bulged(1), size, Part.Front, Ink.Front).Add(parts, Sheet.Even(6), Sheet.Even(6));
        new Sheet(Bulged(-1), size, Part.Back, Ink.Back).Add(parts, Sheet.Even(2), Sheet.Even(6));
        for (var side = -1; side <= 1; side += 2)
        {
            new Sheet(Seal(side, 1), size, Part.Seam, Ink.Front).Add(parts, [-1, 1], [-1, 1]);
            new Sheet(Seal(side, -1), size, Part.Seam, Ink.Back).Add(parts, [-1, 1], [-1, 1]);
        }

        Func<float, float, Vector3> Bulged(int facing) => (s, t) =>
        {
            var (across, along) = (1 - (s * s), 1 - (t * t));
            var width = right * (1 - (0.07f * along * (1 - (0.35f * along))));
            var wrinkle = 1 - (0.05f * (1 - along) * (1 + (float)PortableMath.Cos((9 * s * facing) + (2.2f * t)))) - (0.018f * across * (1 - (float)PortableMath.Cos(5 * t)));
            return new Vector3(s * width, t * end, facing * front * Bulge(across * along) * wrinkle);
        };

        // Pressed a little out of the plane, so that front and back of it are two.
        Func<float, float, Vector3> Seal(int side, int facing) => (s, t) =>
            new Vector3(s * right, side * (end + (seal * 0.5f * (1 + (t * side)))), facing * 0.0004f * (1 + (t * side)) / 2);
    }

    /// <summary>Stands on its folded bottom, thick below and thin above, with flat seals at its sides and its top.</summary>
    public static void Pouch(ModelParts parts, Vector3 size)
    {
        var (right, top, front) = (size.X / 2, size.Y / 2, size.Z / 2);
        // In the sheets' own range of −1 to 1.
        var (side, upper) = (1 - MathF.Min(0.1f, 0.012f / size.X), 1 - (2 * MathF.Min(0.08f, 0.014f / size.Y)));
        float[] columns = [-side, -0.72f * side, -0.38f * side, 0, 0.38f * side, 0.72f * side, side];
        new Sheet(Bulged(1), size, Part.Front, Ink.Front).Add(parts, columns, [-1, -0.6f, -0.1f, 0.45f, upper]);
        new Sheet(Bulged(-1), size, Part.Back, Ink.Back).Add(parts, columns, [-1, -0.6f, 0.1f, upper]);
        var seam = new Sheet(Flat, size, Part.Seam, Ink.Front);
        seam.Add(parts, [-1, -side], [-1, upper]);
        seam.Add(parts, [side, 1], [-1, upper]);
        seam.Add(parts, [-1, 1], [upper, 1]);
        parts.Crease();
        Gusset(parts, columns, Bulged(1), Bulged(-1));

        Vector3 Flat(float s, float t) => new(s * right, t * top, 0);

        Func<float, float, Vector3> Bulged(int facing) => (s, t) =>
        {
            var across = Math.Clamp(1 - (s * s / (side * side)), 0, 1);
            // Thickest at a fifth of the height; the bottom is a little drawn in.
            var height = Math.Clamp((t + 1) / (upper + 1), 0, 1);
            var thick = height < 0.2f ? 1 - (3 * (0.2f - height) * (0.2f - height)) : 1 - (float)PortableMath.Power((height - 0.2f) / 0.8f, 1.7);
            var wrinkle = 1 - (0.04f * height * (1 - (float)PortableMath.Cos((6 * s * facing) + (4 * t))));
            return new Vector3(s * right, t * top, facing * front * Bulge(across) * thick * wrinkle);
        };
    }

    /// <summary>The bottom between the lower edges of front and back, which meet at both ends.</summary>
    private static void Gusset(ModelParts parts, float[] columns, Func<float, float, Vector3> front, Func<float, float, Vector3> back)
    {
        for (var i = 0; i + 1 < columns.Length; i++)
        {
            var (a, b, c, d) = (Below(back, columns[i]), Below(back, columns[i + 1]), Below(front, columns[i + 1]), Below(front, columns[i]));
            if (i + 2 < columns.Length)
            {
                parts.AddTriangle(a, b, c, Part.Bottom, Ink.Bottom);
            }

            if (i > 0)
            {
                parts.AddTriangle(a, c, d, Part.Bottom, Ink.Bottom);
            }
        }

        Corner Below(Func<float, float, Vector3> sheet, float s)
        {
            var at = sheet(s, -1);
            var (left, widest) = (sheet(columns[0], -1).X, front(0, -1).Z);
            return new Corner(at, (at.X - left) / (-2 * left), 0.5f - (at.Z / (2 * widest)), -Vector3.UnitY);
        }
    }

    /// <summary>Thickness of what is filled, from the product of the shares of free film: a dome that meets its edge at a slant.</summary>
    private static float Bulge(float share) => (float)PortableMath.Power(Math.Max(share, 0), 0.62);
}
