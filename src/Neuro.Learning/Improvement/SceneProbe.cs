using Neuro.Kernels.Compute;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Training;

namespace Neuro.Learning.Improvement;

/// <summary>A few scenes of a recipe, rendered to see what its pictures are like.</summary>
internal sealed class SceneProbe(Catalogue catalogue, ulong seed) : IDisposable
{
    // A handheld scene has one product, a shelf fifty.
    private const int Scenes = 16;
    private const int Enough = 64;

    private readonly IRenderBackend backend = RenderBackends.Create();
    private Frame? frame;

    /// <summary>The share of the recipe's products with a trait in a range; 0 where none is visible and large enough.</summary>
    public double Share(Recipe recipe, TraitRange range, CancellationToken cancel)
    {
        var (hits, count) = (0, 0);
        for (var index = 0; index < Scenes && count < Enough; index++)
        {
            var products = Products(recipe, index, cancel);
            count += products.Count;
            hits += products.Count(range.Holds);
        }

        return count == 0 ? 0 : (double)hits / count;
    }

    public void Dispose() => backend.Dispose();

    private List<double[]> Products(Recipe recipe, int index, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var scene = SceneBuilder.Build(recipe, catalogue, seed, index);
        if (frame is null || (frame.Width, frame.Height) != (recipe.Width, recipe.Height))
        {
            frame = new(recipe.Width, recipe.Height);
        }

        backend.Render(scene, frame);
        var labels = LabelPass.Run(scene, frame);
        var traits = LabelledImages.Cut(new(frame.Width, frame.Height, frame.Rgb), labels.Instances, index, new()).Select(Trait.Of).ToList();
        scene.Recycle();
        return traits;
    }
}
