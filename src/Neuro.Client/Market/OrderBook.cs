using Neuro.Client.Tokens;

namespace Neuro.Client.Market;

/// <summary>An order book: one asset, in whole lots, against NTK.</summary>
/// <param name="Asset">What is traded; also the book's name.</param>
/// <param name="Tick">Prices of a lot are whole multiples of this.</param>
/// <param name="FeeBasisPoints">What the seller leaves to the platform, of every trade.</param>
/// <param name="BestBid">The highest price that somebody bids; null when nobody does.</param>
/// <param name="BestAsk">The lowest price that somebody asks; null when nobody does.</param>
[TypeFormatterSource("BookFormatters")]
public sealed record Book(string Asset, string Title, Ntk Tick, int FeeBasisPoints, Ntk? BestBid, Ntk? BestAsk)
{
    /// <summary>What the platform's price list says of a lot; null where it says nothing.</summary>
    public Ntk? SuggestedPrice { get; init; }
}

/// <summary>An order book to open. Its tick and fee stay.</summary>
/// <param name="Title">1 to 100 characters.</param>
/// <param name="FeeBasisPoints">0 to 5000; the platform's rate for trading if left out.</param>
public sealed record BookTerms(string Title, Ntk Tick, int? FeeBasisPoints = null);

/// <summary>Lots to be made for an account.</summary>
/// <param name="Id">Made by the caller: sent twice, they are made once.</param>
/// <param name="Reference">What for, 1 to 150 characters.</param>
public sealed record LotIssue(Guid Id, Guid Account, long Lots, string Reference);

/// <summary>Lots that were made for an account or taken back from it.</summary>
/// <param name="Lots">Less than 0 when they were taken back.</param>
public sealed record LotMovement(Guid Id, string Asset, Guid Account, long Lots, string Reference, DateTimeOffset At);

/// <summary>Licences that a dataset's owner makes to sell them in its order book.</summary>
/// <param name="Id">Made by the caller: sent twice, they are made once.</param>
public sealed record LicenceIssue(Guid Id, long Lots);

/// <summary>Uses up one licence of a dataset.</summary>
/// <param name="Id">Made by the caller: sent twice, one licence is used up.</param>
public sealed record LicenceRedemption(Guid Id);

/// <summary>A bid or an ask to place.</summary>
/// <param name="Id">Made by the caller: sent twice, it is placed once.</param>
/// <param name="Side"><c>bid</c> buys, <c>ask</c> sells.</param>
/// <param name="Kind"><c>limit</c> rests until it is filled or cancelled, <c>market</c> takes what is there, <c>ioc</c> takes what is there within its price, <c>post-only</c> rests and is cancelled where it would take anything.</param>
/// <param name="Price">Of a lot, the worst one that is taken; null for a market order.</param>
/// <param name="Quantity">Lots, at least 1.</param>
/// <param name="MostSpent">Of a market bid: what is held for it, and the most it spends.</param>
public sealed record BookOrderRequest(Guid Id, string Side, string Kind, Ntk? Price, long Quantity, Ntk? MostSpent = null);

/// <summary>A bid or an ask as it stands.</summary>
/// <param name="Filled">Lots that were traded.</param>
/// <param name="State"><c>open</c>, <c>filled</c> or <c>cancelled</c>; a cancelled one may be filled in part.</param>
[TypeFormatterSource("BookFormatters")]
public sealed record BookOrder(Guid Id, string Asset, string Side, string Kind, Ntk? Price, long Quantity, long Filled, string State, DateTimeOffset At);

/// <summary>A trade.</summary>
/// <param name="Side">Of the order that came in: <c>bid</c> when a buyer took what was asked.</param>
[TypeFormatterSource("BookFormatters")]
public sealed record Trade(long Sequence, string Asset, Ntk Price, long Quantity, string Side, DateTimeOffset At);

/// <summary>What is open at one price.</summary>
public sealed record DepthLevel(Ntk Price, long Quantity, int Orders);

/// <summary>The best prices of both sides, best first.</summary>
[TypeFormatterSource("BookFormatters")]
public sealed record Depth(string Asset, IReadOnlyList<DepthLevel> Bids, IReadOnlyList<DepthLevel> Asks);

/// <summary>The trades of one interval.</summary>
/// <param name="From">When it began.</param>
/// <param name="Volume">Lots.</param>
[TypeFormatterSource("BookFormatters")]
public sealed record Candle(DateTimeOffset From, Ntk Open, Ntk High, Ntk Low, Ntk Close, long Volume, int Trades);

/// <summary>What an account has of an asset other than NTK, in lots.</summary>
[TypeFormatterSource("BookFormatters")]
public sealed record Holding(string Asset, long Available, long Held);
