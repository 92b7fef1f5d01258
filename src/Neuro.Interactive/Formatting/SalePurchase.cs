using Neuro.Client.Tokens;

namespace Neuro.Interactive.Formatting;

/// <summary>NTK that a wallet bought for ether.</summary>
/// <param name="Eth">What it cost, without gas.</param>
/// <param name="ClaimFrom">From when the wallet can fetch them from the sale, if its floor was reached.</param>
[TypeFormatterSource(typeof(SalePurchaseFormatters))]
public sealed record SalePurchase(Ntk Amount, decimal Eth, string Transaction, DateTimeOffset ClaimFrom);

/// <summary>A proof that a balance is in what the platform says on the chain that it owes, and whether it holds.</summary>
/// <param name="Statement">What the platform says.</param>
/// <param name="RootOnChain">The root that the wallet's own node reads from the vault; null where that was not asked.</param>
/// <param name="Reason">Why it holds or does not.</param>
[TypeFormatterSource(typeof(CheckedLiabilityFormatters))]
public sealed record CheckedLiability(Client.Chain.Liabilities Statement, string? RootOnChain, bool Holds, string Reason, string? File);
