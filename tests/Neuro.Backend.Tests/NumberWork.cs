using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Neuro.Backend.Jobs;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Market;

namespace Neuro.Backend.Tests;

/// <summary>The smallest honest work: shard (first, count) of a seed is the list of SHA-256(seed, index). Anyone can make it again, so it can be checked like pixels.</summary>
internal sealed class NumberWork : IRepeatableWorkload
{
    /// <summary>What a shard is planned to take, bytes.</summary>
    public const double Memory = 64e6;

    public string Kind => RenderSpec.KindName;

    /// <summary>When set, checking breaks with this message.</summary>
    public string? Breaks { get; set; }

    /// <summary>Awaited before each verdict.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public int Checks { get; private set; }

    /// <param name="grain">The smallest count that a shard may be cut into; 0 for none.</param>
    public static RenderSpec Spec(int count, int perShard = 2, ulong seed = 7, int work = 1, int grain = 0) =>
        new(new JsonObject { ["perShard"] = perShard, ["work"] = work, ["grain"] = grain }, seed, count);

    public static byte[] Make(ulong seed, int first, int count) =>
        Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(first, count).Select(index => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}/{index}"))))));

    public Task<WorkPlan> PlanAsync(JobSpec spec, IPlanContext context, CancellationToken cancel)
    {
        var render = (RenderSpec)spec;
        if (render.Count is < 1 or > 1000)
        {
            throw new NeuroException("recipe.out_of_range", $"$.count is {render.Count}; expected 1 to 1000.");
        }

        ArtifactRef[] inputs = render.Recipe["catalogue"] is { } catalogue ? [context.Artifact(catalogue.GetValue<string>())] : [];
        var (perShard, work) = (render.Recipe["perShard"]!.GetValue<int>(), render.Recipe["work"]?.GetValue<int>() ?? 1);
        var shards = Enumerable.Range(0, (render.Count + perShard - 1) / perShard).Select(k =>
        {
            var count = Math.Min(perShard, render.Count - (k * perShard));
            return new ShardPlan(k, k * perShard, count, Cu.Of((double)count * work), inputs) { Grain = render.Recipe["grain"]?.GetValue<int>() ?? 0 };
        });
        return Task.FromResult(new WorkPlan($"{render.Count} numbers", "numbers", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(render.Recipe.ToJsonString()))), [.. shards])
        {
            Features = new Dictionary<string, double> { ["numbers"] = render.Count, [WorkPlan.MemoryBytes] = Memory, [WorkPlan.OutputBytes] = 65.0 * render.Count },
        });
    }

    public async Task<ShardVerdict> VerifyAsync(VerifyRequest request, CancellationToken cancel)
    {
        Checks++;
        await Gate.WaitAsync(cancel);
        if (Breaks is { } message)
        {
            throw new InvalidOperationException(message);
        }

        var found = await File.ReadAllBytesAsync(request.ArtifactPath(request.Outputs[0].Sha256), cancel);
        var wanted = Make(((RenderSpec)request.Spec).Seed, request.Shard.First, request.Shard.Count);
        var right = found.AsSpan().SequenceEqual(wanted);
        return right
            ? new(true, "all numbers made again and equal") { Redone = 1 }
            : new(false, "a number differs from the one made again") { Redone = 1, Contradicted = found.Length == wanted.Length };
    }

    public async Task<Comparison> CompareAsync(VerifyRequest request, IReadOnlyList<ArtifactRef> again, CancellationToken cancel)
    {
        var (one, other) = (await LinesAsync(request.Outputs[0].Sha256), await LinesAsync(again[0].Sha256));
        var at = Enumerable.Range(0, Math.Min(one.Length, other.Length)).FirstOrDefault(line => one[line] != other[line], -1);
        return at >= 0 ? new(false, $"number {request.Shard.First + at} differs", request.Shard.First + at)
            : one.Length == other.Length ? new(true, "all numbers compared") : new(false, "one has more numbers than the other");

        async Task<string[]> LinesAsync(string sha256) => await File.ReadAllLinesAsync(request.ArtifactPath(sha256), cancel);
    }
}

/// <summary>The other kind: a "model" is one file, and its validation accuracy is what the check measures.</summary>
internal sealed class TrainWork : IWorkload
{
    public string Kind => TrainSpec.KindName;

    public async Task<WorkPlan> PlanAsync(JobSpec spec, IPlanContext context, CancellationToken cancel)
    {
        var train = (TrainSpec)spec;
        var dataset = await context.DatasetAsync(train.Dataset, cancel);
        return new("training", "classifier", new string('a', 64), [new(0, 0, train.Epochs, Cu.Of(10), dataset.Shards)]);
    }

    public Task<ShardVerdict> VerifyAsync(VerifyRequest request, CancellationToken cancel) => Task.FromResult(
        request.Claims.TryGetValue("validation_accuracy", out var claim) && claim == 0.9
            ? new ShardVerdict(true, "evaluated again", new Dictionary<string, double> { ["validation_accuracy"] = 0.875 })
            : new ShardVerdict(false, "no claim to check"));
}
