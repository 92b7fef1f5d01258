using Neuro.Backend.Ledger;

namespace Neuro.Backend.Simulation;

/// <summary>How tests tamper with a run; nothing, in all others.</summary>
internal sealed record Sabotage
{
    /// <summary>What is sent to the ledger instead of a linked group.</summary>
    public Func<IReadOnlyList<TransferRequest>, IReadOnlyList<TransferRequest>> Alter { get; init; } = linked => linked;

    /// <summary>Called after each step and before its laws are checked.</summary>
    public Func<World, int, Task> AfterStep { get; init; } = (_, _) => Task.CompletedTask;
}
