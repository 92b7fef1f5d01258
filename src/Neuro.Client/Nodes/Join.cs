using Neuro.Client.Tokens;

namespace Neuro.Client.Nodes;

/// <summary>What a node is, measured and not declared.</summary>
/// <param name="Pool">The hardware class it is auctioned in, such as <c>cpu-avx512</c>.</param>
/// <param name="RenderCuPerSecond">Compute units a second in the render benchmark.</param>
/// <param name="TrainCuPerSecond">Compute units a second in the training benchmark.</param>
public sealed record Capacity(string Pool, string Device, int Cores, long MemoryBytes, double RenderCuPerSecond, double TrainCuPerSecond)
{
    /// <summary>The measured speed for a kind of job, CU per second.</summary>
    public double CuPerSecond(string kind) => kind switch
    {
        "render" => RenderCuPerSecond,
        "train" or "diloco" => TrainCuPerSecond,
        _ => 0,
    };
}

/// <summary>A number to sign, used once and for two minutes.</summary>
public sealed record Challenge(string Nonce);

/// <summary>Joins the platform, or renews the token of a node that joined before.</summary>
/// <param name="PublicKey">The node's ed25519 public key, base64: its identity.</param>
/// <param name="Signature">Over <c>neuro join 1\n{nonce}\n</c> in UTF-8.</param>
/// <param name="Owner">API key of the account that earns; null keeps the one set when the node first joined.</param>
/// <param name="Floor">The least it takes per CU, before the platform's fee.</param>
/// <param name="Benchmark">How <paramref name="Capacity"/> was measured; when given it must be the node's own, of the last week, and of this capacity.</param>
public sealed record JoinRequest(string PublicKey, string Nonce, string Signature, string? Owner, string Name, Ntk Floor, Capacity Capacity, Benchmark? Benchmark = null)
{
    /// <summary>The least it takes once for a job, however much of it it does.</summary>
    public Ntk StartCost { get; init; }

    /// <summary>How long it takes before its first shard of a job begins.</summary>
    public TimeSpan StartTime { get; init; }
}

/// <summary>Another floor, for quotes from now on; what was promised in a quote before stays.</summary>
/// <param name="Floor">The least it takes per CU, before the platform's fee.</param>
public sealed record FloorChange(Ntk Floor);

/// <param name="Token">Goes into the Authorization header as a bearer token until <paramref name="Expires"/>.</param>
public sealed record JoinReply(string NodeId, string Token, DateTimeOffset Expires);

/// <summary>A node as everybody sees it.</summary>
/// <param name="Floor">Null for nodes of others: floors are sealed until an auction opens them. Operators see all.</param>
/// <param name="State">ready, working or away (not heard of for a minute).</param>
/// <param name="Earned">Paid to it so far, before its owner took anything out.</param>
[TypeFormatterSource("JobFormatters")]
public sealed record NodeView(string Id, string Name, Capacity Capacity, Ntk? Floor, string State, int ShardsDone, int ShardsRejected, Ntk Earned, DateTimeOffset LastSeen)
{
    /// <summary>Shards found right one after another since the last that was wrong.</summary>
    public int Streak { get; init; }

    /// <summary>It was caught cheating and gets no work.</summary>
    public bool Barred { get; init; }
}

/// <summary>What a node was paid for what it delivered on a day, by UTC.</summary>
/// <param name="Name">What people call the node.</param>
[TypeFormatterSource("NodeHistoryFormatters")]
public sealed record NodeEarnings(string NodeId, string Name, DateOnly Day, int Shards, Ntk Earned);
