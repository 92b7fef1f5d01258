using System.Numerics;
using System.Runtime.InteropServices;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Rendering;

/// <summary>The kernel's parameters that are the same for every pixel of a scene.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct View
{
    /// <value>Longest reach of an ambient occlusion ray, metres: about the depth of the gap between two products.</value>
    public const float OcclusionReach = 0.2f;

    public int Width, Height, Samples, NodeCount, HasGlass;

    /// <summary>1: light is kept in planes and averaged before it becomes a picture; 0: it becomes one at once.</summary>
    public int Deferred;

    /// <summary>1: light has noise that is averaged away.</summary>
    public int Soft;

    /// <summary>1: the frame asks for albedo, irradiance or shadow.</summary>
    public int HasMaps;

    /// <summary>1: the picture moves during the exposure, so every pixel needs all its samples.</summary>
    public int Moves;

    /// <summary>Elements from one row of a plane to the next.</summary>
    public int Pitch;

    // The camera: origin, forward, and the picture's half extents to the right and up at distance 1; tangents of half the fields of view; width of a pixel at distance 1.
    public float OriginX, OriginY, OriginZ, ForwardX, ForwardY, ForwardZ, RightX, RightY, RightZ, UpX, UpY, UpZ, TanX, TanY, Footprint;

    // The lens: radial distortion, radius and focus distance in metres, pixels that the picture moves during the exposure, pixels of shear from first to last row.
    public float K1, K2, LensRadius, Focus, SharpReach, BlurX, BlurY, Shear;

    // The lamps: ends of up to four tubes as middle and half axis, the share of the light up to and with each; then the light of all of them, linear.
    public int LampCount;
    public Lamp Lamp0, Lamp1, Lamp2, Lamp3;
    public float LampRed, LampGreen, LampBlue, AmbientRed, AmbientGreen, AmbientBlue, Gloom, Occlusion, Haze;
    public float BackgroundRed, BackgroundGreen, BackgroundBlue;

    // Development: gains, exponent of the picture's encoding, noise in steps per unit of the noise source, key of the image's random numbers, darkening of the corners.
    public float GainRed, GainGreen, GainBlue, Encoding, Noise, Vignette;
    public int NoiseKey, Specks;

    public static View Of(Scene scene, Frame frame)
    {
        var camera = scene.Camera;
        var lens = camera.Lens;
        var light = scene.Lighting;
        var photometrics = scene.Photometrics;
        var tanX = camera.TanHalfFov * scene.Width / scene.Height;
        var (right, up) = (camera.Right * tanX, camera.Up * camera.TanHalfFov);
        var moves = lens.BlurX != 0 || lens.BlurY != 0;
        var view = new View
        {
            Width = scene.Width,
            Height = scene.Height,
            Samples = scene.Samples,
            NodeCount = scene.Nodes.Length,
            HasGlass = scene.HasGlass ? 1 : 0,
            Moves = moves ? 1 : 0,
            Deferred = scene.Samples > 1 || light.IsSoft || moves || lens.Radius > 0 || frame.HasLightMaps ? 1 : 0,
            Soft = light.IsSoft ? 1 : 0,
            HasMaps = frame.HasLightMaps ? 1 : 0,
            Pitch = Planes.Pitch(scene.Width),
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
            TanX = tanX,
            TanY = camera.TanHalfFov,
            Footprint = 2 * camera.TanHalfFov / scene.Height,
            K1 = lens.K1,
            K2 = lens.K2,
            LensRadius = lens.Radius,
            Focus = lens.Focus,
            SharpReach = lens.SharpReach,
            BlurX = lens.BlurX,
            BlurY = lens.BlurY,
            Shear = lens.Shear,
            LampCount = light.Lamps.Count,
            LampRed = light.Colour.X,
            LampGreen = light.Colour.Y,
            LampBlue = light.Colour.Z,
            AmbientRed = light.Ambient.X,
            AmbientGreen = light.Ambient.Y,
            AmbientBlue = light.Ambient.Z,
            Gloom = light.Gloom,
            Occlusion = light.Occlusion,
            Haze = photometrics.Haze,
            BackgroundRed = light.Background.X,
            BackgroundGreen = light.Background.Y,
            BackgroundBlue = light.Background.Z,
            GainRed = photometrics.Exposure * photometrics.WhiteBalance.X,
            GainGreen = photometrics.Exposure * photometrics.WhiteBalance.Y,
            GainBlue = photometrics.Exposure * photometrics.WhiteBalance.Z,
            Encoding = photometrics.Gamma / Shading.Decoding,
            Noise = photometrics.Noise / Development.NoiseDeviation,
            NoiseKey = (int)CounterRandom.Hash(scene.Seed, (ulong)scene.Index, 0),
            Vignette = photometrics.Vignette,
            Specks = scene.Specks.Length,
        };
        view.Lamp0 = Lamp.Of(light.Lamps, 0);
        view.Lamp1 = Lamp.Of(light.Lamps, 1);
        view.Lamp2 = Lamp.Of(light.Lamps, 2);
        view.Lamp3 = Lamp.Of(light.Lamps, 3);
        return view;
    }
}

/// <summary>A tube of light: its middle, half its axis, and the share of the light that it and the lamps before it give.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Lamp
{
    public float X, Y, Z, AxisX, AxisY, AxisZ, From, Upto;

    /// <summary>Lamp number <paramref name="index"/>; beyond the last one that gives nothing.</summary>
    public static Lamp Of(IReadOnlyList<LampTube> lamps, int index)
    {
        if (index >= lamps.Count)
        {
            return new Lamp { From = 1, Upto = 2 };
        }

        var (middle, axis) = (lamps[index].Middle, lamps[index].HalfAxis);
        var from = 0f;
        for (var i = 0; i < index; i++)
        {
            from += lamps[i].Share;
        }

        return new Lamp { X = middle.X, Y = middle.Y, Z = middle.Z, AxisX = axis.X, AxisY = axis.Y, AxisZ = axis.Z, From = from, Upto = index == lamps.Count - 1 ? 1 : from + lamps[index].Share };
    }
}

/// <summary>A round speck of dust on the lens: pixels, and the share of the light that it takes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Speck
{
    public float X, Y, Radius, Darkness;
}

/// <summary>Rays, a lane each.</summary>
/// <remarks>Directions are not of unit length: a camera ray's parameter is its depth, a shadow ray's is 1 at the surface. No component is zero, so no slab test meets 0 · ∞.</remarks>
internal struct Ray<T>
    where T : unmanaged
{
    public T OriginX, OriginY, OriginZ, X, Y, Z;
}
