using System.Numerics;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Scenes;

/// <summary>Draws the light of a scene.</summary>
internal static class Lightings
{
    /// <param name="centre">Of what is lit, metres.</param>
    public static Lighting Draw(LightKnobs knobs, Vector3 centre, ref CounterRandom random)
    {
        var lamps = new List<LampTube>();
        var count = knobs.Count.SampleWhole(ref random);
        var illuminance = 0.0;
        for (var i = 0; i < count; i++)
        {
            var (side, height, distance) = (knobs.Side.Sample(ref random), knobs.Height.Sample(ref random), knobs.Distance.Sample(ref random));
            var half = knobs.Size.Sample(ref random) / 2;
            // Most tubes run along the shelf, some across the aisle, all level.
            var turn = random.NextUnit() < 0.7 ? random.NextUniform(-0.2, 0.2) : random.NextUniform(-1.6, 1.6);
            var axis = new Vector3((float)(half * PortableMath.Cos(turn)), 0, (float)(half * PortableMath.Sin(turn)));
            lamps.Add(new LampTube(new Vector3((float)(centre.X + side), (float)(centre.Y + height), (float)(centre.Z + distance)), axis, 1f / count));
            illuminance += 1 / ((side * side) + (height * height) + (distance * distance)) / count;
        }

        var intensity = knobs.Intensity.Sample(ref random) / illuminance;
        var (warmth, tint) = (knobs.Warmth.Sample(ref random), knobs.Tint.Sample(ref random));
        var ambient = (float)knobs.Ambient.Sample(ref random);
        var room = (float)random.NextUniform(0.01, 0.35);
        return new Lighting(
            lamps,
            new Vector3((float)(intensity * (1 + warmth) * (1 - (tint / 2))), (float)(intensity * (1 + tint)), (float)(intensity * (1 - warmth) * (1 - (tint / 2)))),
            new Vector3(ambient * (float)(1 - (tint / 4)), ambient * (float)(1 + (tint / 2)), ambient * (float)(1 - (tint / 4))),
            (float)knobs.Gloom.Sample(ref random),
            new Vector3(room, room, room * 0.95f))
        {
            Occlusion = (float)knobs.Occlusion.Sample(ref random),
        };
    }
}
