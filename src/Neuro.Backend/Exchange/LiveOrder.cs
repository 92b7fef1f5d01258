using Neuro.Backend.OrderBooks;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Exchange;

internal enum OrderState
{
    Open = 1,
    Filled = 2,
    Cancelled = 3,
}

/// <summary>An open order and what is left of its hold.</summary>
internal sealed class LiveOrder
{
    /// <summary>Made by its owner.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its place in time, and its id in the book.</summary>
    public required long Sequence { get; init; }

    public required Guid Account { get; init; }

    public required Side Side { get; init; }

    public required OrderKind Kind { get; init; }

    /// <summary>Ticks; 0 for a market order.</summary>
    public required long Price { get; init; }

    /// <summary>Lots.</summary>
    public required long Quantity { get; init; }

    public long Filled { get; set; }

    public OrderState State { get; set; } = OrderState.Open;

    /// <summary>What the hold still has: nano of a bid, lots of an ask.</summary>
    public long Held { get; set; }

    public Guid HoldId => HoldOf(Id);

    public string Words => $"{(Side == Side.Bid ? "Bid" : "Ask")} for {Quantity} lots{(Kind == OrderKind.Market ? "" : $" at {Price} ticks")}";

    /// <summary>The hold that an order's owner pays or delivers from.</summary>
    public static Guid HoldOf(Guid order) => DerivedId.Of("book-order", order);

    /// <summary>How a contract spells its state.</summary>
    public static string Word(OrderState state) => state.ToString().ToLowerInvariant();

    public static string Word(Side side) => side == Side.Bid ? "bid" : "ask";

    public static string Word(OrderKind kind) => kind switch
    {
        OrderKind.Limit => "limit",
        OrderKind.Market => "market",
        OrderKind.PostOnly => "post-only",
        _ => "ioc",
    };
}
