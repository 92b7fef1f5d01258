using System.Buffers.Binary;
using System.Numerics;
using Neuro.Chain.Coding;

namespace Neuro.Chain.Values;

/// <summary>32 bytes: a hash, a topic, a salt, a <c>bytes32</c>.</summary>
public readonly record struct Hash32
{
    public const int Length = 32;
    public static readonly Hash32 Zero;

    private readonly ulong first;
    private readonly ulong second;
    private readonly ulong third;
    private readonly ulong last;

    /// <exception cref="FormatException">Not 32 bytes.</exception>
    public Hash32(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new FormatException($"A hash has {Length} bytes; these are {bytes.Length}.");
        }

        first = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        second = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        third = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        last = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>Reads <c>0x</c> and 64 hex digits of either case.</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static Hash32 Parse(string text) => Hex.TryBytes(text, out var bytes) && bytes.Length == Length
        ? new(bytes)
        : throw new FormatException($"'{Hex.Short(text)}' is not 32 bytes; expected 0x and 64 hex digits.");

    /// <summary>The number as 32 big-endian bytes.</summary>
    /// <exception cref="OverflowException">Negative or over uint256.</exception>
    public static Hash32 Of(BigInteger number)
    {
        Span<byte> bytes = stackalloc byte[Length];
        Uint256.Write(number, bytes);
        return new(bytes);
    }

    public BigInteger ToNumber() => new(ToBytes(), isUnsigned: true, isBigEndian: true);

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
        BinaryPrimitives.WriteUInt64BigEndian(target[16..], third);
        BinaryPrimitives.WriteUInt64BigEndian(target[24..], last);
    }

    /// <summary><c>0x…</c> in lower case.</summary>
    public override string ToString() => Hex.Of(ToBytes());
}
