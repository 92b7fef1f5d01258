using Neuro.Backend.Jobs;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Scenes;
using Neuro.Node.Benchmark;
using ShardVerdict = Neuro.Backend.Jobs.ShardVerdict;

namespace Neuro.Cli.Workloads;

/// <summary>Rendering as the platform sells it: runs of images; a delivered run is checked by making random images of it again.</summary>
internal sealed class RenderWorkload : IRepeatableWorkload
{
    private const int MostImages = 10_000_000;

    // What the fastest node does in one go: its ten seconds. Slower nodes get parts of it; and it is not more pictures than one sitting of a trainer.
    private const double CuPerShard = 1000;
    private const int MostImagesPerShard = 1000;

    // Half a gigabyte of pictures is what a catalogue may hold; a tar pads them a little. It is read whole.
    private const long MostCatalogueBytes = 640L << 20;

    // One image in twenty is made again: 5 % of the work, and a node that leaves out half of a shard of a hundred passes once in thirty times.
    private const int ImagesPerSample = 20;

    private const int ScenesLookedAt = 4;

    // Measured on a node of two cores with the shelf recipe at 640×480: it holds 610 to 730 MB, most of it since its own benchmark trained once; a shard is 0.74 to 0.82 bytes a pixel.
    private const double ProcessBytes = 600e6;
    private const double BytesAPixelInWork = 300;
    private const double BytesAPixelOnDisk = 0.76;
    // Colours and all maps as they are before they are packed, and far more labels than a scene has.
    private const long MostBytesPerPixel = 32;
    private const long MostLabelBytesPerImage = 8 << 20;

    private Catalogue? last;

    public string Kind => RenderSpec.KindName;

    public Task<WorkPlan> PlanAsync(JobSpec spec, IPlanContext context, CancellationToken cancel)
    {
        var order = (RenderSpec)spec;
        if (order.Count is < 1 or > MostImages)
        {
            throw new NeuroException("render.count_out_of_range", $"count is {order.Count}; expected a whole number from 1 to {MostImages}.");
        }

        var recipe = Refused.AsNeuro(() => Recipe.Parse(order.Recipe.ToJsonString()));

        // By its pixels alone first: nothing is read for an order that is too large whatever it shows.
        WorkPlan.CheckShards(ShardCount(order.Count, ImagesPerShard(ReferenceNode.RenderCu(1, recipe, products: 0))));
        var input = context.Artifact(recipe.Catalogue);
        CheckCatalogue(input);
        var catalogue = Refused.AsNeuro(() => Open(recipe, context.ArtifactPath));
        var products = Refused.AsNeuro(() => ProductsAnImage(recipe, catalogue, order.Seed));
        var cuPerImage = ReferenceNode.RenderCu(1, recipe, products);
        var imagesPerShard = ImagesPerShard(cuPerImage);
        var shardCount = ShardCount(order.Count, imagesPerShard);
        var grain = (int)Math.Ceiling(ShardPlan.LeastPiece.Milli / 1000.0 / cuPerImage);
        WorkPlan.CheckShards(shardCount);
        var shards = Enumerable.Range(0, shardCount).Select(index =>
        {
            var first = index * imagesPerShard;
            var count = Math.Min(imagesPerShard, order.Count - first);
            return new ShardPlan(index, first, count, Cu.Of(count * cuPerImage), [input]) { Grain = grain };
        });
        var name = $"{catalogue.Name} {Scene(recipe)}";
        return Task.FromResult(new WorkPlan($"{order.Count} images of {name}, {recipe.Width}×{recipe.Height}, seed {order.Seed}", name, recipe.Hash, [.. shards])
        {
            Features = Features(order.Count, recipe, products, input.Bytes),
        });
    }

    public async Task<ShardVerdict> VerifyAsync(VerifyRequest request, CancellationToken cancel)
    {
        var order = (RenderSpec)request.Spec;
        if (request.Outputs.Count != 1)
        {
            return new ShardVerdict(false, $"{request.Outputs.Count} files were delivered; expected one tar of images.");
        }

        var recipe = Recipe.Parse(order.Recipe.ToJsonString());
        if (request.Outputs[0].Bytes > MostBytes(recipe, request.Shard.Count))
        {
            return new ShardVerdict(false, $"{request.Outputs[0].Bytes} bytes were delivered for {request.Shard.Count} images of {recipe.Width} × {recipe.Height} pixels, which is more than they can take.");
        }

        var tar = request.ArtifactPath(request.Outputs[0].Sha256);
        var samples = (request.Shard.Count + ImagesPerSample - 1) / ImagesPerSample;
        var verdict = await Task.Run(
            () => ShardCheck.Check(recipe, Open(recipe, request.ArtifactPath), order.Seed, request.Shard.First, request.Shard.Count, tar, request.SampleSeed, samples, request.Image), cancel);
        return new ShardVerdict(verdict.Valid, verdict.Reason) { Contradicted = verdict.Contradicted, Redone = Math.Min(1, (samples + (request.Image is null ? 0.0 : 1)) / request.Shard.Count) };
    }

    public async Task<Comparison> CompareAsync(VerifyRequest request, IReadOnlyList<ArtifactRef> again, CancellationToken cancel)
    {
        var recipe = Recipe.Parse(((RenderSpec)request.Spec).Recipe.ToJsonString());
        foreach (var outputs in new[] { request.Outputs, again })
        {
            if (outputs.Count != 1 || outputs[0].Bytes > MostBytes(recipe, request.Shard.Count))
            {
                return new Comparison(false, $"{outputs.Count} files of {outputs.Sum(output => output.Bytes)} bytes are not one tar of {request.Shard.Count} images.");
            }
        }

        if (request.Outputs[0].Sha256 == again[0].Sha256)
        {
            return new Comparison(true, $"{request.Shard.Count} images from {request.Shard.First}, the same bytes");
        }

        var (tar, other) = (request.ArtifactPath(request.Outputs[0].Sha256), request.ArtifactPath(again[0].Sha256));
        var compared = await Task.Run(() => ShardCheck.Compare(recipe, request.Shard.First, request.Shard.Count, tar, other), cancel);
        return new Comparison(compared.Same, compared.Reason, compared.Image);
    }

    internal static void CheckCatalogue(ArtifactRef input)
    {
        if (input.Bytes > MostCatalogueBytes)
        {
            throw new NeuroException("catalogue.too_large", $"The catalogue {input.Sha256} has {input.Bytes} bytes; a catalogue has at most {MostCatalogueBytes}. Make its pictures smaller or split it.");
        }
    }

    private static long MostBytes(Recipe recipe, int images) => images * (((long)recipe.Width * recipe.Height * MostBytesPerPixel) + MostLabelBytesPerImage);

    private static Dictionary<string, double> Features(int images, Recipe recipe, double products, long catalogueBytes)
    {
        var pixels = (double)recipe.Width * recipe.Height;
        return new()
        {
            ["images"] = images,
            ["pixels"] = pixels,
            ["samples"] = recipe.Samples,
            ["products"] = products,
            ["maps"] = recipe.Maps.Count,
            [WorkPlan.MemoryBytes] = ProcessBytes + catalogueBytes + (pixels * BytesAPixelInWork),
            [WorkPlan.OutputBytes] = images * pixels * BytesAPixelOnDisk,
        };
    }

    private static int ImagesPerShard(double cuPerImage) => (int)Math.Clamp(CuPerShard / cuPerImage, 1, MostImagesPerShard);

    private static int ShardCount(int images, int imagesPerShard) => (images + imagesPerShard - 1) / imagesPerShard;

    // A scene is quick to build next to being rendered; its recipe cannot say how many products find room in it.
    internal static double ProductsAnImage(Recipe recipe, Catalogue catalogue, ulong seed) =>
        Enumerable.Range(0, ScenesLookedAt).Average(index => SceneBuilder.Build(recipe, catalogue, seed, index).Instances.Count);

    private static string Scene(Recipe recipe) => recipe switch
    {
        HandheldRecipe => "in a hand",
        TabletopRecipe => "on a table",
        _ => "on a shelf",
    };

    // The shards of a job come one after another, all of one catalogue, and cutting out its artwork takes longer than rendering an image.
    private Catalogue Open(Recipe recipe, Func<string, string> pathOf) =>
        last is { } kept && kept.Hash == recipe.Catalogue ? kept : last = Catalogue.Unpack(File.ReadAllBytes(pathOf(recipe.Catalogue)));
}
