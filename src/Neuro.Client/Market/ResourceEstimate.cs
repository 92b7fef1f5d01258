namespace Neuro.Client.Market;

/// <summary>What a whole job is expected to take on the nodes that a quote chose.</summary>
/// <param name="Work">Compute as nodes will spend it, CU; what is paid is the planned work instead.</param>
/// <param name="Seconds">From the first shard to the last on the chosen nodes, start-up included.</param>
/// <param name="MemoryBytes">The most that a node needs at a time.</param>
/// <param name="BytesIn">What all nodes fetch.</param>
/// <param name="BytesOut">What all nodes deliver.</param>
public sealed record ResourceEstimate(Estimated Work, Estimated Seconds, Estimated MemoryBytes, Estimated BytesIn, Estimated BytesOut);

/// <summary>A number with its error: eight times in ten it lies between <paramref name="Low"/> and <paramref name="High"/>.</summary>
/// <param name="Shards">How many finished shards the error was measured on; 0: the plan's formula, with a guessed error of a factor of two.</param>
/// <param name="Learned">True when a regression over those shards was better than the formula in cross-validation, and so made the value.</param>
public sealed record Estimated(double Value, double Low, double High, int Shards, bool Learned);
