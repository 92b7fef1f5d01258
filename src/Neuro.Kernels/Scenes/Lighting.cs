using System.Numerics;

namespace Neuro.Kernels.Scenes;

/// <summary>The lamps and what comes from everywhere else.</summary>
/// <param name="Lamps">One to four.</param>
/// <param name="Colour">Irradiance of all lamps together at one metre, linear RGB.</param>
/// <param name="Ambient">Linear RGB from straight above; from below comes 60 % of it.</param>
/// <param name="Gloom">How much of the ambient light is lost per metre behind the shelf's front edge (z = 0).</param>
/// <param name="Background">Linear RGB where nothing is.</param>
public sealed record Lighting(IReadOnlyList<LampTube> Lamps, Vector3 Colour, Vector3 Ambient, float Gloom, Vector3 Background)
{
    /// <summary>Share of the ambient light that is lost where something is near in the direction it comes from.</summary>
    public float Occlusion { get; init; }

    /// <summary>Whether light has to be drawn by chance: from long lamps, several of them, or everywhere.</summary>
    public bool IsSoft => Occlusion > 0 || Lamps.Count > 1 || Lamps.Any(lamp => lamp.HalfAxis != Vector3.Zero);

    /// <summary>One lamp that is a point.</summary>
    public static Lighting Point(Vector3 position, Vector3 colour, Vector3 ambient, float gloom, Vector3 background) =>
        new([new LampTube(position, Vector3.Zero, 1)], colour, ambient, gloom, background);
}

/// <summary>A tube of light.</summary>
/// <param name="Middle">Metres.</param>
/// <param name="HalfAxis">From the middle to one end, metres; zero for a point.</param>
/// <param name="Share">Of the light of all lamps; all shares make 1.</param>
public sealed record LampTube(Vector3 Middle, Vector3 HalfAxis, float Share);
