using System.Numerics;

namespace Neuro.Kernels.Scenes;

/// <summary>A pinhole camera without lens distortion.</summary>
/// <param name="Origin">Where it stands, metres.</param>
/// <param name="Forward">The optical axis, unit length.</param>
/// <param name="Right">To the picture's right, unit length.</param>
/// <param name="Up">To the picture's top, unit length.</param>
/// <param name="TanHalfFov">Tangent of half the vertical field of view.</param>
public sealed record Camera(Vector3 Origin, Vector3 Forward, Vector3 Right, Vector3 Up, float TanHalfFov)
{
    /// <summary>Focal length in pixels of a picture <paramref name="height"/> pixels high; the principal point is its centre.</summary>
    public float FocalLength(int height) => height / (2 * TanHalfFov);

    /// <summary>Pixel position and depth (metres along the optical axis) of a point; depth ≤ 0 is behind the camera.</summary>
    public (float X, float Y, float Depth) Project(Vector3 point, int width, int height)
    {
        var offset = point - Origin;
        var depth = Vector3.Dot(offset, Forward);
        var focal = FocalLength(height);
        return ((width * 0.5f) + (focal * Vector3.Dot(offset, Right) / depth), (height * 0.5f) - (focal * Vector3.Dot(offset, Up) / depth), depth);
    }
}
