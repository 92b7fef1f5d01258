using System.Numerics;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Scenes;

/// <summary>Things between the camera and the products: a bar of a trolley, a box, somebody's sleeve.</summary>
internal static class Occluders
{
    public static void Put(SceneDraft draft, DistractorKnobs knobs, ref CounterRandom random)
    {
        var camera = draft.Camera;
        var nearest = draft.NearestProduct();
        for (var left = knobs.Occluders.SampleWhole(ref random); left > 0; left--)
        {
            // Before the nearest product, with room for the occluder itself.
            var depth = Math.Max(random.NextUniform(0.3, 0.6) * nearest, 0.06);
            var scale = (float)Math.Min(1, depth / 0.3);
            // Towards the rim: what stands in the middle hides everything.
            var (x, y) = (random.NextUniform(-1, 1), random.NextUniform(-1, 1));
            var rim = Math.Max(Math.Abs(x), Math.Abs(y));
            (x, y) = (x / Math.Max(rim, 0.1) * 0.85, y / Math.Max(rim, 0.1) * 0.85);
            var place = camera.Origin + (camera.Forward * (float)depth) + (camera.Right * (float)(x * depth * camera.TanHalfFov)) + (camera.Up * (float)(y * depth * camera.TanHalfFov));
            var placing = Placing.Turned(place, random.NextUniform(-3, 3), random.NextUniform(-1, 1), random.NextUniform(-1, 1));
            var colour = new Vector3((float)random.NextUniform(0.02, 0.7), (float)random.NextUniform(0.02, 0.7), (float)random.NextUniform(0.02, 0.7));
            draft.Add(SceneDraft.Coloured(
                random.NextIndex(3) switch
                {
                    0 => Solids.Frustum(placing, 0.008f * scale, 0.008f * scale, 0.4f * scale, 3, Part.None),
                    1 => Solids.Box(placing, (float)random.NextUniform(0.02, 0.08) * scale, (float)random.NextUniform(0.03, 0.1) * scale, 0.02f * scale),
                    _ => Solids.Ellipsoid(placing, new Vector3(0.03f * scale, (float)random.NextUniform(0.04, 0.12) * scale, 0.03f * scale), Part.None),
                },
                colour, 0.02f));
        }
    }
}
