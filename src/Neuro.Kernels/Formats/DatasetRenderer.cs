using Neuro.Kernels.Compute;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Formats;

/// <summary>From a recipe to a shard on disk: a run of consecutive images with their labels.</summary>
public static class DatasetRenderer
{
    /// <summary>Renders images <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> − 1 into one tar. Same recipe, catalogue, seed and range: same bytes.</summary>
    /// <param name="recipe">What to render.</param>
    /// <param name="catalogue">The one that the recipe names.</param>
    /// <param name="seed">Of the dataset.</param>
    /// <param name="first">Index of the first image.</param>
    /// <param name="count">Images, at least 1.</param>
    /// <param name="tarPath">The file to write; it appears when it is complete.</param>
    /// <param name="imagesDone">Told how many images are written, after each.</param>
    /// <param name="cancel">Stops after the images being rendered; nothing is left.</param>
    /// <param name="threads">One image a thread; 0: as many as the machine has processors.</param>
    /// <exception cref="ShardException">The file cannot be written (<c>shard.disk_full</c>, <c>shard.unwritable</c>) or a label is wrong (<c>shard.audit_failed</c>).</exception>
    public static ShardSummary RenderShard(
        ShelfRecipe recipe, Catalogue catalogue, ulong seed, int first, int count, string tarPath, IProgress<int>? imagesDone, CancellationToken cancel, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var content = new ShardContent(recipe.Hash, seed, first, count, ClassNames(catalogue));
        using var backend = RenderBackends.Create();
        using var frames = new ThreadLocal<Frame>(() => new Frame(recipe.Width, recipe.Height));
        using var writer = new ShardWriter(tarPath, content);
        var done = 0;
        OrderedWork.Run(
            count,
            threads > 0 ? threads : Environment.ProcessorCount,
            offset => Render(backend, SceneBuilder.Build(recipe, catalogue, seed, first + offset), frames.Value!),
            image =>
            {
                writer.Append(image);
                imagesDone?.Report(++done);
            },
            cancel);
        return writer.Complete();
    }

    /// <summary>The class names of a dataset rendered from this catalogue, by class id.</summary>
    public static IReadOnlyList<string> ClassNames(Catalogue catalogue) => [.. catalogue.Products.Select(product => product.Name)];

    private static EncodedImage Render(IRenderBackend backend, Scene scene, Frame frame)
    {
        backend.Render(scene, frame);
        return EncodedImage.Encode(frame, LabelPass.Run(scene, frame), scene.Photometrics.JpegQuality);
    }
}
