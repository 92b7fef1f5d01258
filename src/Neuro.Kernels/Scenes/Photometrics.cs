using System.Numerics;

namespace Neuro.Kernels.Scenes;

/// <summary>How a scene's light becomes bytes: what differs from phone to phone and shop to shop.</summary>
/// <param name="WhiteBalance">Gain of red, green, blue.</param>
/// <param name="Exposure">Gain of all channels.</param>
/// <param name="Gamma">Exponent on the finished picture's values; 1 changes nothing, less brightens.</param>
/// <param name="Noise">Standard deviation in steps of 1/255.</param>
/// <param name="JpegQuality">1 to 100, for whoever writes the picture.</param>
public sealed record Photometrics(Vector3 WhiteBalance, float Exposure, float Gamma, float Noise, int JpegQuality)
{
    /// <summary>Share of the light that is lost in the corners.</summary>
    public float Vignette { get; init; }

    /// <summary>Share of veiling light for each metre of depth.</summary>
    public float Haze { get; init; }
}
