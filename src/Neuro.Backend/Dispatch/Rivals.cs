using Neuro.Backend.Storage;

namespace Neuro.Backend.Dispatch;

/// <summary>Second leases of shards.</summary>
internal static class Rivals
{
    /// <summary>Makes the second lease of a shard the one that counts.</summary>
    public static void Promote(ShardRow shard, RivalRow rival)
    {
        (shard.State, shard.Attempt, shard.NodeId) = ((int)Jobs.ShardState.Leased, rival.Attempt, rival.NodeId);
        (shard.LeasedAt, shard.LeaseExpires, shard.Fraction) = (rival.LeasedAt, rival.LeaseExpires, rival.Fraction);
        (shard.PayNano, shard.FeeNano) = (rival.PayNano, rival.FeeNano);
    }
}
