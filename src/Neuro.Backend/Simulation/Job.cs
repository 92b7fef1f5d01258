using Neuro.Client.Tokens;

namespace Neuro.Backend.Simulation;

/// <summary>A customer's order of work, as the one record of what was verified.</summary>
internal sealed class Job
{
    public required Guid Customer { get; init; }

    /// <summary>The transfer that sets its price aside.</summary>
    public required Guid Hold { get; init; }

    public required DateTimeOffset Deadline { get; init; }

    public required IReadOnlyList<Shard> Shards { get; init; }

    /// <summary>Voided, or expired.</summary>
    public bool Closed { get; set; }
}

/// <summary>A part of a job: some number to be found, and what is paid for it.</summary>
internal sealed class Shard
{
    public required Guid Id { get; init; }

    public required Ntk Pay { get; init; }

    public required Ntk Fee { get; init; }

    /// <summary>The node whose answer was right; null until one is.</summary>
    public Guid? Verified { get; set; }

    /// <summary>The right answer, which anyone can work out.</summary>
    public Guid Answer => DerivedId.Of("simulate/answer", Id);

    public Guid PayId => DerivedId.Of("pay", Id);

    public Guid FeeId => DerivedId.Of("fee", Id);
}
