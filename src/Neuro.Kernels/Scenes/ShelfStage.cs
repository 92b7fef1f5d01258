using System.Numerics;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Scenes;

/// <summary>Scenes of the generator <c>shelf</c>.</summary>
internal static class ShelfStage
{
    // A camera does not stand lower than this over the lowest board.
    private const double LeastHeight = -0.1;

    public static (SceneDraft Draft, Vector3 Centre) Build(ShelfRecipe recipe, Catalogue catalogue, ulong seed, ulong image)
    {
        var random = new CounterRandom(seed, image, 5);
        var fixture = Fixture.Draw(recipe.Fixture, ref random);
        var facings = fixture.EndCap ? 2 + random.NextIndex(3) : int.MaxValue;
        var layout = ShelfLayout.Draw(recipe.Rows, recipe.Row, recipe.Distractors, recipe.Product, catalogue, facings, seed, image);
        var eye = new CounterRandom(seed, image, 2);
        var camera = Cameras.Draw(recipe.Camera, recipe.Lens, recipe.Width, recipe.Height, (side, height) => (side * layout.Length / 2, height * layout.Top, 0), LeastHeight, ref eye);
        var draft = new SceneDraft(camera, recipe.Height);
        var tags = Shelves.Furnish(draft, layout, fixture, recipe.Fixture, named: true, ref random);
        random = new CounterRandom(seed, image, 6);
        Shelves.Stock(draft, new Stocking(recipe, catalogue, draft), layout, tags, labelled: true, ref random);
        return (draft, new Vector3(0, (float)(layout.Top / 2), 0));
    }
}
