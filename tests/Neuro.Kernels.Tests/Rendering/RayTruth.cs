using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Tests.Rendering;

/// <summary>Where a ray enters a solid, in doubles and by another way than the kernel's: every place where it crosses one of the solid's boundary surfaces parts it into pieces, and the first piece that lies inside begins at the hit.</summary>
internal static class RayTruth
{
    /// <summary>The ray's parameter at the hit, +∞ for a miss.</summary>
    /// <param name="larger">Metres by which the solid is blown up first; negative shrinks it.</param>
    public static double Distance(in Primitive solid, double[] origin, double[] direction, double larger)
    {
        var (o, d) = (Local(in solid, origin, isPoint: true), Local(in solid, direction, isPoint: false));
        (double X, double Y, double Z) half = (solid.HalfX + larger, solid.HalfY + larger, solid.HalfZ + larger);
        var shape = solid.Shape;
        if (shape == Primitive.Frustum)
        {
            // Its side moves out along its normal, and the ends with the planes that cut it.
            var slope = (solid.HalfZ - (double)solid.HalfX) / (2.0 * solid.HalfY);
            var wider = larger * Math.Sqrt(1 + (slope * slope));
            half = (solid.HalfX + wider - (slope * larger), half.Y, solid.HalfZ + wider + (slope * larger));
        }

        var caps = shape == Primitive.Frustum ? solid.Caps : 3;
        List<(double T, int Cap)> crossings = [.. Slab(o[1], d[1], half.Y)];
        if (shape == Primitive.Box)
        {
            crossings.AddRange(Slab(o[0], d[0], half.X).Select(crossing => (crossing.T, 0)));
            crossings.AddRange(Slab(o[2], d[2], half.Z).Select(crossing => (crossing.T, 0)));
        }
        else if (shape == Primitive.Ellipsoid)
        {
            crossings = [.. Roots(Squares(d, d), Squares(o, d), Squares(o, o) - 1).Select(t => (t, 0))];
        }
        else
        {
            var (a, b) = shape == Primitive.Cylinder ? (half.X, 0.0) : ((half.X + half.Z) / 2, (half.Z - half.X) / (2 * half.Y));
            crossings.AddRange(Roots(
                (d[0] * d[0]) + (d[2] * d[2]) - (b * d[1] * b * d[1]),
                (o[0] * d[0]) + (o[2] * d[2]) - (b * d[1] * (a + (b * o[1]))),
                (o[0] * o[0]) + (o[2] * o[2]) - ((a + (b * o[1])) * (a + (b * o[1])))).Select(t => (t, 0)));
        }

        crossings.Sort((left, right) => left.T.CompareTo(right.T));
        for (var i = 0; i + 1 < crossings.Count; i++)
        {
            var middle = (crossings[i].T + crossings[i + 1].T) / 2;
            if (crossings[i + 1].T > crossings[i].T && Inside(middle))
            {
                // Through an open end a ray comes in without meeting anything; and one that starts inside has met nothing.
                return crossings[i].T > 0 && (crossings[i].Cap & ~caps) == 0 ? crossings[i].T : double.PositiveInfinity;
            }
        }

        return double.PositiveInfinity;

        double Squares(double[] a, double[] b) => (a[0] * b[0] / (half.X * half.X)) + (a[1] * b[1] / (half.Y * half.Y)) + (a[2] * b[2] / (half.Z * half.Z));

        bool Inside(double t)
        {
            var (x, y, z) = (o[0] + (t * d[0]), o[1] + (t * d[1]), o[2] + (t * d[2]));
            var share = 0.5 + (y / (2 * half.Y));
            var radius = shape == Primitive.Cylinder ? half.X : half.X + (share * (half.Z - half.X));
            return shape switch
            {
                Primitive.Box => Math.Abs(x) < half.X && Math.Abs(y) < half.Y && Math.Abs(z) < half.Z,
                Primitive.Ellipsoid => Square(x / half.X) + Square(y / half.Y) + Square(z / half.Z) < 1,
                _ => Math.Abs(y) < half.Y && radius > 0 && (x * x) + (z * z) < radius * radius,
            };
        }
    }

    /// <summary>Crossings of the two planes at ± half: 1 the lower, 2 the upper.</summary>
    private static IEnumerable<(double T, int Cap)> Slab(double origin, double direction, double half) =>
        direction == 0 ? [] : [((-half - origin) / direction, 1), ((half - origin) / direction, 2)];

    /// <summary>Of a t² + 2 b t + c = 0.</summary>
    private static IEnumerable<double> Roots(double a, double b, double c)
    {
        var discriminant = (b * b) - (a * c);
        if (discriminant < 0)
        {
            return [];
        }

        // Of the two forms of a root the one that does not cancel.
        var q = -(b + (b < 0 ? -Math.Sqrt(discriminant) : Math.Sqrt(discriminant)));
        return new[] { q / a, c / q }.Where(double.IsFinite);
    }

    private static double[] Local(in Primitive solid, double[] v, bool isPoint)
    {
        var (x, y, z) = isPoint ? (v[0] - solid.CentreX, v[1] - solid.CentreY, v[2] - solid.CentreZ) : (v[0], v[1], v[2]);
        return
        [
            (x * solid.AxisXX) + (y * solid.AxisXY) + (z * solid.AxisXZ),
            (x * solid.AxisYX) + (y * solid.AxisYY) + (z * solid.AxisYZ),
            (x * solid.AxisZX) + (y * solid.AxisZY) + (z * solid.AxisZZ),
        ];
    }

    private static double Square(double a) => a * a;
}
