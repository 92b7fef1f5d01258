namespace Neuro.Backend.Chain;

/// <summary>How far something is that is to be said to the vault.</summary>
internal enum OutboxState
{
    Made,

    /// <summary>It has a nonce and a signed transaction, which may be sent.</summary>
    Signed,

    /// <summary>The vault has heard it, in a block that may be taken back.</summary>
    Included,

    /// <summary>The vault has heard it, finally.</summary>
    Done,
}

/// <summary>What is said to the vault.</summary>
internal static class OutboxKind
{
    public const string Settle = "settle";
    public const string Release = "release";
    public const string Root = "root";
}
