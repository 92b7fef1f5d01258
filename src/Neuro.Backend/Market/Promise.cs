using Neuro.Client.Tokens;

namespace Neuro.Backend.Market;

/// <summary>What a quote promises a node that the auction chose.</summary>
/// <param name="PerCu">Per verified CU.</param>
/// <param name="Start">Besides, with its first accepted shard: what the price leaves open of its start-up cost.</param>
/// <param name="Reliability">By which its floor was divided.</param>
internal sealed record Promise(string NodeId, Ntk PerCu, Ntk Start, double Reliability);
