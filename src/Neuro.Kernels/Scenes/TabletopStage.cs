using System.Numerics;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;

namespace Neuro.Kernels.Scenes;

/// <summary>Scenes of the generator <c>tabletop</c>: products that stand and lie on a table or a checkout belt.</summary>
internal static class TabletopStage
{
    private const int Tries = 40;

    public static (SceneDraft Draft, Vector3 Centre) Build(TabletopRecipe recipe, Catalogue catalogue, ulong seed, ulong image)
    {
        var random = new CounterRandom(seed, image, 1);
        var spread = recipe.Table.Spread.Sample(ref random);
        var placements = Scatter(recipe, catalogue, spread, ref random);
        var eye = new CounterRandom(seed, image, 2);
        var camera = Cameras.Draw(recipe.Camera, recipe.Lens, recipe.Width, recipe.Height, (side, height) => (side * spread, 0.04, -height * spread), 0.05, ref eye);
        var draft = new SceneDraft(camera, recipe.Height);
        random = new CounterRandom(seed, image, 5);
        Furnish(draft, recipe.Table, spread, ref random);
        random = new CounterRandom(seed, image, 6);
        var stocking = new Stocking(recipe, catalogue, draft);
        foreach (var one in placements)
        {
            stocking.Put(one.Article, one.Placing, null, labelled: true, ref random);
        }

        return (draft, new Vector3(0, 0.05f, 0));
    }

    /// <summary>Products at random places that do not touch; one that finds no room is left out.</summary>
    private static List<Placement> Scatter(TabletopRecipe recipe, Catalogue catalogue, double spread, ref CounterRandom random)
    {
        var assortment = new Assortment(recipe.Distractors, recipe.Product, catalogue, ref random);
        var placements = new List<Placement>();
        for (var left = recipe.Table.Products.SampleWhole(ref random); left > 0; left--)
        {
            var article = assortment.Draw(1, ref random);
            var lies = random.NextUnit() < recipe.Table.Fallen.Sample(ref random);
            var lying = !lies ? Lying.Not : random.NextUnit() < 0.6 ? Lying.OnItsBack : Lying.OnItsSide;
            var gap = recipe.Table.Gap.Sample(ref random);
            for (var attempt = 0; attempt < Tries; attempt++)
            {
                var one = new Placement(article, random.NextUniform(-Math.PI, Math.PI), random.NextUniform(-spread, spread), 0, random.NextUniform(-spread, spread), 0, 0) { Lying = lying };
                if (placements.TrueForAll(other => !Overlap(one, other, gap)))
                {
                    placements.Add(one with { Y = one.ExtentY });
                    break;
                }
            }
        }

        return placements;
    }

    /// <summary>Whether two turned rectangles come nearer than <paramref name="gap"/>: separating axes of both.</summary>
    private static bool Overlap(Placement a, Placement b, double gap) => !Apart(a, b, gap) && !Apart(b, a, gap);

    private static bool Apart(Placement a, Placement b, double gap)
    {
        var ((halfX, halfZ), (otherX, otherZ)) = (a.Footprint, b.Footprint);
        var (cos, sin) = (PortableMath.Cos(a.Yaw), PortableMath.Sin(a.Yaw));
        var (turnCos, turnSin) = (Math.Abs(PortableMath.Cos(b.Yaw - a.Yaw)), Math.Abs(PortableMath.Sin(b.Yaw - a.Yaw)));
        var (dx, dz) = (b.X - a.X, b.Z - a.Z);
        var along = Math.Abs((cos * dx) - (sin * dz));
        var across = Math.Abs((sin * dx) + (cos * dz));
        return along > halfX + (turnCos * otherX) + (turnSin * otherZ) + gap || across > halfZ + (turnSin * otherX) + (turnCos * otherZ) + gap;
    }

    private static void Furnish(SceneDraft draft, TableKnobs knobs, double spread, ref CounterRandom random)
    {
        var tone = (float)PortableMath.Power(knobs.Top.Sample(ref random), Shading.Decoding);
        var belt = random.NextUnit() < knobs.Belt.Sample(ref random);
        var edge = Math.Max(spread + 0.25, 0.45);
        if (belt)
        {
            var rubber = (float)random.NextUniform(0.01, 0.05);
            draft.AddBlock(-edge - 3, edge + 3, -0.02, 0, -edge, edge, new Vector3(rubber), 0.015f);
            foreach (var side in (ReadOnlySpan<double>)[-edge - 0.04, edge])
            {
                draft.AddBlock(-edge - 3, edge + 3, -0.05, 0.012, side, side + 0.04, new Vector3(0.5f, 0.5f, 0.52f), 0.2f);
            }

            for (var bars = random.NextIndex(3); bars > 0; bars--)
            {
                var x = (random.NextUnit() < 0.5 ? -1 : 1) * (spread + random.NextUniform(0.08, 0.4));
                draft.AddBlock(x - 0.02, x + 0.02, 0, 0.045, -edge * 0.9, edge * 0.9, new Vector3((float)random.NextUniform(0.2, 0.7), (float)random.NextUniform(0.02, 0.3), (float)random.NextUniform(0.02, 0.3)), 0.05f);
            }
        }
        else
        {
            var wood = random.NextUnit() < 0.5;
            var colour = wood ? new Vector3(tone, tone * 0.68f, tone * 0.42f) : new Vector3(tone, tone, tone * 0.97f);
            draft.AddBlock(-edge * 1.6, edge * 1.6, -0.03, 0, -edge, edge, colour, (float)random.NextUniform(0.005, 0.05));
        }

        var floor = (float)random.NextUniform(0.05, 0.4);
        draft.AddBlock(-30, 30, -0.95, -0.9, -30, 30, new Vector3(floor, floor * 0.96f, floor * 0.9f), 0.02f);
        draft.AddBlock(-30, 30, -0.9, 12, -edge - 3.1, -edge - 3, new Vector3(floor + 0.2f));
    }
}
