using Neuro.Client.Tokens;

namespace Neuro.Client.Market;

/// <summary>Asks for NTK from the platform's treasury at the set price.</summary>
/// <param name="Id">Made by the buyer: the same id with the same amount buys once, however often it is sent.</param>
public sealed record PurchaseRequest(Guid Id, Ntk Amount);

/// <summary>NTK bought from the treasury.</summary>
/// <param name="UnitPrice">The set price of one NTK in <paramref name="Currency"/>.</param>
/// <param name="Cost">What the amount costs in <paramref name="Currency"/>, rounded up to a hundredth. The embedded platform records it and collects nothing.</param>
[TypeFormatterSource("LedgerFormatters")]
public sealed record Purchase(Guid Id, Ntk Amount, decimal UnitPrice, decimal Cost, string Currency, DateTimeOffset At);
