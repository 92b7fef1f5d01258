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
    private const string OpenWord = "open";
    private const string DeliveredWord = "delivered";
    private const string RoundWord = "round";
    private const string EndedMark = "!";
    private readonly ConcurrentDictionary<Guid, Signal> jobs = new();
    private readonly Signal open = new();
    private readonly Signal delivered = new();
    private readonly Signal round = new();

    /// <summary>Called when a job has ended, here or at another replica.</summary>
    public event Action<Guid>? Ended;

    /// <summary>Gets a word of everything that happened here, for other replicas to <see cref="Hear"/>.</summary>
    public Action<string>? Told { get; set; }

    /// <summary>Ends when a shard can be claimed.</summary>
    public Task Open => open.Next;

    /// <summary>Ends when a shard waits to be checked.</summary>
    public Task Delivered => delivered.Next;

    /// <summary>Ends when a round may have come to its end.</summary>
    public Task Round => round.Next;

    /// <summary>Ends when something has happened to a job.</summary>
    public Task Job(Guid id) => jobs.GetOrAdd(id, _ => new Signal()).Next;

    public void PulseOpen() => Tell(OpenWord);

    public void PulseDelivered() => Tell(DeliveredWord);

    public void PulseRound() => Tell(RoundWord);

    public void PulseJob(Guid id, bool ended) => Tell(id.ToString("N") + (ended ? EndedMark : ""));

    /// <summary>Something happened in another replica.</summary>
    public void Hear(string word)
    {
        switch (word)
        {
            case OpenWord:
                open.Pulse();
                break;
            case DeliveredWord:
                delivered.Pulse();
                break;
            case RoundWord:
                round.Pulse();
                break;
            case { Length: >= 32 } when Guid.TryParseExact(word[..32], "N", out var job):
                var ended = word.EndsWith(EndedMark, StringComparison.Ordinal);
                if (ended)
                {
                    Ended?.Invoke(job);
                }

                if (ended ? jobs.TryRemove(job, out var signal) : jobs.TryGetValue(job, out signal))
                {
                    signal.Pulse();
                }

                break;
        }
    }

    /// <summary>Wakes everybody: something may have been missed.</summary>
    public void WakeAll()
    {
        open.Pulse();
        delivered.Pulse();
        round.Pulse();
        foreach (var signal in jobs.Values)
        {
            signal.Pulse();
        }
    }

    private void Tell(string word)
    {
        Hear(word);
        Told?.Invoke(word);
    }
}
