using System.Text.Json;
using Neuro.Kernels.Compute;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Formats;

/// <summary>From a recipe to files: one shard, or a folder of them.</summary>
public static class DatasetRenderer
{
    /// <value>The most images of a dataset folder.</value>
    public const int MaxImages = 5_000_000;

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
        Recipe recipe, Catalogue catalogue, ulong seed, int first, int count, string tarPath, IProgress<int>? imagesDone, CancellationToken cancel, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        using var studio = new Studio(recipe, catalogue, seed, threads);
        using var writer = new ShardWriter(tarPath, new ShardContent(recipe.Hash, seed, first, count, ClassNames(catalogue)));
        var done = 0;
        studio.Render(
            first,
            count,
            image =>
            {
                writer.Append(image);
                imagesDone?.Report(++done);
            },
            cancel);
        return writer.Complete();
    }

    /// <summary>Renders images 0 to <paramref name="count"/> − 1 into a dataset folder: shards, index, data card. A folder that already holds some of them is gone on with after its last whole shard.</summary>
    /// <param name="recipe">What to render.</param>
    /// <param name="catalogue">The one that the recipe names.</param>
    /// <param name="seed">Of the dataset.</param>
    /// <param name="count">Images, 1 to <see cref="MaxImages"/>.</param>
    /// <param name="folder">Where; one process at a time.</param>
    /// <param name="imagesDone">Told how many images the folder holds, at the start and after each.</param>
    /// <param name="cancel">Stops after the images being rendered; whole shards stay.</param>
    /// <param name="shardSize">Images a shard.</param>
    /// <param name="threads">One image a thread; 0: as many as the machine has processors.</param>
    /// <returns>The card, also of what was there before.</returns>
    /// <exception cref="ShardException"><c>dataset.bad_count</c>, <c>dataset.other_catalogue</c>, <c>dataset.locked</c>, <c>dataset.another</c>, <c>dataset.mixed</c>, <c>shard.disk_full</c>, <c>shard.unwritable</c>, <c>shard.audit_failed</c>.</exception>
    public static DataCard RenderFolder(
        Recipe recipe, Catalogue catalogue, ulong seed, int count, string folder, IProgress<int>? imagesDone, CancellationToken cancel, int shardSize = 500, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shardSize, 1);
        if (count is < 1 or > MaxImages)
        {
            throw new ShardException("dataset.bad_count", $"A dataset of {count:N0} images cannot be rendered; ask for 1 to {MaxImages:N0}, and for more with another seed in another folder.");
        }

        if (recipe.Catalogue != catalogue.Hash)
        {
            throw new ShardException("dataset.other_catalogue", $"The recipe is for the catalogue {recipe.Catalogue}; '{catalogue.Name}' is {catalogue.Hash}. Use the recipe's own, or set its \"catalogue\" to this one.");
        }

        using var writer = DatasetWriter.Open(folder, recipe.Hash, seed, ClassNames(catalogue), Maps(recipe));
        using var studio = new Studio(recipe, catalogue, seed, threads);
        imagesDone?.Report(writer.Count);
        while (writer.Count < count)
        {
            cancel.ThrowIfCancellationRequested();
            var (first, size, done) = (writer.Count, Math.Min(shardSize, count - writer.Count), writer.Count);
            using var shard = writer.BeginShard(size);
            studio.Render(
                first,
                size,
                image =>
                {
                    writer.Append(shard, image);
                    imagesDone?.Report(++done);
                },
                cancel);
            writer.EndShard(shard);
        }

        return writer.Complete((shards, histogram, audit) => Card(recipe, catalogue, seed, shards, histogram, audit));
    }

    /// <summary>The class names of a dataset rendered from this catalogue, by class id.</summary>
    public static IReadOnlyList<string> ClassNames(Catalogue catalogue) => [.. catalogue.Products.Select(product => product.Name)];

    /// <summary>The pixel maps that a recipe asks for beside colours, depth and ids.</summary>
    internal static IReadOnlyList<string> Maps(Recipe recipe) => [.. PixelMaps.Optional.Where(recipe.Maps.Contains)];

    private static DataCard Card(Recipe recipe, Catalogue catalogue, ulong seed, IReadOnlyList<ShardEntry> shards, IReadOnlyList<int> histogram, Audit audit)
    {
        using var json = JsonDocument.Parse(recipe.ToJson());
        return new DataCard
        {
            Name = $"{catalogue.Name}-{recipe.Generator}-{recipe.Hash[..8]}-{seed}",
            Generator = recipe.Generator,
            GeneratorVersion = Recipe.Version,
            Recipe = json.RootElement.Clone(),
            RecipeHash = recipe.Hash,
            Seed = seed,
            Catalogue = catalogue.Name,
            CatalogueHash = catalogue.Hash,
            Images = shards.Sum(shard => shard.Count),
            Objects = shards.Sum(shard => shard.Objects),
            Classes = ClassNames(catalogue),
            Confusables = catalogue.ConfusableGroups(),
            ClassHistogram = histogram,
            Maps = Maps(recipe),
            Audit = audit,
            Shards = shards,
        };
    }

    /// <summary>What rendering needs, set up once for all shards of a run.</summary>
    private sealed class Studio(Recipe recipe, Catalogue catalogue, ulong seed, int threads) : IDisposable
    {
        private readonly IRenderBackend backend = RenderBackends.Create();
        private readonly ThreadLocal<Frame> frames = new(() => new Frame(recipe.Width, recipe.Height, PixelMaps.InFrame(recipe.Maps)));
        private readonly IReadOnlyList<string> maps = Maps(recipe);

        /// <summary>Renders consecutive images on all threads and hands them over in order.</summary>
        public void Render(int first, int count, Action<EncodedImage> take, CancellationToken cancel) =>
            OrderedWork.Run(count, threads > 0 ? threads : Environment.ProcessorCount, offset => One(first + offset), take, cancel);

        public void Dispose()
        {
            frames.Dispose();
            backend.Dispose();
        }

        private EncodedImage One(int index)
        {
            var (scene, frame) = (SceneBuilder.Build(recipe, catalogue, seed, index), frames.Value!);
            backend.Render(scene, frame);
            var labels = LabelPass.Run(scene, frame);
            scene.Recycle();
            return EncodedImage.Encode(frame, labels, scene.Photometrics.JpegQuality, maps);
        }
    }
}
