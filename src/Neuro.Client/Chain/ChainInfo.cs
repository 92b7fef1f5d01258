using Neuro.Client.Tokens;

namespace Neuro.Client.Chain;

/// <summary>How the platform stands with the chain.</summary>
/// <param name="Token">Address of the contract NTK.</param>
/// <param name="Vault">Address of the vault, which takes deposits and pays withdrawals.</param>
/// <param name="Sale">Address of the sale; null where there is none.</param>
/// <param name="Latest">Number of the newest block, as <paramref name="Safe"/> and <paramref name="Finalized"/> are those of the tags of the same names.</param>
/// <param name="SeenAt">When the chain was last heard of; null before the first time.</param>
/// <param name="InVault">Tokens in the vault, whole nano.</param>
/// <param name="Owed">What the ledger owes to all its accounts: the supply, less what was burnt and what is outside.</param>
/// <param name="Problem">What is wrong, in a sentence; null when nothing is.</param>
[TypeFormatterSource("ChainFormatters")]
public sealed record ChainInfo(
    long ChainId, string Token, string Vault, string? Sale, long Latest, long Safe, long Finalized, DateTimeOffset? SeenAt, Ntk InVault, Ntk Owed, string? Problem);
