using Neuro.Backend.Jobs;
using Neuro.Cli.Workloads;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Kernels.Recipes;

namespace Neuro.Cli.Tests.Workloads;

/// <summary>Orders that would fill the platform's memory are refused before anything large is read or listed.</summary>
public sealed class LimitsTests
{
    private static readonly string Catalogue = new('0', 64);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Render_MillionsOfShards_AreNeverListed()
    {
        var recipe = new ShelfRecipe { Catalogue = Catalogue, Width = 4096, Height = 4096, Samples = 4 };
        var refused = await Should.ThrowAsync<NeuroException>(() => new RenderWorkload().PlanAsync(new RenderSpec(recipe.ToJson(), 1, 10_000_000), new NothingToRead(1), Cancel));
        refused.Code.ShouldBe("quote.too_many_shards");
        refused.Message.ShouldContain("14750 shards; a job has 1 to 10000");
    }

    [Fact]
    public async Task Render_CatalogueOfGigabytes_IsNotRead()
    {
        var recipe = new ShelfRecipe { Catalogue = Catalogue };
        var refused = await Should.ThrowAsync<NeuroException>(() => new RenderWorkload().PlanAsync(new RenderSpec(recipe.ToJson(), 1, 10), new NothingToRead(8L << 30), Cancel));
        refused.Code.ShouldBe("catalogue.too_large");
    }

    [Fact]
    public async Task Render_TenGigabyteDelivery_IsRejectedUnread()
    {
        var recipe = new ShelfRecipe { Catalogue = Catalogue };
        var shard = new ShardPlan(0, 0, 10, Client.Market.Cu.Of(1), []);
        var delivered = new ArtifactRef(new string('1', 64), 10L << 30, "000000.tar", "application/x-tar");
        var verdict = await new RenderWorkload().VerifyAsync(new(new RenderSpec(recipe.ToJson(), 1, 10), recipe.Hash, Guid.NewGuid(), shard, 1, "node", [delivered], new Dictionary<string, double>(), 1, _ => throw new InvalidOperationException("Nothing may be read.")), Cancel);
        verdict.Valid.ShouldBeFalse();
        verdict.How.ShouldStartWith("10737418240 bytes were delivered for 10 images");
    }

    [Fact]
    public async Task Render_TenGigabyteCopy_DiffersUnreadAndTheSameBytesAreTheSame()
    {
        var recipe = new ShelfRecipe { Catalogue = Catalogue };
        var (one, huge) = (new ArtifactRef(new string('1', 64), 1 << 20, "000000.tar", "application/x-tar"), new ArtifactRef(new string('2', 64), 10L << 30, "000000.tar", "application/x-tar"));
        var request = new VerifyRequest(
            new RenderSpec(recipe.ToJson(), 1, 10), recipe.Hash, Guid.NewGuid(), new(0, 0, 10, Client.Market.Cu.Of(1), []), 1, "node", [one], new Dictionary<string, double>(), 1, _ => throw new InvalidOperationException("Nothing may be read."));
        (await new RenderWorkload().CompareAsync(request, [huge], Cancel)).Same.ShouldBeFalse();
        (await new RenderWorkload().CompareAsync(request, [one, one], Cancel)).Same.ShouldBeFalse();
        (await new RenderWorkload().CompareAsync(request, [one], Cancel)).Same.ShouldBeTrue();
    }

    [Theory]
    [InlineData(24_000, 64, null)]
    [InlineData(24_000, 2048, "train.too_large")]
    public void Train_CropsThatFillTheMemory_AreRefused(long crops, int side, string? code) =>
        (Record.Exception(() => TrainWorkload.CheckMemory(crops, side)) is NeuroException refused ? refused.Code : null).ShouldBe(code);

    private sealed class NothingToRead(long bytes) : IPlanContext
    {
        public string ArtifactPath(string sha256) => throw new InvalidOperationException("Nothing may be read.");

        public ArtifactRef Artifact(string sha256) => new(sha256, bytes, "catalogue.tar", "application/x-tar");

        public Task<DatasetManifest> DatasetAsync(Guid id, CancellationToken cancel) => throw new InvalidOperationException("Nothing may be read.");
    }
}
