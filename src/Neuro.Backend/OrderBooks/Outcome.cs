namespace Neuro.Backend.OrderBooks;

/// <summary>Why a command changed nothing.</summary>
internal enum Refusal : byte
{
    None = 0,

    /// <summary>An order with this id is open.</summary>
    DuplicateId = 1,

    /// <summary>No order with this id is open: it was never placed, or it is filled or cancelled.</summary>
    UnknownOrder = 2,

    /// <summary>The order belongs to somebody else.</summary>
    NotOwner = 3,

    /// <summary>A price under one tick; or a market order with a price other than 0.</summary>
    BadPrice = 4,

    /// <summary>Less than one lot; or price × quantity does not fit in 64 bits.</summary>
    BadQuantity = 5,

    /// <summary>A spend cap under 1, or on anything but a market bid.</summary>
    BadSpendCap = 6,

    /// <summary>A side or a kind that does not exist.</summary>
    BadKind = 7,
}

/// <summary>What a command did to its order. The three quantities are lots; of a placed order they add up to its quantity.</summary>
/// <param name="Rested">Open in the book after the command.</param>
/// <param name="Filled">Traded by the command.</param>
/// <param name="Cancelled">Taken back by the command.</param>
internal readonly record struct Outcome(Refusal Refusal, long Rested, long Filled, long Cancelled)
{
    public bool Accepted => Refusal == Refusal.None;

    public static Outcome Refused(Refusal why) => new(why, 0, 0, 0);
}

/// <summary>What can happen to an order that rests when another comes in.</summary>
internal enum MatchKind : byte
{
    /// <summary>It traded with the incoming order.</summary>
    Fill = 1,

    /// <summary>It was cancelled, because the incoming order is of the same owner.</summary>
    SelfTradeCancel = 2,
}

/// <summary>One step of a match: a trade at the maker's price, or the cancellation of a maker of the taker's own.</summary>
/// <param name="TakerSide">The side of the incoming order; the maker is on the other one.</param>
/// <param name="Price">The maker's price, ticks; price × quantity fits in 64 bits.</param>
/// <param name="Quantity">Lots that traded, or that were cancelled.</param>
/// <param name="MakerRemaining">Lots of the maker that are still open; 0 when it left the book.</param>
internal readonly record struct MatchEvent(
    MatchKind Kind, Side TakerSide, long MakerId, long MakerOwner, long TakerId, long TakerOwner, long Price, long Quantity, long MakerRemaining);
