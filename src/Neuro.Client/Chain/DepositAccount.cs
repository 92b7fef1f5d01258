namespace Neuro.Client.Chain;

/// <summary>How a deposit names an account of the platform: 32 bytes, of which the last 16 are the account's id, big-endian, and the others zero.</summary>
public static class DepositAccount
{
    private const int Length = 32;
    private const int Padding = 16;

    /// <summary><c>0x</c> and 64 hex digits: the argument <c>account</c> of the vault's <c>deposit</c>.</summary>
    public static string Of(Guid account)
    {
        Span<byte> bytes = stackalloc byte[Length];
        account.TryWriteBytes(bytes[Padding..], bigEndian: true, out _);
        return "0x" + Convert.ToHexStringLower(bytes);
    }

    /// <summary>The account that 32 bytes name; null if they name none.</summary>
    public static Guid? Read(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Length && !bytes[..Padding].ContainsAnyExcept((byte)0) ? new Guid(bytes[Padding..], bigEndian: true) : null;
}
