namespace Neuro.Backend.Storage;

/// <summary>An account of the ledger. Written by the ledger alone, but for its birth.</summary>
internal sealed class AccountRow
{
    public Guid Id { get; set; }

    /// <summary>issuance, treasury, customer, node or fees.</summary>
    public string Kind { get; set; } = "";

    public string Name { get; set; } = "";

    public long DebitsPosted { get; set; }

    public long DebitsPending { get; set; }

    public long CreditsPosted { get; set; }

    public long CreditsPending { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>An API key, of which only the SHA-256 is kept.</summary>
internal sealed class ApiKeyRow
{
    public string Hash { get; set; } = "";

    public Guid AccountId { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A transfer: written once, never changed.</summary>
internal sealed class TransferRow
{
    public long Sequence { get; set; }

    public Guid Id { get; set; }

    /// <summary>A <c>TransferKind</c>.</summary>
    public int Kind { get; set; }

    public Guid DebitAccount { get; set; }

    /// <summary>Null in a hold whose payee is named when it is posted, and in the void or expiry of one.</summary>
    public Guid? CreditAccount { get; set; }

    public long Amount { get; set; }

    public Guid? HoldId { get; set; }

    public DateTimeOffset? Deadline { get; set; }

    public DateTimeOffset At { get; set; }

    public string Reference { get; set; } = "";
}

/// <summary>What is left of a hold; the hold itself is a transfer.</summary>
internal sealed class HoldRow
{
    public Guid Id { get; set; }

    public Guid DebitAccount { get; set; }

    public Guid? CreditAccount { get; set; }

    public long Amount { get; set; }

    public long Remaining { get; set; }

    public DateTimeOffset? Deadline { get; set; }
}

/// <summary>A purchase from the treasury: the price at which it was made.</summary>
internal sealed class PurchaseRow
{
    public Guid Id { get; set; }

    public Guid AccountId { get; set; }

    public long AmountNano { get; set; }

    public decimal UnitPrice { get; set; }

    public decimal Cost { get; set; }

    public string Currency { get; set; } = "";

    public DateTimeOffset At { get; set; }
}
