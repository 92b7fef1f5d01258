namespace Neuro.Backend.Storage;

/// <summary>An account of the ledger. Written by the ledger alone, but for its birth.</summary>
internal sealed class AccountRow
{
    public Guid Id { get; set; }

    /// <summary>issuance, treasury, customer, node, fees, stake; with a chain also chain, dust and unclaimed.</summary>
    public string Kind { get; set; } = "";

    public string Name { get; set; } = "";

    /// <summary><c>Roles</c> of who signs in; none for accounts that only count.</summary>
    public int Roles { get; set; }

    /// <summary>What is counted: NTK, or whatever else is traded. Money moves only between accounts of one asset.</summary>
    public string Asset { get; set; } = "NTK";

    /// <summary>The account whose holding of another asset this is; null when it stands for itself.</summary>
    public Guid? OwnerId { get; set; }

    public long DebitsPosted { get; set; }

    public long DebitsPending { get; set; }

    public long CreditsPosted { get; set; }

    public long CreditsPending { get; set; }

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

    /// <summary>SHA-256 over this transfer and the one before it, 32 bytes.</summary>
    public byte[] Chain { get; set; } = [];
}

/// <summary>The end of the chain of transfers. One row; whoever writes locks it first.</summary>
internal sealed class LedgerHeadRow
{
    public int Id { get; set; }

    public long Sequence { get; set; }

    public byte[] Chain { get; set; } = [];
}

/// <summary>What an audit found, and where the chain ended then.</summary>
internal sealed class AuditRow
{
    public Guid Id { get; set; }

    public DateTimeOffset At { get; set; }

    public long Transfers { get; set; }

    /// <summary>The last transfer that it read.</summary>
    public long Sequence { get; set; }

    /// <summary>The chain there.</summary>
    public byte[] Chain { get; set; } = [];

    /// <summary>A JSON array of sentences; empty when the books are right.</summary>
    public string Faults { get; set; } = "[]";
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
