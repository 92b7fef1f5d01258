using Neuro.Client.Tokens;

namespace Neuro.Backend.Ledger;

internal enum TransferKind
{
    /// <summary>Moves money at once.</summary>
    Transfer = 1,

    /// <summary>Sets money aside.</summary>
    Hold = 2,

    /// <summary>Pays out of a hold, whole or in part.</summary>
    Post = 3,

    /// <summary>Gives back what is left of a hold.</summary>
    Void = 4,

    /// <summary>Gives back what is left of a hold whose deadline has passed; made by the ledger itself.</summary>
    Expire = 5,
}

/// <summary>A movement of money that somebody asks for. The id is made by who asks, so that asking twice moves once.</summary>
internal sealed record TransferRequest
{
    private TransferRequest()
    {
    }

    public required Guid Id { get; init; }

    public required TransferKind Kind { get; init; }

    /// <summary>Who pays; empty in a post, void or expiry, where the hold says it.</summary>
    public Guid Debit { get; private init; }

    /// <summary>Who is paid; null in a hold whose payee is named when it is posted.</summary>
    public Guid? Credit { get; private init; }

    /// <summary>How much; zero in a void or expiry, which takes whatever is left.</summary>
    public Ntk Amount { get; private init; }

    public Guid? HoldId { get; private init; }

    public DateTimeOffset? Deadline { get; private init; }

    /// <summary>What it is for, in words; at most 200 characters.</summary>
    public required string Reference { get; init; }

    public static TransferRequest Transfer(Guid id, Guid debit, Guid credit, Ntk amount, string reference) =>
        new() { Id = id, Kind = TransferKind.Transfer, Debit = debit, Credit = credit, Amount = amount, Reference = reference };

    /// <param name="credit">Who will be paid; null to name the payee in each post.</param>
    /// <param name="deadline">When it lapses by itself, in whole milliseconds; null for never.</param>
    public static TransferRequest Hold(Guid id, Guid debit, Guid? credit, Ntk amount, DateTimeOffset? deadline, string reference) =>
        new() { Id = id, Kind = TransferKind.Hold, Debit = debit, Credit = credit, Amount = amount, Deadline = deadline, Reference = reference };

    public static TransferRequest Post(Guid id, Guid hold, Guid credit, Ntk amount, string reference) =>
        new() { Id = id, Kind = TransferKind.Post, HoldId = hold, Credit = credit, Amount = amount, Reference = reference };

    public static TransferRequest Void(Guid id, Guid hold, string reference) =>
        new() { Id = id, Kind = TransferKind.Void, HoldId = hold, Reference = reference };

    public static TransferRequest Expire(Guid hold) =>
        new() { Id = DerivedId.Of("expire", hold), Kind = TransferKind.Expire, HoldId = hold, Reference = "The hold's deadline passed" };
}
