using System.Numerics;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Scenes;

/// <summary>Draws where a picture is taken from, and through which lens.</summary>
internal static class Cameras
{
    private const double Degree = Math.PI / 180;

    /// <summary>Looks at a point from the side and height that the knobs say.</summary>
    /// <param name="aim">What is looked at: as a function of the knobs' side and height.</param>
    /// <param name="lowest">The camera stands no lower than this, metres.</param>
    public static Camera Draw(CameraKnobs knobs, LensKnobs lens, int width, int height, Func<double, double, (double X, double Y, double Z)> aim, double lowest, ref CounterRandom random)
    {
        var distance = knobs.Distance.Sample(ref random);
        var (x, y, z) = aim(knobs.Side.Sample(ref random), knobs.Height.Sample(ref random));
        var (yaw, pitch) = (knobs.Yaw.Sample(ref random) * Degree, knobs.Pitch.Sample(ref random) * Degree);
        var roll = knobs.Roll.Sample(ref random) * Degree;
        var fromX = x + (distance * PortableMath.Sin(yaw) * PortableMath.Cos(pitch));
        var fromY = Math.Max(y + (distance * PortableMath.Sin(pitch)), lowest);
        var fromZ = z + (distance * PortableMath.Cos(yaw) * PortableMath.Cos(pitch));
        var tan = (float)PortableMath.Tan(knobs.FieldOfView.Sample(ref random) * Degree / 2);
        return Looking((fromX, fromY, fromZ), (x, y, z), roll, tan) with { Lens = Draw(lens, tan, width, height, distance, ref random) };
    }

    /// <summary>Level but for the roll (radians, positive turns the camera clockwise).</summary>
    public static Camera Looking((double X, double Y, double Z) from, (double X, double Y, double Z) at, double roll, float tanHalfFov)
    {
        var (forwardX, forwardY, forwardZ) = Unit(at.X - from.X, at.Y - from.Y, at.Z - from.Z);
        // Right is level: forward × up of the world.
        var (rightX, _, rightZ) = Unit(-forwardZ, 0, forwardX);
        var (upX, upY, upZ) = (-rightZ * forwardY, (rightZ * forwardX) - (rightX * forwardZ), rightX * forwardY);
        var (cos, sin) = (PortableMath.Cos(roll), PortableMath.Sin(roll));
        return new Camera(
            Vector(from.X, from.Y, from.Z),
            Vector(forwardX, forwardY, forwardZ),
            Vector((cos * rightX) - (sin * upX), -sin * upY, (cos * rightZ) - (sin * upZ)),
            Vector((cos * upX) + (sin * rightX), cos * upY, (cos * upZ) + (sin * rightZ)),
            tanHalfFov);
    }

    /// <param name="distance">What is looked at is this far away, metres.</param>
    public static Lens Draw(LensKnobs knobs, float tanHalfFov, int width, int height, double distance, ref CounterRandom random)
    {
        var distortion = knobs.Distortion.Sample(ref random);
        var radius = knobs.Aperture.Sample(ref random) / 2000;
        var focus = Math.Max(knobs.Focus.Sample(ref random) * distance, 0.05);
        var blur = knobs.MotionBlur.Sample(ref random);
        var angle = knobs.MotionAngle.Sample(ref random) * Degree;
        var shear = knobs.RollingShutter.Sample(ref random);
        var k1 = Bounded(distortion, tanHalfFov, width, height, shear);
        return new Lens(k1, 0, (float)radius, (float)focus, (float)(blur * PortableMath.Cos(angle)), (float)(-blur * PortableMath.Sin(angle)), (float)shear);
    }

    /// <summary>As much radial distortion as the corners bear: a barrel has no ideal place for what is beyond k r² = −4/27, a cushion must not be too steep for three steps of Newton's method.</summary>
    internal static float Bounded(double k1, float tanHalfFov, int width, int height, double shear)
    {
        var wide = (width + Math.Abs(shear)) / height;
        var corner = tanHalfFov * tanHalfFov * (1 + (wide * wide));
        return (float)Math.Clamp(k1, -0.12 / corner, 0.23 / corner);
    }

    private static (double X, double Y, double Z) Unit(double x, double y, double z)
    {
        var length = Math.Sqrt((x * x) + (y * y) + (z * z));
        return length > 1e-9 ? (x / length, y / length, z / length) : (0, 0, -1);
    }

    private static Vector3 Vector(double x, double y, double z) => new((float)x, (float)y, (float)z);
}
