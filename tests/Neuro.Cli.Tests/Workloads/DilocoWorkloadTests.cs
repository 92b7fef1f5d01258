using Neuro.Backend.Jobs;
using Neuro.Cli.Workloads;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Kernels.Recipes;
using Neuro.Learning.LocalSgd;
using Neuro.Learning.Specs;
using Neuro.Learning.Zoo;
using Neuro.Node.Benchmark;
using Neuro.Testing;

namespace Neuro.Cli.Tests.Workloads;

/// <summary>Orders of training across nodes and what is delivered for them, on scenes rendered for each part.</summary>
public sealed class DilocoWorkloadTests : IDisposable
{
    private const int Steps = 4;
    private readonly Catalogue catalogue = Catalogue.Load(Path.Combine(Repository.Root, "datasets", "corner-shop"));
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-diloco-").FullName;
    private readonly ModelSpec model;
    private readonly Recipe recipe;
    private readonly DilocoSpec order;

    public DilocoWorkloadTests()
    {
        (model, recipe) = (Zoo.SmallCnn(catalogue.Products.Count, 32), HandheldRecipe.Default(catalogue) with { Width = 64, Height = 64 });
        order = new DilocoSpec(model.ToJson(), nodes: 2, rounds: 3, Steps, seed: 1) { Recipe = System.Text.Json.Nodes.JsonNode.Parse(recipe.ToJson())!.AsObject() };
        File.WriteAllBytes(Path.Combine(folder, "catalogue.tar"), catalogue.Pack());
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private DilocoPlan Plan => new(order.Nodes, order.Rounds, order.Steps, order.Seed);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Plan_Rounds_AreShardsOfEqualWorkThatWaitForEachOther()
    {
        var plan = await PlanAsync(order);
        plan.Shards.Select(shard => shard.Round).ShouldBe([0, 0, 1, 1, 2, 2]);
        plan.Shards.Select(shard => shard.First).ShouldBe(Enumerable.Range(0, 6));
        plan.Pieces.ShouldBe(2);
        plan.Rounds.ShouldBe(new RoundTerms(3, 2, order.RoundTime));
        var training = ReferenceNode.TrainCu(Steps * DilocoPlan.BatchSize, model.Macs);
        plan.Shards.ShouldAllBe(shard => shard.Work.Units > (decimal)training && shard.Work == plan.Shards[0].Work);
    }

    [Theory]
    [InlineData(0, 1, 1, "nodes is 0")]
    [InlineData(1, 1001, 1, "rounds is 1001")]
    [InlineData(1, 1, 10_001, "steps is 10001")]
    public async Task Plan_OutOfRange_IsRefused(int nodes, int rounds, int steps, string because)
    {
        var refused = await Should.ThrowAsync<NeuroException>(() => PlanAsync(order with { Nodes = nodes, Rounds = rounds, Steps = steps }));
        (refused.Code, refused.Message).ShouldSatisfyAllConditions(it => it.Code.ShouldBe("diloco.out_of_range"), it => it.Message.ShouldStartWith(because));
    }

    [Fact]
    public async Task Plan_BothOrNeitherOfDatasetAndRecipe_IsRefused()
    {
        (await Should.ThrowAsync<NeuroException>(() => PlanAsync(order with { Recipe = null }))).Code.ShouldBe("diloco.no_data");
        (await Should.ThrowAsync<NeuroException>(() => PlanAsync(order with { Dataset = Guid.NewGuid() }))).Code.ShouldBe("diloco.no_data");
    }

    [Fact]
    public async Task Plan_ModelOfOtherClasses_IsRefused() => (await Should.ThrowAsync<NeuroException>(
        () => PlanAsync(new DilocoSpec(Zoo.SmallCnn(3, 32).ToJson(), 2, 3, Steps, 1) { Recipe = order.Recipe }))).Code.ShouldBe("train.class_count");

    [Fact]
    public async Task Verify_WhatANodeMakes_IsRightAndAnothersPartIsNot()
    {
        var path = Delivered("delta", round: 0, part: 1);
        var right = await VerifyAsync(path, shard: 1);
        (right.Valid, right.Redone).ShouldBe((true, 1), right.How);
        right.How.ShouldContain("4 of 4 steps taken again");
        (await VerifyAsync(path, shard: 0)).ShouldSatisfyAllConditions(wrong => wrong.Valid.ShouldBeFalse(), wrong => wrong.How.ShouldContain("it is of round 0, part 1"), wrong => wrong.Contradicted.ShouldBeFalse());

        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1]);
        (await VerifyAsync(path, shard: 1)).ShouldSatisfyAllConditions(wrong => wrong.Valid.ShouldBeFalse(), wrong => wrong.How.ShouldContain("bytes were delivered"));
    }

    [Fact]
    public async Task Verify_ADeltaThatWasNotTrained_IsCaught()
    {
        // What it tells of its losses is made up, as its change may be.
        var path = Delivered("delta", round: 0, part: 1);
        var bytes = File.ReadAllBytes(path);
        for (var i = 1; i <= Steps; i++)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - (4 * i)), 0.1f);
        }

        File.WriteAllBytes(path, bytes);
        (await VerifyAsync(path, shard: 1)).ShouldSatisfyAllConditions(wrong => wrong.Valid.ShouldBeFalse(), wrong => wrong.Contradicted.ShouldBeTrue());
    }

    [Fact]
    public async Task Compare_TheSameWork_IsTheSameAndAnothersIsNot()
    {
        var (one, again, other) = (Delivered("one", 0, 1), Delivered("again", 0, 1), Delivered("other", 0, 0));
        (await new DilocoWorkload().CompareAsync(Request(one, 1), [Ref(again)], Cancel)).Same.ShouldBeTrue();
        File.WriteAllBytes(other, [.. File.ReadAllBytes(other).Select((value, i) => i == 12 ? (byte)1 : value)]);
        var differs = await new DilocoWorkload().CompareAsync(Request(one, 1), [Ref(other)], Cancel);
        (differs.Same, differs.Image).ShouldBe((false, Steps - 1));
    }

    private string Delivered(string name, int round, int part)
    {
        var path = Path.Combine(folder, name);
        using var scenes = InnerSteps.Scenes(catalogue, recipe, 32, Plan, round, part);
        InnerSteps.Run(model, scenes, Plan, round, part, null, cancel: Cancel).Write(path);
        return path;
    }

    private Task<WorkPlan> PlanAsync(DilocoSpec spec) => new DilocoWorkload().PlanAsync(spec, new OneFile(Path.Combine(folder, "catalogue.tar")), Cancel);

    // A seed by which all steps are taken again.
    private Task<ShardVerdict> VerifyAsync(string path, int shard) => new DilocoWorkload().VerifyAsync(Request(path, shard), Cancel);

    private VerifyRequest Request(string path, int shard)
    {
        var input = new ArtifactRef(catalogue.Hash, 1, "catalogue.tar", "application/x-tar");
        return new(order, model.Hash, Guid.NewGuid(), new(shard, shard, Steps, Cu.Of(1), [input]), 1, "node", [Ref(path)], new Dictionary<string, double>(), SampleSeed: 4,
            sha256 => Path.Combine(folder, sha256 == catalogue.Hash ? "catalogue.tar" : sha256));
    }

    // Named by its file: nothing here asks for the bytes' own hash.
    private static ArtifactRef Ref(string path) => new(Path.GetFileName(path), new FileInfo(path).Length, "delta", "application/octet-stream");

    private sealed class OneFile(string path) : IPlanContext
    {
        public string ArtifactPath(string sha256) => path;

        public ArtifactRef Artifact(string sha256) => new(sha256, new FileInfo(path).Length, "catalogue.tar", "application/x-tar");

        public Task<DatasetManifest> DatasetAsync(Guid id, CancellationToken cancel) => throw new InvalidOperationException("No dataset is needed.");
    }
}
