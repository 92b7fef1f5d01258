using System.Buffers.Binary;
using System.Security.Cryptography;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Kernels;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Cli.Receipts;

/// <summary>Makes images of delivered shards again and compares.</summary>
/// <remarks>Recipe and seed are the file's, the range is the shard's own: dispatch cuts shards to its nodes, so a shard's number says nothing of it.</remarks>
internal sealed class ShardRenderer
{
    private readonly DatasetManifest dataset;
    private readonly Recipe recipe;
    private readonly Catalogue catalogue;
    private readonly List<(int First, int Count)> ranges = [];

    private ShardRenderer(DatasetManifest dataset, Recipe recipe, Catalogue catalogue) => (this.dataset, this.recipe, this.catalogue) = (dataset, recipe, catalogue);

    /// <param name="cataloguePlace">Folder or tar of the recipe's catalogue; null for the cache.</param>
    /// <exception cref="NeuroException"><c>receipt.no_recipe</c>, <c>receipt.no_catalogue</c>, <c>receipt.other_catalogue</c>.</exception>
    public static ShardRenderer For(ReceiptFile file, string? cataloguePlace, string cache)
    {
        var dataset = file.Dataset ?? throw new NeuroException("receipt.no_recipe",
            "The file holds no recipe, so nothing can be made again. `neuro receipts JOB --out receipts.json` writes one that does, once a render job has succeeded.");
        var recipe = Recipe.Parse(dataset.Recipe.ToJsonString());
        if (cataloguePlace is null && !(ShardFiles.IsHash(recipe.Catalogue) && File.Exists(Path.Combine(cache, recipe.Catalogue))))
        {
            throw new NeuroException("receipt.no_catalogue", $"The recipe shows products of the catalogue {recipe.Catalogue}, which is not in {cache}. Name its folder or tar with --catalogue.");
        }

        var place = cataloguePlace ?? Path.Combine(cache, recipe.Catalogue);
        var catalogue = Directory.Exists(place) ? Catalogue.Load(place) : Catalogue.Unpack(File.ReadAllBytes(place));
        return catalogue.Hash == recipe.Catalogue
            ? new(dataset, recipe, catalogue)
            : throw new NeuroException("receipt.other_catalogue", $"{place} is the catalogue {catalogue.Hash}; the recipe shows products of {recipe.Catalogue}.");
    }

    /// <summary>Checks one shard.</summary>
    /// <param name="path">Its file, whose hash the receipt names.</param>
    /// <param name="images">How many, drawn anew each time.</param>
    /// <returns>Whether it is what was ordered, and a sentence.</returns>
    public (bool Holds, string Said) Check(Receipt receipt, string path, int images)
    {
        if (receipt.Kind != RenderSpec.KindName)
        {
            return (false, $"It is a {receipt.Kind} job's; only images can be made again.");
        }

        if (receipt.JobId != dataset.JobId || receipt.RecipeHash != recipe.Hash)
        {
            return (false, $"The file's recipe ({recipe.Hash}, job {dataset.JobId}) is not the one that was signed for ({receipt.RecipeHash}).");
        }

        try
        {
            var shard = Dataset.Open([path]);
            var (first, count) = (shard.Shards[0].First, shard.Shards[0].Count);
            if (shard.Seed != dataset.Seed)
            {
                return (false, $"{Path.GetFileName(path)} is of seed {shard.Seed}; the dataset is of seed {dataset.Seed}.");
            }

            if (count < 1 || first < 0 || first > (long)dataset.Count - count)
            {
                return (false, $"{Path.GetFileName(path)} holds {count} images from {first}; the dataset has {dataset.Count}.");
            }

            ranges.Add((first, count));
            var verdict = ShardCheck.Check(recipe, catalogue, dataset.Seed, first, count, path, BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)), images);
            return (verdict.Valid, verdict.Reason);
        }
        catch (ShardException broken)
        {
            return (false, broken.Message);
        }
    }

    /// <summary>What is wrong with the ranges of the shards that were checked: none may overlap, and if those of all receipts are known they must cover the dataset.</summary>
    public string? Uncovered(int receipts)
    {
        var (all, next) = (ranges.Count == receipts, 0);
        foreach (var (first, count) in ranges.Order())
        {
            if (first < next || (all && first > next))
            {
                return first < next ? $"Image {first} is in two shards." : $"Images {next} to {first - 1} are in no shard.";
            }

            next = first + count;
        }

        return all && next < dataset.Count ? $"Images {next} to {dataset.Count - 1} are in no shard." : null;
    }
}
