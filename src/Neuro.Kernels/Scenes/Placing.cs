using System.Numerics;

namespace Neuro.Kernels.Scenes;

/// <summary>A turn and a place: x ↦ XAxis · x + YAxis · y + ZAxis · z + Origin, metres. Plain arithmetic in a fixed order, the same bits on every machine.</summary>
public readonly record struct Placing(Vector3 Origin, Vector3 XAxis, Vector3 YAxis, Vector3 ZAxis)
{
    public static readonly Placing None = new(Vector3.Zero, Vector3.UnitX, Vector3.UnitY, Vector3.UnitZ);

    /// <summary>A turn about the vertical axis, radians; positive shows the front to the right.</summary>
    public static Placing Upright(Vector3 origin, double yaw)
    {
        var (cos, sin) = ((float)PortableMath.Cos(yaw), (float)PortableMath.Sin(yaw));
        return new Placing(origin, new Vector3(cos, 0, -sin), Vector3.UnitY, new Vector3(sin, 0, cos));
    }

    /// <summary>Yaw about y, then pitch about x (positive shows the top to the viewer), then roll about z (positive is counter-clockwise as seen from +z), radians, as seen from outside.</summary>
    public static Placing Turned(Vector3 origin, double yaw, double pitch, double roll) =>
        Around(2, roll).After(Around(0, pitch)).After(Around(1, yaw)) with { Origin = origin };

    public bool IsUpright => YAxis == Vector3.UnitY;

    /// <summary>A point in the outer axes.</summary>
    public Vector3 Point(Vector3 p)
    {
        var d = Direction(p);
        return new Vector3(d.X + Origin.X, d.Y + Origin.Y, d.Z + Origin.Z);
    }

    /// <summary>A direction in the outer axes.</summary>
    public Vector3 Direction(Vector3 d) => new(
        (XAxis.X * d.X) + (YAxis.X * d.Y) + (ZAxis.X * d.Z),
        (XAxis.Y * d.X) + (YAxis.Y * d.Y) + (ZAxis.Y * d.Z),
        (XAxis.Z * d.X) + (YAxis.Z * d.Y) + (ZAxis.Z * d.Z));

    /// <summary>First <paramref name="inner"/>, then this.</summary>
    public Placing After(Placing inner) => new(Point(inner.Origin), Direction(inner.XAxis), Direction(inner.YAxis), Direction(inner.ZAxis));

    private static Placing Around(int axis, double angle)
    {
        var (cos, sin) = ((float)PortableMath.Cos(angle), (float)PortableMath.Sin(angle));
        return axis switch
        {
            0 => None with { YAxis = new Vector3(0, cos, sin), ZAxis = new Vector3(0, -sin, cos) },
            1 => None with { XAxis = new Vector3(cos, 0, -sin), ZAxis = new Vector3(sin, 0, cos) },
            _ => None with { XAxis = new Vector3(cos, sin, 0), YAxis = new Vector3(-sin, cos, 0) },
        };
    }
}
