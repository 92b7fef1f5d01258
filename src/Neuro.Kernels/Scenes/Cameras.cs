using System.Numerics;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Scenes;

/// <summary>Draws where a picture is taken from.</summary>
internal static class Cameras
{
    private const double Degree = Math.PI / 180;
    private const double LeastHeight = -0.1;

    public static Camera Draw(CameraKnobs knobs, ShelfLayout shelf, ref CounterRandom random)
    {
        var distance = knobs.Distance.Sample(ref random);
        var (aimX, aimY) = (knobs.Side.Sample(ref random) * shelf.Length / 2, knobs.Height.Sample(ref random) * shelf.Top);
        var (yaw, pitch) = (knobs.Yaw.Sample(ref random) * Degree, knobs.Pitch.Sample(ref random) * Degree);
        var roll = knobs.Roll.Sample(ref random) * Degree;
        var x = aimX + (distance * PortableMath.Sin(yaw) * PortableMath.Cos(pitch));
        // Not through the floor.
        var y = Math.Max(aimY + (distance * PortableMath.Sin(pitch)), LeastHeight);
        var z = distance * PortableMath.Cos(yaw) * PortableMath.Cos(pitch);
        var (forwardX, forwardY, forwardZ) = Unit(aimX - x, aimY - y, -z);
        // Right is level: forward × up of the world.
        var (rightX, _, rightZ) = Unit(-forwardZ, 0, forwardX);
        var (upX, upY, upZ) = (-rightZ * forwardY, (rightZ * forwardX) - (rightX * forwardZ), rightX * forwardY);
        var (cos, sin) = (PortableMath.Cos(roll), PortableMath.Sin(roll));
        return new Camera(
            Vector(x, y, z),
            Vector(forwardX, forwardY, forwardZ),
            Vector((cos * rightX) - (sin * upX), -sin * upY, (cos * rightZ) - (sin * upZ)),
            Vector((cos * upX) + (sin * rightX), cos * upY, (cos * upZ) + (sin * rightZ)),
            (float)PortableMath.Tan(knobs.FieldOfView.Sample(ref random) * Degree / 2));
    }

    private static (double X, double Y, double Z) Unit(double x, double y, double z)
    {
        var length = Math.Sqrt((x * x) + (y * y) + (z * z));
        return (x / length, y / length, z / length);
    }

    private static Vector3 Vector(double x, double y, double z) => new((float)x, (float)y, (float)z);
}
