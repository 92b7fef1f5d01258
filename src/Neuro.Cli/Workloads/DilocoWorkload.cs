using Neuro.Backend.Jobs;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Kernels;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Exchange;
using Neuro.Learning.LocalSgd;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;
using Neuro.Node.Benchmark;
using ShardVerdict = Neuro.Backend.Jobs.ShardVerdict;

namespace Neuro.Cli.Workloads;

/// <summary>Training across nodes as the platform sells it: in each round a shard a part; a delivered delta is checked by taking some of its steps again from the round's weights.</summary>
/// <remarks>Taking steps again loads libtorch into this process, when the first delta is checked.</remarks>
internal sealed class DilocoWorkload : IRoundWorkload
{
    private const int MostNodes = 1000;
    private const int MostRounds = 1000;
    private const int MostSteps = 10_000;

    // Of a delta that the platform checks itself its first steps are taken again, one in twenty; one time in four all of them, since only then it is seen what became of the last.
    private const int StepsPerSample = 20;
    private const int WholeOneIn = 4;

    // Steps give the same bits on processors of one make; on another make they round otherwise. The first losses then differ in the seventh digit, but what rounding begins training makes larger: weights drift apart.
    // What stays is which batches are harder than others, and roughly where it goes. docs/train-across-nodes.md has what was measured.
    private const int BeforeDrift = 8;
    private const double FirstTolerance = 1e-3;
    private const double MedianTolerance = 0.05;
    private const double EchoAtLeast = 0.4;
    private const double AlikeAtLeast = 0.3;

    // By so much no rounding ever differs: a first loss that is another's altogether.
    private const double BeyondRounding = 0.5;

    private readonly PartTrainer trainer = new();

    public string Kind => DilocoSpec.KindName;

    public async Task<WorkPlan> PlanAsync(JobSpec spec, IPlanContext context, CancellationToken cancel)
    {
        var order = (DilocoSpec)spec;
        InRange("nodes", order.Nodes, 1, MostNodes);
        InRange("rounds", order.Rounds, 1, MostRounds);
        InRange("steps", order.Steps, 1, MostSteps);
        InRange("quorum", order.Quorum, 0.01, 1);
        InRange("roundTime in seconds", order.RoundTime.TotalSeconds, 1, TimeSpan.FromDays(1).TotalSeconds);
        WorkPlan.CheckShards((long)order.Nodes * order.Rounds);
        var (model, plan) = (TrainWorkload.Trainable(order.Model), DilocoPlan.Of(order));
        var (what, inputs, classes, rendering) = (order.Dataset, order.Recipe) switch
        {
            ({ } dataset, null) => await PlanDatasetAsync(dataset, model, order, context, cancel),
            (null, { } recipe) => Refused.AsNeuro(() => PlanRecipe(recipe.ToJsonString(), order, plan, context)),
            _ => throw new NeuroException("diloco.no_data", "The order names both a dataset and a recipe, or neither. Give one of them."),
        };
        TrainWorkload.CheckClasses(model, classes, what);
        var work = Cu.Of(ReferenceNode.TrainCu((long)order.Steps * DilocoPlan.BatchSize, model.Macs) + rendering);
        var title = $"Train {model.Name} ({model.Parameters / 1e6:0.00} M parameters) on {what} across {order.Nodes} nodes in {order.Rounds} rounds of {order.Steps} steps";
        return new WorkPlan(title, $"{model.Name} on {what}", model.Hash, [.. Enumerable.Range(0, order.Nodes * order.Rounds).Select(i => new ShardPlan(i, i, order.Steps, work, inputs) { Round = i / order.Nodes })])
        {
            Rounds = new(order.Rounds, Math.Clamp((int)Math.Ceiling((order.Quorum * order.Nodes) - 1e-9), 1, order.Nodes), order.RoundTime),
            Features = new Dictionary<string, double>
            {
                ["steps"] = order.Steps,
                ["parameters"] = model.Parameters,
                ["multiplyAdds"] = model.Macs,
                ["rendering"] = rendering,
                [WorkPlan.MemoryBytes] = TrainWorkload.ProcessBytes + (TrainWorkload.BytesAParameter * model.Parameters),
                [WorkPlan.OutputBytes] = (double)WeightDelta.Length(model, order.Steps) * order.Nodes * order.Rounds,
            },
        };
    }

    public Task<ShardVerdict> VerifyAsync(VerifyRequest request, CancellationToken cancel) => Task.Run(() => Verify(request, cancel), cancel);

    public Task<Comparison> CompareAsync(VerifyRequest request, IReadOnlyList<ArtifactRef> again, CancellationToken cancel) => Task.Run(
        () =>
        {
            try
            {
                return Compare(Read(request, request.Outputs), Read(request, again));
            }
            catch (NeuroException unreadable)
            {
                return new Comparison(false, unreadable.Message);
            }
        },
        cancel);

    public Task<RoundResult> StepAsync(RoundRequest request, CancellationToken cancel) => Task.Run(() => Step(request), cancel);

    private static RoundResult Step(RoundRequest request)
    {
        var order = (DilocoSpec)request.Spec;
        var (model, plan) = (ModelSpec.Parse(order.Model.ToJsonString()), DilocoPlan.Of(order));
        var deltas = request.Shards.Zip(request.Outputs).Select(pair => WeightDelta.Read(request.ArtifactPath(pair.Second[0].Sha256), model, plan, request.Round, pair.First.First % plan.Parts)).ToList();
        var (weights, momentum) = (Path.Combine(request.Folder, "weights.safetensors"), Path.Combine(request.Folder, "momentum.safetensors"));
        OuterStep.Apply(model, plan, PathOf(request.Before?.Shared), PathOf(request.Before?.Kept), deltas, weights, momentum);
        if (!request.IsLast)
        {
            return new(weights, momentum);
        }

        var (folder, package) = (Path.Combine(request.Folder, "model"), Path.Combine(request.Folder, "model.tar"));
        var (data, _) = PartTrainer.Split(request.Shards[0].Inputs, request.Round);
        using var scenes = order.Recipe is { } recipe ? OuterStep.HeldBack(Catalogue.Unpack(File.ReadAllBytes(request.ArtifactPath(data[0].Sha256))), Recipe.Parse(recipe.ToJsonString()), model.Input[^1], plan) : null;
        var accuracy = OuterStep.Finish(model, plan, weights, scenes ?? (CropData)CropSet.FromShards(data.Select(input => request.ArtifactPath(input.Sha256)), model.Input[^1], order.Seed), folder);
        File.WriteAllBytes(package, ModelPackage.Pack(folder));
        return new(weights, momentum, package, accuracy is { } measured ? new Dictionary<string, double> { ["validation_accuracy"] = measured } : null);

        string? PathOf(ArtifactRef? artifact) => artifact is null ? null : request.ArtifactPath(artifact.Sha256);
    }

    private ShardVerdict Verify(VerifyRequest request, CancellationToken cancel)
    {
        var order = (DilocoSpec)request.Spec;
        var steps = request.Image is null && request.SampleSeed % WholeOneIn != 0 ? (order.Steps + StepsPerSample - 1) / StepsPerSample : order.Steps;
        WeightDelta delivered;
        try
        {
            delivered = Read(request, request.Outputs);
        }
        catch (NeuroException unreadable)
        {
            return new ShardVerdict(false, unreadable.Message);
        }

        var made = trainer.Run(order, request.Shard.First, [.. request.Shard.Inputs.Select(input => request.ArtifactPath(input.Sha256))], steps, cancel: cancel);
        return Judge(delivered, made, steps == order.Steps) with { Redone = (double)steps / order.Steps };
    }

    /// <summary>What is said of a delta by its first steps, taken again, or by all.</summary>
    internal static ShardVerdict Judge(WeightDelta delivered, WeightDelta made, bool whole)
    {
        var apart = made.Apart(delivered);
        var (first, median) = (apart.Take(BeforeDrift).Max(), apart.Order().ElementAt(apart.Count / 2));
        if (first > FirstTolerance || median > MedianTolerance)
        {
            return Wrong($"The first losses, taken again, differ by up to {first:0.0e+0} of them, and all {apart.Count} by {median:0.0e+0} in the median; rounding may do {FirstTolerance} and {MedianTolerance}.") with { Contradicted = first > BeyondRounding };
        }

        if (!whole)
        {
            return Right($"losses within {first:0.0e+0}, {median:0.0e+0} in the median");
        }

        var (cosine, echo) = (delivered.Cosine(made), delivered.Echo(made));
        return cosine < AlikeAtLeast || echo < EchoAtLeast
            ? Wrong($"All steps taken again change the weights otherwise, or were other steps: a cosine of {cosine:0.00} ({AlikeAtLeast} is the least), ups and downs of losses correlated by {echo:0.00} ({EchoAtLeast}).")
            : Right($"losses within {first:0.0e+0} at first and {median:0.0e+0} in the median, their ups and downs correlated by {echo:0.00}, change of cosine {cosine:0.00}");

        ShardVerdict Wrong(FormattableString how) => new(false, FormattableString.Invariant(how));

        ShardVerdict Right(FormattableString how) => new(true, FormattableString.Invariant($"{made.Losses.Count} of {delivered.Losses.Count} steps taken again from the round's weights: ") + FormattableString.Invariant(how));
    }

    private Comparison Compare(WeightDelta one, WeightDelta other)
    {
        var verdict = Judge(one, other, whole: true);
        return new(verdict.Valid, verdict.Valid ? $"all {one.Losses.Count} steps" : verdict.How, verdict.Valid ? null : one.Losses.Count - 1);
    }

    private static WeightDelta Read(VerifyRequest request, IReadOnlyList<ArtifactRef> outputs)
    {
        var order = (DilocoSpec)request.Spec;
        if (outputs.Count != 1)
        {
            throw new NeuroException("delta.invalid", $"{outputs.Count} files were delivered; expected one delta.");
        }

        var model = ModelSpec.Parse(order.Model.ToJsonString());
        if (outputs[0].Bytes != WeightDelta.Length(model, order.Steps))
        {
            throw new NeuroException("delta.invalid", $"{outputs[0].Bytes} bytes were delivered; a delta of '{model.Name}' over {order.Steps} steps has {WeightDelta.Length(model, order.Steps)}.");
        }

        var (round, part) = Math.DivRem(request.Shard.First, order.Nodes);
        return WeightDelta.Read(request.ArtifactPath(outputs[0].Sha256), model, DilocoPlan.Of(order), round, part);
    }

    private static async Task<(string What, IReadOnlyList<ArtifactRef> Inputs, int Classes, double Rendering)> PlanDatasetAsync(Guid id, ModelSpec model, DilocoSpec order, IPlanContext context, CancellationToken cancel)
    {
        var dataset = await context.DatasetAsync(id, cancel);
        var tars = dataset.Shards.Select(shard => context.ArtifactPath(shard.Sha256)).ToList();
        var (data, crops) = (Refused.AsNeuro(() => Dataset.Open(tars)), Refused.AsNeuro(() => CropSet.CountIn(tars)));
        TrainWorkload.CheckMemory(crops, model.Input[^1]);
        return crops / 2 >= order.Nodes
            ? (dataset.Name, dataset.Shards, data.ClassNames.Count, 0)
            : throw new NeuroException("diloco.too_many_nodes", $"{dataset.Name} has {crops} products to learn from, too few to share among {order.Nodes} nodes. Order fewer nodes.");
    }

    private static (string What, IReadOnlyList<ArtifactRef> Inputs, int Classes, double Rendering) PlanRecipe(string document, DilocoSpec order, DilocoPlan plan, IPlanContext context)
    {
        var recipe = Recipe.Parse(document);
        var input = context.Artifact(recipe.Catalogue);
        RenderWorkload.CheckCatalogue(input);
        var catalogue = Catalogue.Unpack(File.ReadAllBytes(context.ArtifactPath(recipe.Catalogue)));
        var products = RenderWorkload.ProductsAnImage(recipe, catalogue, order.Seed);
        return ($"scenes of {catalogue.Name}", [input], catalogue.Products.Count, ReferenceNode.RenderCu(InnerSteps.SceneCount(plan), recipe, products));
    }

    private static void InRange(string name, double value, double low, double high)
    {
        if (!(value >= low && value <= high))
        {
            throw new NeuroException("diloco.out_of_range", FormattableString.Invariant($"{name} is {value}; expected {low} to {high}."));
        }
    }
}
