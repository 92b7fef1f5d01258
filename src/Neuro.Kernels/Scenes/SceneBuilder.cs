using System.Numerics;
using System.Runtime.CompilerServices;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;

namespace Neuro.Kernels.Scenes;

/// <summary>From a recipe to its scenes. A scene is a pure function of recipe, catalogue, seed and index: any image can be made without the others, anywhere, with the same bits.</summary>
public static class SceneBuilder
{
    private static readonly ConditionalWeakTable<Recipe, Recipe> Checked = [];

    /// <summary>The scene of image <paramref name="index"/>.</summary>
    /// <exception cref="RecipeException">A knob is outside its range, or the recipe names another catalogue.</exception>
    public static Scene Build(Recipe recipe, Catalogue catalogue, ulong seed, int index)
    {
        recipe = Checked.GetValue(recipe, given => given.Validated());
        if (recipe.Catalogue != catalogue.Hash)
        {
            throw new RecipeException("recipe.catalogue_mismatch", "$.catalogue", $"\"{recipe.Catalogue}\"", $"{catalogue.Hash}, the hash of catalogue '{catalogue.Name}'");
        }

        var image = (ulong)index;
        var (draft, centre) = recipe switch
        {
            ShelfRecipe shelf => ShelfStage.Build(shelf, catalogue, seed, image),
            HandheldRecipe handheld => HandheldStage.Build(handheld, catalogue, seed, image),
            TabletopRecipe tabletop => TabletopStage.Build(tabletop, catalogue, seed, image),
            _ => throw new InvalidOperationException($"Nobody builds scenes of generator {recipe.Generator}."),
        };
        var random = new CounterRandom(seed, image, 3);
        var lighting = Lightings.Draw(recipe.Light, centre, ref random);
        random = new CounterRandom(seed, image, 4);
        var photometrics = Develop(recipe, ref random);
        random = new CounterRandom(seed, image, 8);
        Occluders.Put(draft, recipe.Distractors, ref random);
        random = new CounterRandom(seed, image, 9);
        var primitives = draft.Primitives;
        return new Scene
        {
            Width = recipe.Width,
            Height = recipe.Height,
            Samples = recipe.Samples,
            Seed = seed,
            Index = index,
            Camera = draft.Camera,
            Lighting = lighting,
            Photometrics = photometrics,
            Instances = draft.Instances,
            Gaps = draft.Gaps,
            PriceTags = draft.PriceTags,
            Primitives = primitives,
            Nodes = Bvh.Build(primitives, draft.Camera.Origin),
            Texels = draft.Textures.ToArray(),
            TexelCount = draft.Textures.Count,
            Specks = Dust(recipe, ref random),
        };
    }

    private static Photometrics Develop(Recipe recipe, ref CounterRandom random)
    {
        var knobs = recipe.Photo;
        var exposure = (float)knobs.Exposure.Sample(ref random);
        var balance = new Vector3((float)knobs.RedGain.Sample(ref random), 1, (float)knobs.BlueGain.Sample(ref random));
        return new Photometrics(balance, exposure, (float)knobs.Gamma.Sample(ref random), (float)knobs.Noise.Sample(ref random), knobs.JpegQuality.SampleWhole(ref random))
        {
            Vignette = (float)recipe.Lens.Vignette.Sample(ref random),
            Haze = (float)knobs.Haze.Sample(ref random),
        };
    }

    private static Speck[] Dust(Recipe recipe, ref CounterRandom random)
    {
        var specks = new Speck[recipe.Photo.Dust.SampleWhole(ref random)];
        for (var i = 0; i < specks.Length; i++)
        {
            specks[i] = new Speck
            {
                X = (float)random.NextUniform(0, recipe.Width),
                Y = (float)random.NextUniform(0, recipe.Height),
                Radius = (float)(recipe.Height * random.NextUniform(0.003, 0.02)),
                Darkness = (float)random.NextUniform(0.03, 0.3),
            };
        }

        return specks;
    }
}
