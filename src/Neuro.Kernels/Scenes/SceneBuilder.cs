using System.Numerics;
using System.Runtime.CompilerServices;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;

namespace Neuro.Kernels.Scenes;

/// <summary>From a recipe to its scenes. A scene is a pure function of recipe, catalogue, seed and index: any image can be made without the others, anywhere, with the same bits.</summary>
public static class SceneBuilder
{
    private static readonly ConditionalWeakTable<ShelfRecipe, ShelfRecipe> Checked = [];

    /// <summary>The scene of image <paramref name="index"/>.</summary>
    /// <exception cref="RecipeException">A knob is outside its range, or the recipe names another catalogue.</exception>
    public static Scene Build(ShelfRecipe recipe, Catalogue catalogue, ulong seed, int index)
    {
        recipe = Checked.GetValue(recipe, given => given.Validated());
        if (recipe.Catalogue != catalogue.Hash)
        {
            throw new RecipeException("recipe.catalogue_mismatch", "$.catalogue", $"\"{recipe.Catalogue}\"", $"{catalogue.Hash}, the hash of catalogue '{catalogue.Name}'");
        }

        var image = (ulong)index;
        var layout = ShelfLayout.Draw(recipe, catalogue, seed, image);
        var random = new CounterRandom(seed, image, 2);
        var camera = Cameras.Draw(recipe.Camera, layout, ref random);
        random = new CounterRandom(seed, image, 3);
        var lighting = Lightings.Draw(recipe.Light, layout, ref random, out var shelf);
        random = new CounterRandom(seed, image, 4);
        var photometrics = Develop(recipe.Photo, ref random);
        random = new CounterRandom(seed, image, 5);
        var rails = random.NextUnit() < recipe.Row.PriceRails.Sample(ref random);
        var textures = new SceneTextures();
        var primitives = Furniture.Build(layout, shelf, rails, textures, ref random);
        random = new CounterRandom(seed, image, 6);
        var stocking = new Stocking(recipe, catalogue, camera, textures, primitives);
        foreach (var placement in layout.Placements)
        {
            stocking.Put(placement, ref random);
        }

        var solids = primitives.ToArray();
        return new Scene
        {
            Width = recipe.Width,
            Height = recipe.Height,
            Samples = recipe.Samples,
            Seed = seed,
            Index = index,
            Camera = camera,
            Lighting = lighting,
            Photometrics = photometrics,
            Instances = stocking.Instances,
            Primitives = solids,
            Nodes = Bvh.Build(solids, camera.Origin),
            Texels = textures.ToArray(),
        };
    }

    private static Photometrics Develop(PhotoKnobs knobs, ref CounterRandom random)
    {
        var exposure = (float)knobs.Exposure.Sample(ref random);
        var balance = new Vector3((float)knobs.RedGain.Sample(ref random), 1, (float)knobs.BlueGain.Sample(ref random));
        return new Photometrics(balance, exposure, (float)knobs.Gamma.Sample(ref random), (float)knobs.Noise.Sample(ref random), knobs.JpegQuality.SampleWhole(ref random));
    }
}
