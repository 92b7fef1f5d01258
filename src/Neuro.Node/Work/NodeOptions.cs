using Neuro.Client.Tokens;

namespace Neuro.Node.Work;

/// <summary>How a node runs.</summary>
public sealed record NodeOptions
{
    /// <summary>The platform it works for.</summary>
    public required Uri Platform { get; init; }

    /// <summary>Where it keeps its key, its cache and its scratch files. One node a folder.</summary>
    public required string Folder { get; init; }

    /// <summary>API key of the account that earns; needed the first time a node joins.</summary>
    public string? OwnerKey { get; init; }

    /// <summary>What people call it.</summary>
    public string Name { get; init; } = Environment.MachineName;

    /// <summary>The least it takes per CU, before the platform's fee; what a CU costs it, where the floor is tuned.</summary>
    public Ntk Floor { get; init; } = Ntk.Parse("1");

    /// <summary>Whether it learns, from <see cref="Floor"/> upwards, which floor earns most.</summary>
    public bool IsTuned { get; init; }

    /// <summary>The least it takes once for a job, however much of it it does.</summary>
    public Ntk StartCost { get; init; }

    /// <summary>How long it takes before its first shard of a job begins.</summary>
    public TimeSpan StartTime { get; init; }
}
