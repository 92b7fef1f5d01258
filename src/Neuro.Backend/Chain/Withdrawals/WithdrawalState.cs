namespace Neuro.Backend.Chain.Withdrawals;

/// <summary>How far a withdrawal is. Whether its batch is sent is for the outbox to say.</summary>
internal enum WithdrawalState
{
    /// <summary>Set aside; can be cancelled.</summary>
    Held,

    /// <summary>In a batch, for good.</summary>
    Batched,

    /// <summary>In the vault's queue, finally.</summary>
    Queued,

    Paid,
    Returned,
}

/// <summary>What the vault did with a payment, finally.</summary>
internal enum Outcome
{
    None,
    Paid,

    /// <summary>Refused or cancelled: it will never be paid.</summary>
    Refused,
}
