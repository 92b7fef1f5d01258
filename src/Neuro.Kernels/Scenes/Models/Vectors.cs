using System.Numerics;

namespace Neuro.Kernels.Scenes.Models;

/// <summary>Products of vectors in a fixed order of plain arithmetic.</summary>
internal static class Vectors
{
    public static float Dot(Vector3 a, Vector3 b) => (a.X * b.X) + (a.Y * b.Y) + (a.Z * b.Z);

    public static Vector3 Cross(Vector3 a, Vector3 b) => new((a.Y * b.Z) - (a.Z * b.Y), (a.Z * b.X) - (a.X * b.Z), (a.X * b.Y) - (a.Y * b.X));

    public static float Length(Vector3 a) => MathF.Sqrt(Dot(a, a));
}
