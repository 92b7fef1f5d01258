using System.Numerics;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats.Exchange;

/// <summary>Between our right-handed axes and Unity's left-handed ones: each step turns one axis around, of the camera (y up), of the world (z into the shelf), of a product (x to its own right).</summary>
internal static class SoloAxes
{
    private static readonly Matrix4x4 Camera = Matrix4x4.CreateScale(1, -1, 1);
    private static readonly Matrix4x4 World = Matrix4x4.CreateScale(1, 1, -1);
    private static readonly Matrix4x4 Product = Matrix4x4.CreateScale(-1, 1, 1);

    /// <summary>A product's pose before the camera, ours to Unity's or back.</summary>
    public static Pose OfProduct(Pose pose) => new(
        Turned(Product * Matrix4x4.CreateFromQuaternion(pose.Rotation) * Camera), OfPoint(pose.Translation));

    /// <summary>A point before the camera, ours to Unity's or back.</summary>
    public static Vector3 OfPoint(Vector3 point) => Vector3.Transform(point, Camera);

    /// <summary>Where a camera stands in Unity's world and how it is turned.</summary>
    public static Pose OfCamera(Pose worldToCamera)
    {
        var back = Quaternion.Conjugate(worldToCamera.Rotation);
        return new(Turned(Camera * Matrix4x4.CreateFromQuaternion(back) * World), Vector3.Transform(-Vector3.Transform(worldToCamera.Translation, back), World));
    }

    private static Quaternion Turned(Matrix4x4 axes) => Quaternion.Normalize(Quaternion.CreateFromRotationMatrix(axes));
}
