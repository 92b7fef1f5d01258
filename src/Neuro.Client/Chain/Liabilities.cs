using Neuro.Client.Tokens;

namespace Neuro.Client.Chain;

/// <summary>What the platform says on the chain that it owes: the root of a tree over all balances, and their sum.</summary>
/// <param name="Epoch">Rises with each.</param>
/// <param name="Root">32 bytes of hex.</param>
/// <param name="Transaction">The one that published it; null before it is sent.</param>
/// <param name="At">When the balances were read.</param>
/// <param name="Accounts">How many balances there are in it.</param>
[TypeFormatterSource("ChainFormatters")]
public sealed record Liabilities(long Epoch, string Root, Ntk Sum, string? Transaction, DateTimeOffset At, long Accounts);
