using Neuro.Client.Tokens;

namespace Neuro.Client.Chain;

/// <summary>Asks for NTK to be paid out to a wallet.</summary>
/// <param name="Id">Made by the caller: the same id with the same content withdraws once, however often it is sent.</param>
/// <param name="To">The wallet, <c>0x</c> and 40 hex digits.</param>
public sealed record WithdrawalRequest(Guid Id, string To, Ntk Amount);

/// <summary>NTK on their way to a wallet.</summary>
/// <param name="Status">
/// <c>held</c>: set aside, and can be cancelled; <c>batched</c>: in a batch with others; <c>sent</c>: its transaction is under way; <c>queued</c>: large, and paid
/// after <paramref name="ReleaseAt"/>;
/// <c>paid</c>: final; <c>returned</c>: yours again.
/// </param>
/// <param name="Transaction">The transaction that pays or queues it, as far as there is one.</param>
/// <param name="ReleaseAt">When the vault lets go of a queued one.</param>
/// <param name="Reason">Why it waits or was returned; null when there is nothing to say.</param>
[TypeFormatterSource("ChainFormatters")]
public sealed record Withdrawal(Guid Id, string To, Ntk Amount, string Status, string? Transaction, DateTimeOffset? ReleaseAt, DateTimeOffset At, string? Reason);
