using System.Collections.Concurrent;

namespace Neuro.Backend.Jobs;

/// <summary>Wakes whoever waits. Take <see cref="Next"/> first, then look, then wait: nothing that happens in between is missed.</summary>
internal sealed class Signal
{
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends at the next pulse.</summary>
    public Task Next => Volatile.Read(ref next).Task;

    public void Pulse() => Interlocked.Exchange(ref next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}

/// <summary>What happens inside the platform, for those who wait for it. Only a hint: the truth is in the database.</summary>
internal sealed class Signals
{
    private readonly ConcurrentDictionary<Guid, Signal> jobs = new();

    /// <summary>A shard can be claimed.</summary>
    public Signal Open { get; } = new();

    /// <summary>A shard waits to be checked.</summary>
    public Signal Delivered { get; } = new();

    /// <summary>Something happened to a job.</summary>
    public Signal Job(Guid id) => jobs.GetOrAdd(id, _ => new Signal());

    public void PulseJob(Guid id, bool ended)
    {
        if (ended ? jobs.TryRemove(id, out var signal) : jobs.TryGetValue(id, out signal))
        {
            signal.Pulse();
        }
    }
}
