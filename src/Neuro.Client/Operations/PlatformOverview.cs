using Neuro.Client.Tokens;

namespace Neuro.Client.Operations;

/// <summary>How a platform stands, for its operators. What concerns the replica that answered is its own; all else is the same at each, and at most two seconds old.</summary>
/// <param name="Replica">Who answered.</param>
/// <param name="DrainingSince">Since when it takes no claims and orders; null while it does.</param>
/// <param name="Requests">Requests that change something and that it is in the middle of.</param>
/// <param name="MayStop">Whether it drains and has nothing in hand any more: it has no requests, and if no other replica can go on with them, no shard is leased or waits for its check.</param>
/// <param name="ShardsOpen">Shards that wait for a node.</param>
/// <param name="ShardsLeased">Shards that nodes work on.</param>
/// <param name="ShardsDelivered">Shards delivered and not yet checked and paid.</param>
/// <param name="OldestLease">How long the oldest lease has lasted.</param>
/// <param name="VerifyOverhead">CU that checks did again over CU verified.</param>
/// <param name="ClearingPrices">What the newest running job of a kind pays per CU.</param>
public sealed record PlatformOverview(
    Guid Replica, DateTimeOffset At, DateTimeOffset? DrainingSince, int Requests, bool MayStop, int JobsRunning, int NodesLive, long ShardsOpen, long ShardsLeased, long ShardsDelivered,
    TimeSpan OldestLease, double VerifyOverhead, IReadOnlyDictionary<string, Ntk> ClearingPrices);

/// <summary>A node as operators see it.</summary>
/// <param name="Owner">The account that earns.</param>
/// <param name="State">ready, working or away (not heard of for a minute).</param>
/// <param name="ShardsLost">Leases that ran out.</param>
public sealed record FleetNode(
    string Id, string Name, Guid Owner, string OwnerName, string State, double RenderCuPerSecond, double TrainCuPerSecond, int ShardsDone, int ShardsRejected, int ShardsLost, DateTimeOffset LastSeen);

/// <summary>A running job as operators see it.</summary>
/// <param name="Delivered">Shards delivered and not yet checked and paid.</param>
/// <param name="OldestLease">Since when the oldest lease of a shard has lasted; null when none is leased.</param>
/// <param name="Spent">What was paid for verified shards.</param>
/// <param name="Cap">What is held for it.</param>
public sealed record RunningJob(
    Guid Id, Guid Account, string Kind, string Title, DateTimeOffset CreatedAt, int Shards, int Verified, int Open, int Leased, int Delivered, DateTimeOffset? OldestLease, Ntk Spent, Ntk Cap);
