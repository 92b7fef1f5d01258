namespace Neuro.Backend.Storage;

/// <summary>An order book: one asset against NTK.</summary>
internal sealed class BookRow
{
    /// <summary>What is traded, in whole lots: also the name of the book.</summary>
    public string Asset { get; set; } = "";

    public string Title { get; set; } = "";

    /// <summary>Prices of a lot are whole multiples of this many nano.</summary>
    public long TickNano { get; set; }

    /// <summary>What the seller leaves to the platform, of every trade.</summary>
    public int FeeBasisPoints { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A bid or an ask. Its id is made by its owner and names its hold too.</summary>
internal sealed class BookOrderRow
{
    public Guid Id { get; set; }

    /// <summary>When it came, among the orders of its book: what time priority goes by.</summary>
    public long Sequence { get; set; }

    public string Asset { get; set; } = "";

    public Guid AccountId { get; set; }

    /// <summary>A <c>Side</c>.</summary>
    public int Side { get; set; }

    /// <summary>An <c>OrderKind</c>.</summary>
    public int Kind { get; set; }

    /// <summary>Ticks.</summary>
    public long Price { get; set; }

    /// <summary>Lots.</summary>
    public long Quantity { get; set; }

    public long Filled { get; set; }

    /// <summary>An <c>OrderState</c>.</summary>
    public int State { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? ClosedAt { get; set; }
}

/// <summary>A trade between two orders. Written once, never changed.</summary>
internal sealed class TradeRow
{
    public long Sequence { get; set; }

    public string Asset { get; set; } = "";

    public Guid Maker { get; set; }

    public Guid Taker { get; set; }

    /// <summary>The taker's <c>Side</c>.</summary>
    public int Side { get; set; }

    /// <summary>Ticks.</summary>
    public long Price { get; set; }

    /// <summary>Lots.</summary>
    public long Quantity { get; set; }

    public long FeeNano { get; set; }

    public DateTimeOffset At { get; set; }
}
