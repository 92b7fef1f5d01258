namespace Neuro.Backend.Storage;

/// <summary>What an operator set for a part of the treasury, such as the market maker.</summary>
internal sealed class TreasurySettingRow
{
    public string Name { get; set; } = "";

    /// <summary>JSON.</summary>
    public string Document { get; set; } = "";
}

/// <summary>The newest order of a desk of the house: written before the order is sent, so that a crash in between leaves no order that nobody knows of.</summary>
internal sealed class HouseOrderRow
{
    /// <summary>Whose it is, such as <c>market-maker/CASH/bid</c>; with the number it makes the order's id.</summary>
    public string Slot { get; set; } = "";

    public long Number { get; set; }

    public string Asset { get; set; } = "";

    public long PriceNano { get; set; }

    /// <summary>Lots; 0 when the platform refused the order.</summary>
    public long Quantity { get; set; }
}

/// <summary>A period of the buyback programme.</summary>
internal sealed class BuybackPeriodRow
{
    public int Number { get; set; }

    public DateTimeOffset From { get; set; }

    public DateTimeOffset Until { get; set; }
}

/// <summary>A date of the burn schedule that has come: what circulated then, and the share of it that is to be burnt. Written once, never changed.</summary>
internal sealed class BurnDateRow
{
    public int Year { get; set; }

    public DateTimeOffset Due { get; set; }

    public long CirculatingNano { get; set; }

    public long ShareNano { get; set; }
}

/// <summary>NTK that went back to where they were issued. Written along with the transfer, never changed.</summary>
internal sealed class BurnRow
{
    /// <summary><c>schedule/</c> and its date, or <c>buyback/</c> and its period; with the part it makes the transfer's id.</summary>
    public string Purpose { get; set; } = "";

    public int Part { get; set; }

    public Guid TransferId { get; set; }

    public long AmountNano { get; set; }

    public DateTimeOffset At { get; set; }
}

/// <summary>Who may read somebody else's dataset, by redeeming a licence.</summary>
internal sealed class DatasetReaderRow
{
    public Guid DatasetId { get; set; }

    public Guid AccountId { get; set; }

    public Guid RedemptionId { get; set; }

    public DateTimeOffset At { get; set; }
}
