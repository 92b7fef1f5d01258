using Neuro.Client.Tokens;

namespace Neuro.Client.Chain;

/// <summary>The Ethereum account that belongs to an account of the platform.</summary>
/// <param name="Address">With the checksum of EIP-55; null while none is linked.</param>
/// <param name="Since">When it was linked.</param>
/// <param name="Tokens">NTK that it has, whole nano; null while none is linked, or while the chain cannot be reached.</param>
/// <param name="Eth">Ether that it has.</param>
[TypeFormatterSource("ChainFormatters")]
public sealed record Wallet(string? Address, DateTimeOffset? Since, Ntk? Tokens, decimal? Eth);

/// <summary>Asks for a message to sign.</summary>
/// <param name="Address">The wallet that will sign, <c>0x</c> and 40 hex digits.</param>
public sealed record WalletChallengeRequest(string Address);

/// <summary>A message to sign with the wallet (EIP-4361); it can be used once.</summary>
public sealed record WalletChallenge(string Message, DateTimeOffset Expires);

/// <summary>The message as it was given out, and the wallet's signature of it (<c>personal_sign</c>), hex.</summary>
public sealed record WalletProof(string Message, string Signature);
