using Neuro.Client.Tokens;

namespace Neuro.Client.Market;

/// <summary>What an account has: free to use, and set aside in holds.</summary>
[TypeFormatterSource("LedgerFormatters")]
public sealed record Balance(string Account, Ntk Available, Ntk Held)
{
    /// <summary>Available and held together.</summary>
    public Ntk Total => Available + Held;
}

/// <summary>One line of an account's ledger: a transfer seen from that account.</summary>
/// <param name="Kind">transfer, hold, post, void or expire.</param>
/// <param name="Amount">What it moved: negative when it left this account. A hold moves nothing yet.</param>
/// <param name="Counterparty">The account on the other side.</param>
/// <param name="Reference">What it was for, in words.</param>
[TypeFormatterSource("LedgerFormatters")]
public sealed record LedgerLine(long Sequence, Guid TransferId, DateTimeOffset At, string Kind, Ntk Amount, string Counterparty, string Reference);

/// <summary>The sums of all accounts, by kind: whatever happens, they add up to zero, since the supply was issued against <c>issuance</c>.</summary>
/// <param name="Sums">Total balance by kind of account: issuance, treasury, customer, node, fees; with a chain also chain, dust, unclaimed.</param>
/// <param name="Sum">Their sum, which is zero when the books are right.</param>
/// <param name="Transfers">How many transfers the proof read.</param>
/// <param name="Faults">What is wrong, a sentence each; empty when the books are right.</param>
/// <param name="Head">The end of the chain over all transfers, <c>sequence:sha256</c>: who notes it can tell later that nothing before it was changed.</param>
[TypeFormatterSource("LedgerFormatters")]
public sealed record LedgerProof(IReadOnlyDictionary<string, Ntk> Sums, Ntk Sum, long Transfers, IReadOnlyList<string> Faults, string Head);
