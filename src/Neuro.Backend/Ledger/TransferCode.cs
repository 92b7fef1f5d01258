using Neuro.Client.Tokens;

namespace Neuro.Backend.Ledger;

/// <summary>What became of a transfer.</summary>
internal enum TransferCode
{
    /// <summary>Done, durably.</summary>
    Ok,

    /// <summary>Done before: the same id with the same content.</summary>
    Exists,

    /// <summary>Not done because another transfer of its linked group was refused.</summary>
    LinkedTransferRefused,

    ExistsWithDifferentKind,
    ExistsWithDifferentDebitAccount,
    ExistsWithDifferentCreditAccount,
    ExistsWithDifferentAmount,
    ExistsWithDifferentHold,
    ExistsWithDifferentDeadline,
    ExistsWithDifferentReference,
    IdMustNotBeEmpty,
    ReferenceTooLong,
    AmountMustBePositive,
    AmountOverflows,
    AccountsMustDiffer,
    AccountsMustHaveTheSameAsset,
    DebitAccountNotFound,
    CreditAccountNotFound,
    InsufficientFunds,
    DeadlineMustLieAhead,
    HoldNotFound,
    HoldClosed,
    HoldExpired,
    HoldNotExpired,
    AmountExceedsHold,
    HoldNamesAnotherCreditAccount,
}

/// <summary>The answer to a transfer.</summary>
/// <param name="Amount">What it moved or set aside.</param>
/// <param name="Limit">With <see cref="TransferCode.InsufficientFunds"/> what the account has, with <see cref="TransferCode.AmountExceedsHold"/> what is left of the hold.</param>
internal readonly record struct TransferResult(TransferCode Code, Ntk Amount, Ntk Limit = default)
{
    public bool Succeeded => Code is TransferCode.Ok or TransferCode.Exists;
}
