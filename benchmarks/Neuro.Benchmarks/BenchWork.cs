using Neuro.Backend.Jobs;
using Neuro.Client.Jobs;
using Neuro.Client.Market;

namespace Neuro.Benchmarks;

/// <summary>Work of one CU a shard that is never really done: what is left is what dispatch itself costs.</summary>
internal sealed class BenchWork : IWorkload
{
    public string Kind => RenderSpec.KindName;

    /// <summary>Awaited before each verdict.</summary>
    public TaskCompletionSource Verdicts { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<WorkPlan> PlanAsync(JobSpec spec, IPlanContext context, CancellationToken cancel) => Task.FromResult(
        new WorkPlan("bench", "bench", new string('0', 64), [.. Enumerable.Range(0, ((RenderSpec)spec).Count).Select(i => new ShardPlan(i, i, 1, Cu.Of(1), []))]));

    public async Task<ShardVerdict> VerifyAsync(VerifyRequest request, CancellationToken cancel)
    {
        await Verdicts.Task.WaitAsync(cancel);
        return new(true, "not looked at");
    }
}
