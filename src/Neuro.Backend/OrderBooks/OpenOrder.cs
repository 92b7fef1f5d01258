namespace Neuro.Backend.OrderBooks;

/// <summary>Which way an order trades: a bid buys, an ask sells.</summary>
internal enum Side : byte
{
    Bid = 1,
    Ask = 2,
}

/// <summary>What becomes of the part of an order that does not trade at once.</summary>
internal enum OrderKind : byte
{
    /// <summary>Trades within its price; what is left rests in the book.</summary>
    Limit = 1,

    /// <summary>Trades at any price; what is left is cancelled.</summary>
    Market = 2,

    /// <summary>Trades within its price; what is left is cancelled.</summary>
    ImmediateOrCancel = 3,

    /// <summary>Rests within its price, and is cancelled where it would trade at once: what it trades, it trades at its own price.</summary>
    PostOnly = 4,
}

/// <summary>An order that rests in a book.</summary>
/// <param name="Price">Ticks, at least 1.</param>
/// <param name="Quantity">Lots that are still open, at least 1.</param>
internal readonly record struct OpenOrder(long Id, long Owner, Side Side, long Price, long Quantity);

/// <summary>What is open at one price.</summary>
/// <param name="Price">Ticks.</param>
/// <param name="Quantity">Lots; more than 64 bits, since each order alone may fill them.</param>
/// <param name="Orders">How many orders share the price.</param>
internal readonly record struct DepthLevel(long Price, Int128 Quantity, int Orders);

/// <summary>The best prices of both sides, best first.</summary>
internal sealed record Depth(IReadOnlyList<DepthLevel> Bids, IReadOnlyList<DepthLevel> Asks);
