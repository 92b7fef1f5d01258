using System.Text;
using Neuro.Backend.Jobs;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Nodes;

namespace Neuro.Backend.Tests.Jobs;

/// <summary>The smallest work in rounds: a shard delivers its number, and a step's result is the list of all numbers that went into it and the steps before.</summary>
internal sealed class RoundWork : IRoundWorkload
{
    public string Kind => DilocoSpec.KindName;

    public int Steps { get; private set; }

    /// <summary>When set, a step breaks.</summary>
    public bool Breaks { get; set; }

    public static byte[] Make(Lease lease) => Encoding.UTF8.GetBytes($"{lease.First}");

    public Task<WorkPlan> PlanAsync(JobSpec spec, IPlanContext context, CancellationToken cancel)
    {
        var order = (DilocoSpec)spec;
        var shards = Enumerable.Range(0, order.Nodes * order.Rounds).Select(i => new ShardPlan(i, i, 1, Cu.Of(1), []) { Round = i / order.Nodes });
        return Task.FromResult(new WorkPlan("rounds", "rounds", new string('a', 64), [.. shards]) { Rounds = new(order.Rounds, (int)Math.Ceiling(order.Quorum * order.Nodes), order.RoundTime) });
    }

    public async Task<ShardVerdict> VerifyAsync(VerifyRequest request, CancellationToken cancel) =>
        await File.ReadAllTextAsync(request.ArtifactPath(request.Outputs[0].Sha256), cancel) == $"{request.Shard.First}" ? new(true, "the number is right") : new(false, "another number than the shard's");

    public Task<Comparison> CompareAsync(VerifyRequest request, IReadOnlyList<ArtifactRef> again, CancellationToken cancel) =>
        Task.FromResult(new Comparison(request.Outputs[0].Sha256 == again[0].Sha256, "the bytes"));

    public async Task<RoundResult> StepAsync(RoundRequest request, CancellationToken cancel)
    {
        if (Breaks)
        {
            throw new InvalidOperationException("The step broke.");
        }

        Steps++;
        var before = request.Before is { } state ? await File.ReadAllTextAsync(request.ArtifactPath(state.Shared.Sha256), cancel) : "";
        var numbers = request.Outputs.Select(outputs => File.ReadAllText(request.ArtifactPath(outputs[0].Sha256)));
        var (shared, kept, product) = (Path.Combine(request.Folder, "shared"), Path.Combine(request.Folder, "kept"), Path.Combine(request.Folder, "product"));
        await File.WriteAllTextAsync(shared, $"{before}{request.Round}:{string.Join(',', numbers)};", cancel);
        await File.WriteAllTextAsync(kept, $"kept {request.Round}", cancel);
        File.Copy(shared, product);
        return new(shared, kept, request.IsLast ? product : null, request.IsLast ? new Dictionary<string, double> { ["validation_accuracy"] = 0.75 } : null);
    }
}
