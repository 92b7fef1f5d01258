using System.Collections.Concurrent;

namespace Neuro.Backend.Nodes;

/// <summary>The live nodes of a kind of work, taken together.</summary>
/// <param name="Nodes">How many there are.</param>
/// <param name="CuPerSecond">How fast all of them are.</param>
/// <param name="CheapestNano">The lowest effective floor, or the highest number when there is no node.</param>
/// <param name="Only">The node when there is just one.</param>
internal sealed record Pool(int Nodes, double CuPerSecond, long CheapestNano, string? Only);

/// <summary>Pools, counted again at most once a second and whenever a node joins, comes back or asks for another floor: counting takes milliseconds with a hundred thousand nodes.</summary>
internal sealed class Pools(NodeRegistry nodes, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, (Pool Pool, long At, int Changes)> pools = new(StringComparer.Ordinal);

    public Pool Of(string kind)
    {
        var changes = nodes.Changes;
        if (pools.TryGetValue(kind, out var kept) && kept.Changes == changes && time.GetElapsedTime(kept.At) < Fresh)
        {
            return kept.Pool;
        }

        var live = nodes.Live(kind);
        var pool = new Pool(
            live.Count, live.Sum(node => node.Capacity.CuPerSecond(kind)), live.Count == 0 ? long.MaxValue : live.Min(node => node.EffectiveFloor.Nano), live.Count == 1 ? live[0].Id : null);
        pools[kind] = (pool, time.GetTimestamp(), changes);
        return pool;
    }
}
