namespace Neuro.Backend.Chain.Deposits;

/// <summary>How far a deposit is. Only the first two can be taken back, by the chain.</summary>
internal enum DepositState
{
    /// <summary>In a block.</summary>
    Seen,

    Safe,

    /// <summary>Final, to be credited.</summary>
    Final,

    Credited,

    /// <summary>The chain took its block back; another one with the same transaction is another deposit.</summary>
    Gone,
}
