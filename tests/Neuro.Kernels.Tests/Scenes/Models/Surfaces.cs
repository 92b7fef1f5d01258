using System.Numerics;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;
using Neuro.Kernels.Scenes.Models;

namespace Neuro.Kernels.Tests.Scenes.Models;

/// <summary>What a model's primitives look like from outside, by the kernel's own intersections, and points on them.</summary>
internal static class Surfaces
{
    private const int Around = 24;

    /// <summary>The first part that a ray meets, with the distance in lengths of <paramref name="direction"/>; no part: +∞.</summary>
    public static (int Part, float Distance) Nearest(this IReadOnlyList<ModelPart> parts, Vector3 origin, Vector3 direction)
    {
        Ray<Packet1> ray;
        (ray.OriginX, ray.OriginY, ray.OriginZ) = (new(origin.X), new(origin.Y), new(origin.Z));
        (ray.X, ray.Y, ray.Z) = (new(direction.X), new(direction.Y), new(direction.Z));
        var nearest = (Part: -1, Distance: float.PositiveInfinity);
        for (var i = 0; i < parts.Count; i++)
        {
            var solid = parts[i].Solid;
            var distance = Intersection<Packet1, Mask1>.Any(in ray, ref solid).Lane;
            if (distance < nearest.Distance)
            {
                nearest = (i, distance);
            }
        }

        return nearest;
    }

    /// <summary>Points all over a primitive, its outermost among them.</summary>
    public static IEnumerable<Vector3> Points(this ModelPart part)
    {
        var solid = part.Solid;
        var centre = new Vector3(solid.CentreX, solid.CentreY, solid.CentreZ);
        var x = new Vector3(solid.AxisXX, solid.AxisXY, solid.AxisXZ);
        var y = new Vector3(solid.AxisYX, solid.AxisYY, solid.AxisYZ);
        var z = new Vector3(solid.AxisZX, solid.AxisZY, solid.AxisZZ);
        var local = solid.Shape switch
        {
            Primitive.Triangle => [Vector3.Zero, Vector3.UnitX, Vector3.UnitY],
            Primitive.Box => from a in Ends from b in Ends from c in Ends select new Vector3(a * solid.HalfX, b * solid.HalfY, c * solid.HalfZ),
            Primitive.Ellipsoid => from a in Turns from b in Steps let r = MathF.Sin(MathF.PI * b) select new Vector3(r * MathF.Cos(a) * solid.HalfX, -MathF.Cos(MathF.PI * b) * solid.HalfY, r * MathF.Sin(a) * solid.HalfZ),
            _ => from a in Turns from b in Steps let r = solid.HalfX + (b * (solid.HalfZ - solid.HalfX)) select new Vector3(r * MathF.Cos(a), ((2 * b) - 1) * solid.HalfY, r * MathF.Sin(a)),
        };
        return local.Select(p => centre + (p.X * x) + (p.Y * y) + (p.Z * z));
    }

    /// <summary>A triangle's own normal, by its winding.</summary>
    public static Vector3 Winding(this Primitive triangle) => Vector3.Normalize(Vector3.Cross(
        new Vector3(triangle.AxisXX, triangle.AxisXY, triangle.AxisXZ), new Vector3(triangle.AxisYX, triangle.AxisYY, triangle.AxisYZ)));

    /// <summary>Corners of a triangle with their picture coordinates and normals.</summary>
    public static Corner[] Corners(this Primitive triangle)
    {
        var first = new Vector3(triangle.CentreX, triangle.CentreY, triangle.CentreZ);
        return
        [
            new(first, triangle.U0, triangle.V0, new Vector3(triangle.Normal0X, triangle.Normal0Y, triangle.Normal0Z)),
            new(first + new Vector3(triangle.AxisXX, triangle.AxisXY, triangle.AxisXZ), triangle.U1, triangle.V1, new Vector3(triangle.Normal1X, triangle.Normal1Y, triangle.Normal1Z)),
            new(first + new Vector3(triangle.AxisYX, triangle.AxisYY, triangle.AxisYZ), triangle.U2, triangle.V2, new Vector3(triangle.Normal2X, triangle.Normal2Y, triangle.Normal2Z)),
        ];
    }

    private static IEnumerable<float> Ends => [-1, 1];

    private static IEnumerable<float> Steps => Enumerable.Range(0, 9).Select(i => i / 8f);

    private static IEnumerable<float> Turns => Enumerable.Range(0, Around).Select(i => i * 2 * MathF.PI / Around);
}
