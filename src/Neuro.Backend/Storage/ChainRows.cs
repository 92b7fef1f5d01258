namespace Neuro.Backend.Storage;

/// <summary>The vault that the ledger is connected to, and how far its events were followed. One row.</summary>
internal sealed class ChainRow
{
    public int Id { get; set; }

    public long ChainId { get; set; }

    /// <summary>Addresses are lower-case hex with 0x.</summary>
    public string Vault { get; set; } = "";

    public string Token { get; set; } = "";

    /// <summary>The last block whose events are in the tables, all of them; final.</summary>
    public long Cursor { get; set; }

    /// <summary>The highest block that a node called final, and its hash: no honest node can say otherwise later.</summary>
    public long Final { get; set; }

    public string FinalHash { get; set; } = "";

    /// <summary>Base units of credited deposits that do not make a nano yet, 0 to 999,999,999.</summary>
    public long Dust { get; set; }

    /// <summary>Something that the vault did and the ledger knows nothing of; null if there is none.</summary>
    public string? Strange { get; set; }
}

/// <summary>A deposit, by what names its log.</summary>
internal sealed class DepositRow
{
    public Guid Id { get; set; }

    public string Sender { get; set; } = "";

    /// <summary>What the sender named, 32 bytes of hex, and the account id in it, if it is one.</summary>
    public string Account { get; set; } = "";

    public Guid? AccountId { get; set; }

    public long AmountNano { get; set; }

    /// <summary>Base units below a nano.</summary>
    public long Dust { get; set; }

    /// <summary>A <c>DepositState</c>.</summary>
    public int State { get; set; }

    public string TransactionHash { get; set; } = "";

    public long LogIndex { get; set; }

    public long Block { get; set; }

    public string BlockHash { get; set; } = "";

    public DateTimeOffset SeenAt { get; set; }

    /// <summary>The number of the look in which it was seen last, while it is not final.</summary>
    public long SeenIn { get; set; }

    public DateTimeOffset? CreditedAt { get; set; }

    /// <summary>The account of the ledger that got it.</summary>
    public Guid? CreditedTo { get; set; }
}

/// <summary>A withdrawal. Its hold is made in the same transaction as the row, and posted or voided in that of its end.</summary>
internal sealed class WithdrawalRow
{
    public Guid Id { get; set; }

    public Guid AccountId { get; set; }

    public string Recipient { get; set; } = "";

    public long AmountNano { get; set; }

    /// <summary>A <c>WithdrawalState</c>.</summary>
    public int State { get; set; }

    /// <summary>Batch and place in it: what its payment is called on the chain. Given once.</summary>
    public Guid? BatchId { get; set; }

    public int Position { get; set; }

    /// <summary>What the vault did, finally, and the ledger has yet to book: an <c>Outcome</c>.</summary>
    public int Outcome { get; set; }

    public string? TransactionHash { get; set; }

    public DateTimeOffset? ReleaseAt { get; set; }

    public string? Reason { get; set; }

    public DateTimeOffset At { get; set; }

    public DateTimeOffset? EndedAt { get; set; }
}

/// <summary>Something to be said to the vault, once.</summary>
internal sealed class OutboxRow
{
    public Guid Id { get; set; }

    /// <summary>settle, release or root.</summary>
    public string Kind { get; set; } = "";

    /// <summary>The call.</summary>
    public byte[] Data { get; set; } = [];

    /// <summary>An <c>OutboxState</c>.</summary>
    public int State { get; set; }

    /// <summary>The nonce of its transactions, once it has one.</summary>
    public long? Nonce { get; set; }

    /// <summary>The block that it is in, and the transaction; while it may still be taken back, too.</summary>
    public long? Block { get; set; }

    public string? TransactionHash { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? WaitUntil { get; set; }

    /// <summary>Why it waits.</summary>
    public string? Reason { get; set; }
}

/// <summary>A signed transaction of the outbox, written before it is sent. Its versions differ in fees, and in the nonce when something else used that up.</summary>
internal sealed class SentRow
{
    public Guid OutboxId { get; set; }

    public int Version { get; set; }

    public string Hash { get; set; } = "";

    public byte[] Raw { get; set; } = [];

    public long Nonce { get; set; }

    /// <summary>Wei per gas, decimal.</summary>
    public string MaxFee { get; set; } = "";

    public string PriorityFee { get; set; } = "";

    public long Gas { get; set; }

    public DateTimeOffset SignedAt { get; set; }
}

/// <summary>A statement of all that the platform owes.</summary>
internal sealed class EpochRow
{
    public long Epoch { get; set; }

    public string Root { get; set; } = "";

    public long SumNano { get; set; }

    public long Accounts { get; set; }

    public DateTimeOffset At { get; set; }

    public Guid OutboxId { get; set; }
}

/// <summary>What is owed to one account in a statement.</summary>
internal sealed class LeafRow
{
    public long Epoch { get; set; }

    public int Number { get; set; }

    public Guid AccountId { get; set; }

    public string Owner { get; set; } = "";

    public long AmountNano { get; set; }

    public byte[] Salt { get; set; } = [];
}

/// <summary>An account's wallet.</summary>
internal sealed class WalletRow
{
    public Guid AccountId { get; set; }

    public string Address { get; set; } = "";

    public DateTimeOffset Since { get; set; }

    /// <summary>The message that the wallet signed, with its resources, and the signature.</summary>
    public string Message { get; set; } = "";

    public string Signature { get; set; } = "";
}
