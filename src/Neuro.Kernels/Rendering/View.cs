using System.Runtime.InteropServices;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Rendering;

/// <summary>The kernel's parameters that are the same for every pixel of a scene.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct View
{
    public int Width, Height, Samples, NodeCount, Counts;

    // The camera: origin, forward, and the picture's half extents to the right and up at distance 1.
    public float OriginX, OriginY, OriginZ, ForwardX, ForwardY, ForwardZ, RightX, RightY, RightZ, UpX, UpY, UpZ;

    // The lamp and the rest of the light, linear.
    public float LampX, LampY, LampZ, LampRed, LampGreen, LampBlue, AmbientRed, AmbientGreen, AmbientBlue, Gloom;
    public float BackgroundRed, BackgroundGreen, BackgroundBlue;

    // Development: gains, exponent of the picture's encoding, noise in steps per unit of the noise source, key of the image's random numbers.
    public float GainRed, GainGreen, GainBlue, Encoding, Noise;
    public int NoiseKey;

    public static View Of(Scene scene)
    {
        var camera = scene.Camera;
        var right = camera.Right * (camera.TanHalfFov * scene.Width / scene.Height);
        var up = camera.Up * camera.TanHalfFov;
        var light = scene.Lighting;
        var photometrics = scene.Photometrics;
        return new View
        {
            Width = scene.Width,
            Height = scene.Height,
            Samples = scene.Samples,
            NodeCount = scene.Nodes.Length,
            Counts = scene.CountsUnoccluded ? 1 : 0,
            OriginX = camera.Origin.X,
            OriginY = camera.Origin.Y,
            OriginZ = camera.Origin.Z,
            ForwardX = camera.Forward.X,
            ForwardY = camera.Forward.Y,
            ForwardZ = camera.Forward.Z,
            RightX = right.X,
            RightY = right.Y,
            RightZ = right.Z,
            UpX = up.X,
            UpY = up.Y,
            UpZ = up.Z,
            LampX = light.Position.X,
            LampY = light.Position.Y,
            LampZ = light.Position.Z,
            LampRed = light.Colour.X,
            LampGreen = light.Colour.Y,
            LampBlue = light.Colour.Z,
            AmbientRed = light.Ambient.X,
            AmbientGreen = light.Ambient.Y,
            AmbientBlue = light.Ambient.Z,
            Gloom = light.Gloom,
            BackgroundRed = light.Background.X,
            BackgroundGreen = light.Background.Y,
            BackgroundBlue = light.Background.Z,
            GainRed = photometrics.Exposure * photometrics.WhiteBalance.X,
            GainGreen = photometrics.Exposure * photometrics.WhiteBalance.Y,
            GainBlue = photometrics.Exposure * photometrics.WhiteBalance.Z,
            Encoding = photometrics.Gamma / Shading.Decoding,
            Noise = photometrics.Noise / Development.NoiseDeviation,
            NoiseKey = (int)CounterRandom.Hash(scene.Seed, (ulong)scene.Index, 0),
        };
    }
}

/// <summary>A finished tile: colours 0 to 255, metres, unit normals, ids.</summary>
internal struct Pixels<T, TMask>
    where T : unmanaged, IVector<T, TMask>
    where TMask : unmanaged, IMask<TMask>
{
    public TMask Red, Green, Blue, Id;
    public T Depth, NormalX, NormalY, NormalZ;
}

/// <summary>Rays from one point; lanes differ in direction.</summary>
/// <remarks>Directions are not of unit length: a camera ray's parameter is its depth, a shadow ray's is 1 at the surface. No component is zero, so no slab test meets 0 · ∞.</remarks>
internal struct Ray<T, TMask>
    where T : unmanaged, IVector<T, TMask>
    where TMask : unmanaged, IMask<TMask>
{
    public float OriginX, OriginY, OriginZ;
    public T X, Y, Z;
}
