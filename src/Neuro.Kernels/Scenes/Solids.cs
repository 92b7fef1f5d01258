using System.Numerics;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Rendering;

namespace Neuro.Kernels.Scenes;

/// <summary>Makes primitives and puts them in their place. Plain arithmetic in a fixed order.</summary>
internal static class Solids
{
    public static Primitive Box(Placing placing, float width, float height, float depth, Part part = Part.None) =>
        Placed(Blank(Primitive.Box, part) with { HalfX = width / 2, HalfY = height / 2, HalfZ = depth / 2 }, placing);

    /// <summary>Upright along the placing's y axis, with caps.</summary>
    public static Primitive Cylinder(Placing placing, float radius, float height, Part part = Part.Wrap) =>
        Placed(Blank(Primitive.Cylinder, part) with { HalfX = radius, HalfY = height / 2, HalfZ = radius, V0 = 1, V1 = 0 }, placing);

    /// <summary>A piece of a cone along the placing's y axis.</summary>
    /// <param name="low">Radius at the lower end.</param>
    /// <param name="high">Radius at the upper end.</param>
    /// <param name="caps">1 closes the lower end, 2 the upper.</param>
    public static Primitive Frustum(Placing placing, float low, float high, float height, int caps, Part part)
    {
        // A normal leans against the slope: up where the radius shrinks.
        var slope = (low - high) / height;
        return Placed(Blank(Primitive.Frustum, part) with { HalfX = low, HalfY = height / 2, HalfZ = high, Caps = caps, Normal0Y = slope, Normal1Y = slope, V0 = 1, V1 = 0 }, placing);
    }

    public static Primitive Ellipsoid(Placing placing, Vector3 half, Part part) =>
        Placed(Blank(Primitive.Ellipsoid, part) with { HalfX = half.X, HalfY = half.Y, HalfZ = half.Z, V0 = 1, V1 = 0 }, placing);

    /// <summary>A triangle of three corners with picture coordinates (u right, v down, 0 to 1), flat unless normals are given.</summary>
    public static Primitive Triangle(Corner a, Corner b, Corner c, Part part)
    {
        var (first, second) = (b.At - a.At, c.At - a.At);
        var flat = Unit(new Vector3((first.Y * second.Z) - (first.Z * second.Y), (first.Z * second.X) - (first.X * second.Z), (first.X * second.Y) - (first.Y * second.X)));
        var (na, nb, nc) = (a.Normal ?? flat, b.Normal ?? flat, c.Normal ?? flat);
        return Blank(Primitive.Triangle, part) with
        {
            CentreX = a.At.X, CentreY = a.At.Y, CentreZ = a.At.Z,
            AxisXX = first.X, AxisXY = first.Y, AxisXZ = first.Z,
            AxisYX = second.X, AxisYY = second.Y, AxisYZ = second.Z,
            Normal0X = na.X, Normal0Y = na.Y, Normal0Z = na.Z,
            Normal1X = nb.X, Normal1Y = nb.Y, Normal1Z = nb.Z,
            Normal2X = nc.X, Normal2Y = nc.Y, Normal2Z = nc.Z,
            U0 = a.U, V0 = a.V, U1 = b.U, V1 = b.V, U2 = c.U, V2 = c.V,
        };
    }

    /// <summary>A primitive of a model's own axes, in the axes that <paramref name="placing"/> leads to.</summary>
    public static Primitive Moved(in Primitive local, Placing placing)
    {
        if (local.Shape != Primitive.Triangle)
        {
            return Placed(local, placing.After(PlacingOf(in local)));
        }

        var corner = placing.Point(new Vector3(local.CentreX, local.CentreY, local.CentreZ));
        var first = placing.Direction(new Vector3(local.AxisXX, local.AxisXY, local.AxisXZ));
        var second = placing.Direction(new Vector3(local.AxisYX, local.AxisYY, local.AxisYZ));
        var na = placing.Direction(new Vector3(local.Normal0X, local.Normal0Y, local.Normal0Z));
        var nb = placing.Direction(new Vector3(local.Normal1X, local.Normal1Y, local.Normal1Z));
        var nc = placing.Direction(new Vector3(local.Normal2X, local.Normal2Y, local.Normal2Z));
        return local with
        {
            CentreX = corner.X, CentreY = corner.Y, CentreZ = corner.Z,
            AxisXX = first.X, AxisXY = first.Y, AxisXZ = first.Z,
            AxisYX = second.X, AxisYY = second.Y, AxisYZ = second.Z,
            Normal0X = na.X, Normal0Y = na.Y, Normal0Z = na.Z,
            Normal1X = nb.X, Normal1Y = nb.Y, Normal1Z = nb.Z,
            Normal2X = nc.X, Normal2Y = nc.Y, Normal2Z = nc.Z,
        };
    }

    public static Vector3 Unit(Vector3 v)
    {
        var length = MathF.Sqrt((v.X * v.X) + (v.Y * v.Y) + (v.Z * v.Z));
        return length > 0 ? new Vector3(v.X / length, v.Y / length, v.Z / length) : Vector3.UnitY;
    }

    private static Primitive Blank(int shape, Part part) => new()
    {
        Shape = shape,
        Part = (int)part,
        Front = -1,
        Back = -1,
        Left = -1,
        Right = -1,
        Top = -1,
        Bottom = -1,
        Cos = 1,
        RedR = 1,
        GreenG = 1,
        BlueB = 1,
        Gamma = 1,
    };

    private static Primitive Placed(Primitive solid, Placing placing)
    {
        (solid.CentreX, solid.CentreY, solid.CentreZ) = (placing.Origin.X, placing.Origin.Y, placing.Origin.Z);
        (solid.Cos, solid.Sin) = (placing.XAxis.X, placing.ZAxis.X);
        solid.Turned = placing.IsUpright ? 0 : 1;
        (solid.AxisXX, solid.AxisXY, solid.AxisXZ) = (placing.XAxis.X, placing.XAxis.Y, placing.XAxis.Z);
        (solid.AxisYX, solid.AxisYY, solid.AxisYZ) = (placing.YAxis.X, placing.YAxis.Y, placing.YAxis.Z);
        (solid.AxisZX, solid.AxisZY, solid.AxisZZ) = (placing.ZAxis.X, placing.ZAxis.Y, placing.ZAxis.Z);
        return solid;
    }

    private static Placing PlacingOf(in Primitive solid) => new(
        new Vector3(solid.CentreX, solid.CentreY, solid.CentreZ),
        new Vector3(solid.AxisXX, solid.AxisXY, solid.AxisXZ),
        new Vector3(solid.AxisYX, solid.AxisYY, solid.AxisYZ),
        new Vector3(solid.AxisZX, solid.AxisZY, solid.AxisZZ));
}

/// <summary>A corner of a triangle: place, picture coordinates, and its normal where the surface is smooth.</summary>
internal readonly record struct Corner(Vector3 At, float U = 0, float V = 0, Vector3? Normal = null);
