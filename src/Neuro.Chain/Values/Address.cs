using System.Buffers.Binary;
using Neuro.Chain.Coding;

namespace Neuro.Chain.Values;

/// <summary>An account or contract on Ethereum: 20 bytes, printed with the checksum of EIP-55.</summary>
public readonly record struct Address
{
    public const int Length = 20;
    public static readonly Address Zero;

    private readonly ulong first;
    private readonly ulong second;
    private readonly uint last;

    /// <exception cref="FormatException">Not 20 bytes.</exception>
    public Address(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new FormatException($"An address has {Length} bytes; these are {bytes.Length}.");
        }

        first = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        second = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        last = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
    }

    /// <summary>Reads <c>0x</c> and 40 hex digits: all lower-case, all upper-case, or with a right checksum.</summary>
    /// <exception cref="FormatException">Another length, not hex, or a wrong checksum: one digit was mistyped.</exception>
    public static Address Parse(string text)
    {
        if (!Hex.TryBytes(text, out var bytes) || bytes.Length != Length)
        {
            throw new FormatException($"'{Hex.Short(text)}' is not an address; expected 0x and 40 hex digits.");
        }

        var address = new Address(bytes);
        var digits = text.AsSpan(2);
        var isOneCase = !digits.ContainsAnyInRange('A', 'F') || !digits.ContainsAnyInRange('a', 'f');
        return isOneCase || digits.SequenceEqual(address.ToString().AsSpan(2))
            ? address
            : throw new FormatException($"{text} has a wrong checksum (EIP-55): a digit is mistyped. Copy it again from your wallet.");
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    public void CopyTo(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt64BigEndian(target, first);
        BinaryPrimitives.WriteUInt64BigEndian(target[8..], second);
        BinaryPrimitives.WriteUInt32BigEndian(target[16..], last);
    }

    /// <summary><c>0x…</c> with upper and lower case as EIP-55 says.</summary>
    public override string ToString()
    {
        var digits = ToLowerString().ToCharArray();
        var hash = Keccak.Of(System.Text.Encoding.ASCII.GetBytes(digits, 2, digits.Length - 2)).ToBytes();
        for (var i = 0; i < digits.Length - 2; i++)
        {
            var nibble = i % 2 == 0 ? hash[i / 2] >> 4 : hash[i / 2] & 15;
            digits[i + 2] = nibble >= 8 ? char.ToUpperInvariant(digits[i + 2]) : digits[i + 2];
        }

        return new string(digits);
    }

    /// <summary><c>0x…</c> in lower case, as JSON-RPC writes it.</summary>
    public string ToLowerString() => Hex.Of(ToBytes());
}
