using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Neuro.Client.Api;

namespace Neuro.Backend.Ledger;

/// <summary>The chain over all transfers: each link is SHA-256 over the link before it and everything that a transfer says, so that no past one can be changed, removed or put in unnoticed.</summary>
/// <param name="Sequence">Of the last transfer; 0 when there is none.</param>
/// <param name="Hash">32 bytes.</param>
internal sealed record Chain(long Sequence, byte[] Hash)
{
    private const int LongestFixedPart = 160;

    /// <summary>Before the first transfer.</summary>
    public static readonly Chain Start = new(0, new byte[SHA256.HashSizeInBytes]);

    /// <summary>The head as people compare it: sequence, colon, hexadecimal.</summary>
    public override string ToString() => $"{Sequence}:{Convert.ToHexStringLower(Hash)}";

    /// <summary>What <see cref="ToString"/> wrote.</summary>
    /// <exception cref="NeuroException"><c>ledger.bad_head</c>.</exception>
    public static Chain Parse(string head)
    {
        var parts = head.Trim().Split(':');
        return parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) && parts[1].Length == 2 * SHA256.HashSizeInBytes && parts[1].All(char.IsAsciiHexDigit)
            ? new(sequence, Convert.FromHexString(parts[1]))
            : throw new NeuroException("ledger.bad_head", $"'{Words.Clip(head, 100)}' is not a chain head; it looks like 61: and 64 hexadecimal digits, as an audit prints it.");
    }

    /// <summary>The chain with one more transfer, numbered <paramref name="sequence"/>.</summary>
    public Chain With(StoredTransfer transfer, long sequence)
    {
        var reference = Encoding.UTF8.GetByteCount(transfer.Reference);
        Span<byte> bytes = stackalloc byte[LongestFixedPart + reference];
        var rest = bytes;
        Hash.CopyTo(Take(ref rest, Hash.Length));
        Number(ref rest, sequence);
        Id(ref rest, transfer.Id);
        Number(ref rest, (long)transfer.Kind);
        Id(ref rest, transfer.Debit);
        Id(ref rest, transfer.Credit ?? Guid.Empty);
        Number(ref rest, transfer.Amount);
        Id(ref rest, transfer.HoldId ?? Guid.Empty);
        Number(ref rest, transfer.Deadline?.ToUnixTimeMilliseconds() ?? long.MinValue);
        Number(ref rest, transfer.At.ToUnixTimeMilliseconds());
        Encoding.UTF8.GetBytes(transfer.Reference, Take(ref rest, reference));
        return new(sequence, SHA256.HashData(bytes[..^rest.Length]));
    }

    private static void Number(ref Span<byte> rest, long value) => BinaryPrimitives.WriteInt64BigEndian(Take(ref rest, sizeof(long)), value);

    private static void Id(ref Span<byte> rest, Guid id) => id.TryWriteBytes(Take(ref rest, 16), bigEndian: true, out _);

    private static Span<byte> Take(ref Span<byte> rest, int length)
    {
        var taken = rest[..length];
        rest = rest[length..];
        return taken;
    }
}

/// <summary>A new transfer with its place in the chain.</summary>
internal sealed record ChainedTransfer(StoredTransfer Transfer, Chain Chain);
