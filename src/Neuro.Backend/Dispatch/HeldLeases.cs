using System.Collections.Concurrent;
using System.Collections.Immutable;
using Neuro.Backend.Jobs;

namespace Neuro.Backend.Dispatch;

/// <summary>The leases that this replica has given or heard of, so that most heart-beats need no database: a lease is written down longer only when half of it is over.</summary>
/// <remarks>Only a memory of what was written. A lease that another replica ended meanwhile is found out with the next beat that is written; what counts, a delivery, always asks the database.</remarks>
internal sealed class HeldLeases
{
    /// <summary>Every twentieth of a shard is enough to draw a bar, and keeps the table of events small.</summary>
    public const double Steps = 20;

    // And of a job on many nodes nobody wants to see more.
    private static readonly TimeSpan BetweenProgress = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Guid, ImmutableArray<Held>> leases = new();
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> progress = new();

    public HeldLeases(Signals signals) => signals.Ended += Forget;

    private sealed record Held(int Attempt, string Node, Guid Job, DateTimeOffset Expires, double Fraction);

    /// <summary>How many shards it knows leases of.</summary>
    public int Count => leases.Count;

    /// <summary>Until when a lease runs by what was written, if this beat says nothing that is to be written.</summary>
    /// <param name="tells">Whether how far the shard is shall be told to its customer.</param>
    public DateTimeOffset? Covers(Guid shard, int attempt, string node, double fraction, DateTimeOffset now, TimeSpan leaseTime, out bool tells)
    {
        tells = true;
        foreach (var held in leases.GetValueOrDefault(shard, []))
        {
            if (held.Attempt == attempt && held.Node == node)
            {
                tells = Math.Floor(fraction * Steps) > Math.Floor(held.Fraction * Steps) && MayTell(held.Job, now);
                return !tells && held.Expires - now > leaseTime / 2 ? held.Expires : null;
            }
        }

        return null;
    }

    /// <summary>Takes note of what was written about a lease.</summary>
    public void Note(Guid shard, int attempt, string node, Guid job, DateTimeOffset expires, double fraction)
    {
        var held = new Held(attempt, node, job, expires, fraction);
        leases.AddOrUpdate(shard, _ => [held], (_, others) => [.. others.Where(other => other.Attempt != attempt).TakeLast(1), held]);
    }

    /// <summary>Forgets the leases of a shard: it was delivered or opened again.</summary>
    public void ForgetShard(Guid shard) => leases.TryRemove(shard, out _);

    /// <summary>Forgets what has run out.</summary>
    public void Sweep(DateTimeOffset now)
    {
        foreach (var (shard, held) in leases)
        {
            if (held.All(lease => lease.Expires <= now))
            {
                leases.TryRemove(new(shard, held));
            }
        }
    }

    // One of those who ask in a second.
    private bool MayTell(Guid job, DateTimeOffset now) => progress.TryGetValue(job, out var last)
        ? now - last >= BetweenProgress && progress.TryUpdate(job, now, last)
        : progress.TryAdd(job, now);

    private void Forget(Guid job)
    {
        progress.TryRemove(job, out _);
        foreach (var (shard, held) in leases)
        {
            if (held[0].Job == job)
            {
                leases.TryRemove(shard, out _);
            }
        }
    }
}
