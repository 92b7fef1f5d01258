using Neuro.Client.Tokens;

namespace Neuro.Cli.Fleets;

/// <summary>A moment of a fleet at work, to be drawn.</summary>
/// <param name="Fraction">How much of the job is done, 0 … 1.</param>
/// <param name="Remaining">Null before there is a pace, and after the end.</param>
/// <param name="Events">When since the order, and what; the oldest first.</param>
internal sealed record FleetPicture(
    IReadOnlyList<FleetRow> Nodes, string Title, double Fraction, int Verified, int Shards, TimeSpan? Remaining, Ntk Held, Ntk Paid, IReadOnlyList<(TimeSpan At, string Text)> Events);

/// <summary>A node at that moment.</summary>
/// <param name="State">works, waits, mines, not chosen, killed.</param>
/// <param name="Shard">The one in hand, from 0.</param>
/// <param name="Fraction">How much of it is done, as far as the platform knows.</param>
internal sealed record FleetRow(string Name, string State, Ntk Floor, double CuPerSecond, int? Shard, double Fraction, Ntk Earned);
