using Neuro.Backend.Jobs;
using Neuro.Cli.Embedding;
using Neuro.Cli.Workloads;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Kernels.Recipes;
using Neuro.Node.Benchmark;

namespace Neuro.Cli.Tests.Workloads;

/// <summary>Plans of every generator, and what they cost.</summary>
public sealed class RenderWorkloadTests : IDisposable
{
    private readonly Catalogue catalogue = Catalogue.Load(Path.Combine(Repository.Root, "datasets", "corner-shop"));
    private readonly string tar = Path.GetTempFileName();

    public RenderWorkloadTests() => File.WriteAllBytes(tar, catalogue.Pack());

    public static TheoryData<string> Generators => [.. BuiltInGenerators.Names];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(tar);

    [Theory]
    [MemberData(nameof(Generators))]
    public async Task Plan_OfEachListing_CoversEveryImageOnce(string generator)
    {
        var recipe = BuiltInGenerators.Listings.Single(one => one.Name == generator).Defaults.DeepClone().AsObject();
        recipe["catalogue"] = catalogue.Hash;

        var plan = await new RenderWorkload().PlanAsync(new RenderSpec(recipe, 1, 1000), new OneFile(tar), Cancel);

        plan.Shards.SelectMany(shard => Enumerable.Range(shard.First, shard.Count)).ShouldBe(Enumerable.Range(0, 1000));
        plan.Shards.ShouldAllBe(shard => shard.Inputs.Single().Sha256 == catalogue.Hash);
    }

    [Fact]
    public async Task Plan_OfAFullTable_CostsMoreThanOfAnEmptyOne()
    {
        var table = TabletopRecipe.Default(catalogue).With("table.spread", 4);
        (await WorkAsync(table.With("table.products", 1000))).ShouldBeGreaterThan(1.5 * await WorkAsync(table.With("table.products", 3)));
    }

    [Fact]
    public void RenderCu_OfTheDefaultShelf_IsItsShareOfASecondOfTheReference() =>
        ReferenceNode.RenderCu(50, ShelfRecipe.Default(catalogue), products: 25).ShouldBe(1, 1e-9);

    [Fact]
    public void RenderCu_GrowsWithPixelsSamplesMapsAndProducts()
    {
        var shelf = ShelfRecipe.Default(catalogue);
        var usual = ReferenceNode.RenderCu(1, shelf, 25);
        ReferenceNode.RenderCu(1, shelf with { Width = 1280 }, 25).ShouldBeGreaterThan(usual);
        ReferenceNode.RenderCu(1, shelf with { Samples = 4 }, 25).ShouldBeGreaterThan(usual);
        ReferenceNode.RenderCu(1, shelf with { Maps = Recipe.KnownMaps }, 25).ShouldBeGreaterThan(usual);
        ReferenceNode.RenderCu(1, shelf, 1000).ShouldBeGreaterThan(usual);
        ReferenceNode.RenderCu(3, shelf, 25).ShouldBe(3 * usual, 1e-9);
    }

    private async Task<double> WorkAsync(Recipe recipe) =>
        (await new RenderWorkload().PlanAsync(new RenderSpec(recipe.ToJson(), 1, 100), new OneFile(tar), Cancel)).Shards.Sum(shard => shard.Work.Milli);

    private sealed class OneFile(string path) : IPlanContext
    {
        public string ArtifactPath(string sha256) => path;

        public ArtifactRef Artifact(string sha256) => new(sha256, new FileInfo(path).Length, "catalogue.tar", "application/x-tar");

        public Task<DatasetManifest> DatasetAsync(Guid id, CancellationToken cancel) => throw new InvalidOperationException("No dataset is needed.");
    }
}
