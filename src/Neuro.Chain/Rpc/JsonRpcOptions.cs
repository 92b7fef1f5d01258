namespace Neuro.Chain.Rpc;

/// <summary>Where the chain is asked, and how patiently.</summary>
public sealed record JsonRpcOptions
{
    /// <summary>Nodes of one chain; the next one is asked when one fails.</summary>
    public required IReadOnlyList<Uri> Endpoints { get; init; }

    /// <summary>The chain that they must be of; null: that of the first that answers.</summary>
    public long? ChainId { get; init; }

    /// <summary>How long one answer may take.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often all endpoints are tried.</summary>
    /// <value>3.</value>
    public int Rounds { get; init; } = 3;

    /// <summary>The wait after the first round; each one doubles it.</summary>
    /// <value>200 milliseconds.</value>
    public TimeSpan BackOff { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Bytes of an answer; a longer one is not read to its end.</summary>
    /// <value>64 MiB: logs of about 80,000 transfers.</value>
    public int LongestAnswer { get; init; } = 64 << 20;

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
