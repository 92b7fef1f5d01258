namespace Neuro.Backend.Simulation;

/// <summary>Which run to play.</summary>
/// <param name="Seed">Another seed, another run; the same seed, the same run.</param>
/// <param name="Steps">How long; a shorter run is the beginning of a longer one.</param>
public sealed record SimulationOptions(ulong Seed, int Steps);
