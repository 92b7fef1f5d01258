using System.Numerics;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;

namespace Neuro.Kernels.Scenes;

/// <summary>Draws the light of a scene.</summary>
internal static class Lightings
{
    // A shelf 0.4 m deep is half as bright at its back.
    private const float Gloom = 1.2f;

    /// <param name="shelf">Linear reflectance of the shelf itself.</param>
    public static Lighting Draw(LightKnobs knobs, ShelfLayout layout, ref CounterRandom random, out Vector3 shelf)
    {
        var (side, height, distance) = (knobs.Side.Sample(ref random), knobs.Height.Sample(ref random), knobs.Distance.Sample(ref random));
        var intensity = knobs.Intensity.Sample(ref random) * ((side * side) + (height * height) + (distance * distance));
        var warmth = knobs.Warmth.Sample(ref random);
        var ambient = (float)knobs.Ambient.Sample(ref random);
        var grey = (float)PortableMath.Power(knobs.Shelf.Sample(ref random), Shading.Decoding);
        shelf = new Vector3(grey, grey * (float)random.NextUniform(0.94, 1), grey * (float)random.NextUniform(0.85, 1.05));
        var room = (float)random.NextUniform(0.01, 0.35);
        return new Lighting(
            new Vector3((float)side, (float)((layout.Top / 2) + height), (float)distance),
            new Vector3((float)(intensity * (1 + warmth)), (float)intensity, (float)(intensity * (1 - warmth))),
            new Vector3(ambient),
            Gloom,
            new Vector3(room, room, room * 0.95f));
    }
}
