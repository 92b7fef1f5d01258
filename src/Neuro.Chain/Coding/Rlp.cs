using System.Buffers.Binary;
using System.Numerics;

namespace Neuro.Chain.Coding;

/// <summary>Recursive length prefixes (Ethereum yellow paper, appendix B): an item is bytes or a list of items.</summary>
public abstract record Rlp
{
    // A transaction with an access list is four deep.
    private const int MostLevels = 16;

    private Rlp()
    {
    }

    public sealed record Bytes(ReadOnlyMemory<byte> Value) : Rlp;

    public sealed record List(IReadOnlyList<Rlp> Items) : Rlp;

    public static Rlp Of(ReadOnlyMemory<byte> bytes) => new Bytes(bytes);

    /// <summary>A number without leading zeros; zero is no bytes at all.</summary>
    public static Rlp Of(BigInteger number) => new Bytes(number.IsZero ? ReadOnlyMemory<byte>.Empty : number.ToByteArray(isUnsigned: true, isBigEndian: true));

    public static Rlp Of(params IReadOnlyList<Rlp> items) => new List(items);

    public byte[] Encode()
    {
        var bytes = new byte[Size];
        Write(bytes);
        return bytes;
    }

    /// <summary>Reads one item that fills all of the bytes, in its only canonical form.</summary>
    /// <exception cref="FormatException">Cut off, too long, nested too deep, or a length written in another than the shortest way.</exception>
    public static Rlp Decode(ReadOnlyMemory<byte> bytes)
    {
        var item = Read(ref bytes, MostLevels);
        return bytes.IsEmpty ? item : throw new FormatException($"RLP: {bytes.Length} bytes are left over after the item.");
    }

    /// <exception cref="FormatException">A list.</exception>
    public ReadOnlyMemory<byte> AsBytes() => this is Bytes { Value: var value } ? value : throw new FormatException("RLP: a list where bytes were expected.");

    /// <exception cref="FormatException">Bytes, or a list of another length.</exception>
    public IReadOnlyList<Rlp> AsList(int? length = null) => this is not List { Items: var items } ? throw new FormatException("RLP: bytes where a list was expected.")
        : length is { } wanted && items.Count != wanted ? throw new FormatException($"RLP: a list of {items.Count} items where {wanted} were expected.")
        : items;

    /// <exception cref="FormatException">A list, a leading zero, or more than <paramref name="bits"/>.</exception>
    public BigInteger AsNumber(int bits = 256)
    {
        var bytes = AsBytes().Span;
        return bytes.Length > bits / 8 ? throw new FormatException($"RLP: a number of {bytes.Length} bytes where at most {bits / 8} were expected.")
            : bytes is [0, ..] ? throw new FormatException("RLP: a number with a leading zero.")
            : new(bytes, isUnsigned: true, isBigEndian: true);
    }

    private int ContentSize => this switch
    {
        Bytes { Value: var value } => value.Length,
        List { Items: var items } => items.Sum(item => item.Size),
        _ => throw new InvalidOperationException(),
    };

    private bool IsOwnPrefix => this is Bytes { Value: { Length: 1 } value } && value.Span[0] < 0x80;

    private int Size => IsOwnPrefix ? 1 : ContentSize is var size && size <= 55 ? 1 + size : 1 + LengthSize(size) + size;

    private static int LengthSize(int length) => (32 - BitOperations.LeadingZeroCount((uint)length) + 7) / 8;

    private int Write(Span<byte> target)
    {
        if (IsOwnPrefix)
        {
            target[0] = ((Bytes)this).Value.Span[0];
            return 1;
        }

        var at = WritePrefix(target, ContentSize, this is List ? 0xc0 : 0x80);
        if (this is Bytes { Value: var value })
        {
            value.Span.CopyTo(target[at..]);
            return at + value.Length;
        }

        foreach (var item in ((List)this).Items)
        {
            at += item.Write(target[at..]);
        }

        return at;
    }

    private static int WritePrefix(Span<byte> target, int size, int kind)
    {
        if (size <= 55)
        {
            target[0] = (byte)(kind + size);
            return 1;
        }

        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, size);
        var count = LengthSize(size);
        target[0] = (byte)(kind + 55 + count);
        length[^count..].CopyTo(target[1..]);
        return 1 + count;
    }

    private static Rlp Read(ref ReadOnlyMemory<byte> bytes, int levels)
    {
        var first = bytes.IsEmpty ? throw CutOff(1, 0) : bytes.Span[0];
        if (first < 0x80)
        {
            return new Bytes(Take(ref bytes, 1));
        }

        var content = Content(ref bytes, first);
        if (first < 0xc0)
        {
            return content.Length != 1 || content.Span[0] >= 0x80 ? new Bytes(content) : throw new FormatException("RLP: a byte below 0x80 with a prefix.");
        }

        if (levels == 0)
        {
            throw new FormatException($"RLP: lists are nested more than {MostLevels} deep.");
        }

        var items = new List<Rlp>();
        while (!content.IsEmpty)
        {
            items.Add(Read(ref content, levels - 1));
        }

        return new List(items);
    }

    private static ReadOnlyMemory<byte> Content(ref ReadOnlyMemory<byte> bytes, byte first)
    {
        Take(ref bytes, 1);
        var length = first - (first < 0xc0 ? 0x80 : 0xc0);
        if (length <= 55)
        {
            return Take(ref bytes, length);
        }

        var prefix = Take(ref bytes, length - 55).Span;
        if (prefix[0] == 0 || prefix.Length > 4)
        {
            throw new FormatException("RLP: a length with a leading zero, or over four bytes.");
        }

        long size = 0;
        foreach (var digit in prefix)
        {
            size = (size << 8) | digit;
        }

        return size > 55 ? Take(ref bytes, size) : throw new FormatException($"RLP: a length of {size} in the form for long ones.");
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> bytes, long count)
    {
        var taken = count <= bytes.Length ? bytes[..(int)count] : throw CutOff(count, bytes.Length);
        bytes = bytes[(int)count..];
        return taken;
    }

    private static FormatException CutOff(long wanted, int left) => new($"RLP: cut off; {wanted} bytes were expected and {left} are left.");
}
