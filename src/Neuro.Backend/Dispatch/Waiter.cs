using Neuro.Client.Nodes;

namespace Neuro.Backend.Dispatch;

/// <summary>A node that waits for a shard.</summary>
internal sealed class Waiter(string node)
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Gone = 2;
    private readonly TaskCompletionSource<Lease?> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource looked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int state;

    public string Node => node;

    /// <summary>The lease; null when there was none after all.</summary>
    public Task<Lease?> Answer => answer.Task;

    /// <summary>Ends when it was looked for a shard for it for the first time.</summary>
    public Task Looked => looked.Task;

    public bool IsWaiting => Volatile.Read(ref state) == Waiting;

    /// <summary>From now on it gets an answer, and cannot go any more. False when it has gone.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref state, Taken, Waiting) == Waiting;

    /// <summary>Waits no longer. False when a shard is being given to it just now.</summary>
    public bool TryGo() => Interlocked.CompareExchange(ref state, Gone, Waiting) == Waiting;

    public void WasLookedAt() => looked.TrySetResult();

    public void Give(Lease? lease) => answer.TrySetResult(lease);
}
