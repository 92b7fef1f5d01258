using Neuro.Client.Tokens;

namespace Neuro.Client.Chain;

/// <summary>Tokens that came into the vault for an account.</summary>
/// <param name="Id">Follows from the block's hash, the transaction and the log's index.</param>
/// <param name="From">Who sent them.</param>
/// <param name="Status"><c>seen</c>: in a block; <c>safe</c>: the chain will hardly take it back; <c>credited</c>: final, on the ledger; <c>gone</c>: the chain took
/// the block back.</param>
/// <param name="Confirmations">Blocks on top of it, its own included; 0 when it is gone.</param>
[TypeFormatterSource("ChainFormatters")]
public sealed record Deposit(
    Guid Id, string From, Ntk Amount, string Status, string Transaction, long LogIndex, long Block, string BlockHash, DateTimeOffset SeenAt,
        DateTimeOffset? CreditedAt, long Confirmations);

/// <summary>A deposit for an account that the platform does not have.</summary>
/// <param name="Account">What the sender named, 32 bytes of hex.</param>
[TypeFormatterSource("ChainFormatters")]
public sealed record UnclaimedDeposit(Guid Id, string From, string Account, Ntk Amount, string Transaction, DateTimeOffset CreditedAt);

/// <summary>Whose an unclaimed deposit is.</summary>
public sealed record UnclaimedAssignment(Guid Account);
