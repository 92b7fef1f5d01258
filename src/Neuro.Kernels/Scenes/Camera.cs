using System.Numerics;

namespace Neuro.Kernels.Scenes;

/// <summary>A camera at a place, with a lens.</summary>
/// <param name="Origin">Where it stands, metres.</param>
/// <param name="Forward">The optical axis, unit length.</param>
/// <param name="Right">To the picture's right, unit length.</param>
/// <param name="Up">To the picture's top, unit length.</param>
/// <param name="TanHalfFov">Tangent of half the vertical field of view.</param>
public sealed record Camera(Vector3 Origin, Vector3 Forward, Vector3 Right, Vector3 Up, float TanHalfFov)
{
    /// <value>A pinhole.</value>
    public Lens Lens { get; init; } = Lens.Pinhole;

    /// <summary>Focal length in pixels of a picture <paramref name="height"/> pixels high; the principal point is its centre.</summary>
    public float FocalLength(int height) => height / (2 * TanHalfFov);

    /// <summary>Pixel position and depth (metres along the optical axis) of a point, with the lens's distortion and the shutter's shear; depth ≤ 0 is behind the camera.</summary>
    public (float X, float Y, float Depth) Project(Vector3 point, int width, int height)
    {
        var (ox, oy, oz) = ((double)point.X - Origin.X, (double)point.Y - Origin.Y, (double)point.Z - Origin.Z);
        var depth = (ox * Forward.X) + (oy * Forward.Y) + (oz * Forward.Z);
        var focal = height / (2.0 * TanHalfFov);
        var x = ((ox * Right.X) + (oy * Right.Y) + (oz * Right.Z)) / depth;
        var y = -((ox * Up.X) + (oy * Up.Y) + (oz * Up.Z)) / depth;
        var r2 = (x * x) + (y * y);
        var bend = focal * (1 + (r2 * (Lens.K1 + (r2 * Lens.K2))));
        var row = (height * 0.5) + (bend * y);
        var column = (width * 0.5) + (bend * x) + (((row / height) - 0.5) * Lens.Shear);
        return ((float)column, (float)row, (float)depth);
    }
}

/// <summary>What a lens and a shutter do to a picture.</summary>
/// <param name="K1">Radial distortion as OpenCV's k1: r ↦ r (1 + K1 r² + K2 r⁴), r in focal lengths.</param>
/// <param name="K2">Radial distortion as OpenCV's k2.</param>
/// <param name="Radius">Of the opening, metres; 0 keeps everything sharp.</param>
/// <param name="Focus">Depth that is sharp, metres.</param>
/// <param name="BlurX">Pixels to the right that the picture moves during the exposure.</param>
/// <param name="BlurY">Pixels downwards.</param>
/// <param name="Shear">Pixels to the right that the last row is read later than the first (rolling shutter).</param>
public sealed record Lens(float K1, float K2, float Radius, float Focus, float BlurX, float BlurY, float Shear)
{
    /// <summary>Metres before and behind the sharp depth that stay sharp too, as a phone's portrait mode keeps its subject.</summary>
    public float SharpReach { get; init; }

    public static readonly Lens Pinhole = new(0, 0, 0, 1, 0, 0, 0);
}
