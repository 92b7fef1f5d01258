using Neuro.Client.Jobs;

namespace Neuro.Cli.Receipts;

/// <summary>A receipt and what came of checking it.</summary>
/// <param name="NodeSigned">Whether the node signed that it delivered these outputs.</param>
/// <param name="PlatformSigned">Whether the trusted key signed all of the receipt.</param>
internal sealed record CheckedReceipt(Receipt Receipt, bool NodeSigned, bool PlatformSigned)
{
    /// <summary>The file that is what was delivered; null when none was asked for or found.</summary>
    public string? File { get; set; }

    /// <summary>What came of making images again; null when that was not asked for, or not possible.</summary>
    public (bool Holds, string Said)? Again { get; set; }

    /// <summary>What is wrong, a sentence each.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>What it is called to people, who count from 1.</summary>
    public string Name => $"Shard {Receipt.Shard + 1L} of job {Receipt.JobId.ToString()[..8]}";
}
