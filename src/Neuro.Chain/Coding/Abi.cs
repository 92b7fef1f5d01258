using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Neuro.Chain.Values;

namespace Neuro.Chain.Coding;

/// <summary>Arguments as contracts read and write them (Solidity's contract ABI specification, version 2).</summary>
public static class Abi
{
    private const int Word = 32;
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The bytes of <paramref name="values"/>, without a selector.</summary>
    /// <exception cref="ArgumentException">A value of another .NET type than <see cref="AbiType"/> says, or another number of them.</exception>
    /// <exception cref="OverflowException">A number that its type cannot hold.</exception>
    public static byte[] Encode(IReadOnlyList<AbiType> types, IReadOnlyList<object> values)
    {
        var stream = new MemoryStream();
        Write(stream, types, values);
        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> writes; offsets may lie in any order.</summary>
    /// <remarks>
    /// What a stranger says is long costs no memory before it is there, and no word is read twice as often as it occurs:
    /// in an honest encoding each word is read once, so the words are the budget, and arrays whose elements share one place run out of it.
    /// </remarks>
    /// <exception cref="FormatException">Cut off, an offset or a length out of it, a number that its type cannot hold, not UTF-8.</exception>
    public static object[] Decode(IReadOnlyList<AbiType> types, ReadOnlySpan<byte> bytes)
    {
        var budget = bytes.Length / Word;
        return Read(types, bytes, ref budget);
    }

    /// <summary>One word: a topic of an event, or a value of EIP-712.</summary>
    internal static byte[] EncodeWord(AbiType type, object value)
    {
        var word = new byte[Word];
        WriteWord(type, value, word);
        return word;
    }

    internal static object DecodeWord(AbiType type, ReadOnlySpan<byte> word) => ReadWord(type, word);

    private static void Write(MemoryStream stream, IReadOnlyList<AbiType> types, IReadOnlyList<object> values)
    {
        if (types.Count != values.Count)
        {
            throw new ArgumentException($"{types.Count} values are expected ({string.Join(", ", types.Select(type => type.Name))}); {values.Count} were given.");
        }

        var start = stream.Position;
        var head = new byte[types.Sum(type => type.HeadSize)];
        stream.Write(head);
        var at = 0;
        for (var i = 0; i < types.Count; i++)
        {
            if (types[i].IsDynamic)
            {
                BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(at + Word - sizeof(long)), stream.Position - start);
                WriteDynamic(stream, types[i], values[i]);
            }
            else
            {
                WriteStatic(types[i], values[i], head.AsSpan(at, types[i].HeadSize));
            }

            at += types[i].HeadSize;
        }

        var end = stream.Position;
        stream.Position = start;
        stream.Write(head);
        stream.Position = end;
    }

    private static void WriteStatic(AbiType type, object value, Span<byte> target)
    {
        if (type is not (AbiType.Sequence or AbiType.Struct))
        {
            WriteWord(type, value, target);
            return;
        }

        var (types, values) = Parts(type, value);
        for (var i = 0; i < types.Count; i++)
        {
            WriteStatic(types[i], values[i], target[..types[i].HeadSize]);
            target = target[types[i].HeadSize..];
        }
    }

    private static void WriteDynamic(MemoryStream stream, AbiType type, object value)
    {
        if (type is AbiType.Blob { IsText: var isText })
        {
            var bytes = isText ? StrictUtf8.GetBytes(Expect<string>(type, value)) : Expect<byte[]>(type, value);
            WriteLength(stream, bytes.Length);
            stream.Write(bytes);
            stream.Write(new byte[(Word - (bytes.Length % Word)) % Word]);
            return;
        }

        var (types, values) = Parts(type, value);
        if (type is AbiType.Sequence { Count: null })
        {
            WriteLength(stream, values.Count);
        }

        Write(stream, types, values);
    }

    private static (IReadOnlyList<AbiType> Types, IReadOnlyList<object> Values) Parts(AbiType type, object value)
    {
        var values = Expect<object[]>(type, value);
        var types = type is AbiType.Sequence { Element: var element, Count: var count }
            ? Enumerable.Repeat(element, count ?? values.Length).ToArray()
            : ((AbiType.Struct)type).Fields.Select(field => field.Type).ToArray();
        return types.Length == values.Length ? (types, values) : throw new ArgumentException($"{type.Name} has {types.Length} parts; {values.Length} were given.");
    }

    private static void WriteLength(MemoryStream stream, int length)
    {
        Span<byte> word = stackalloc byte[Word];
        BinaryPrimitives.WriteInt32BigEndian(word[^4..], length);
        stream.Write(word);
    }

    private static void WriteWord(AbiType type, object value, Span<byte> word)
    {
        switch (type)
        {
            case AbiType.Number number:
                WriteNumber(number, Expect<BigInteger>(type, value), word);
                break;
            case AbiType.Account:
                Expect<Address>(type, value).CopyTo(word[12..]);
                break;
            case AbiType.Truth:
                word[31] = Expect<bool>(type, value) ? (byte)1 : (byte)0;
                break;
            case AbiType.FixedBytes { Size: Word }:
                Expect<Hash32>(type, value).CopyTo(word);
                break;
            case AbiType.FixedBytes { Size: var size }:
                var bytes = Expect<byte[]>(type, value);
                (bytes.Length == size ? bytes : throw new ArgumentException($"bytes{size} has {size} bytes; {bytes.Length} were given.")).CopyTo(word);
                break;
            default:
                throw new ArgumentException($"{type.Name} is not one word.");
        }
    }

    private static void WriteNumber(AbiType.Number type, BigInteger value, Span<byte> word)
    {
        if (!Fits(type, value))
        {
            throw new OverflowException($"{type.Name} cannot hold {(value.GetBitLength() <= 300 ? value.ToString() : "a number of " + value.GetBitLength() + " bits")}.");
        }

        Uint256.Write(value.Sign < 0 ? value + Uint256.Max + 1 : value, word);
    }

    private static bool Fits(AbiType.Number type, BigInteger value) => type.IsSigned
        ? value.GetBitLength() <= type.Bits - 1
        : value.Sign >= 0 && value.GetBitLength() <= type.Bits;

    private static T Expect<T>(AbiType type, object value) => value is T right
        ? right
        : throw new ArgumentException($"{type.Name} is a {typeof(T).Name}; a {value?.GetType().Name ?? "null"} was given.");

    private static object[] Read(IReadOnlyList<AbiType> types, ReadOnlySpan<byte> bytes, ref int budget)
    {
        var values = new object[types.Count];
        var head = bytes;
        for (var i = 0; i < types.Count; i++)
        {
            if (types[i].IsDynamic)
            {
                var offset = ReadLength(ref head, bytes.Length, ref budget);
                values[i] = ReadDynamic(types[i], bytes[offset..], ref budget);
            }
            else
            {
                values[i] = ReadStatic(types[i], ref head, ref budget);
            }
        }

        return values;
    }

    private static object ReadStatic(AbiType type, ref ReadOnlySpan<byte> bytes, ref int budget)
    {
        if (type is not (AbiType.Sequence or AbiType.Struct))
        {
            return ReadWord(type, Take(ref bytes, ref budget));
        }

        var count = type is AbiType.Sequence { Count: var length } ? length!.Value : ((AbiType.Struct)type).Fields.Count;
        var values = new object[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = ReadStatic(type is AbiType.Sequence { Element: var element } ? element : ((AbiType.Struct)type).Fields[i].Type, ref bytes, ref budget);
        }

        return values;
    }

    private static object ReadDynamic(AbiType type, ReadOnlySpan<byte> bytes, ref int budget)
    {
        switch (type)
        {
            case AbiType.Blob { IsText: var isText }:
                var length = ReadLength(ref bytes, bytes.Length - Word, ref budget);
                Spend(ref budget, (length + Word - 1) / Word);
                return isText ? Text(bytes[..length]) : bytes[..length].ToArray();
            case AbiType.Sequence { Element: var element, Count: var count }:
                var elements = count ?? ReadLength(ref bytes, (bytes.Length - Word) / element.HeadSize, ref budget);
                // Each element has at least one word of its own: a length beyond the budget is a lie, and costs no array.
                return elements <= budget ? Read(Enumerable.Repeat(element, elements).ToArray(), bytes, ref budget) : throw Bomb();
            default:
                return Read([.. ((AbiType.Struct)type).Fields.Select(field => field.Type)], bytes, ref budget);
        }
    }

    private static int ReadLength(ref ReadOnlySpan<byte> bytes, int most, ref int budget)
    {
        var number = new BigInteger(Take(ref bytes, ref budget), isUnsigned: true, isBigEndian: true);
        var said = number.GetBitLength() <= 64 ? number.ToString() : "over 64 bits";
        return number <= most ? (int)number : throw new FormatException($"ABI: an offset or a length of {said} where {Math.Max(most, 0)} is the most.");
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, ref int budget)
    {
        Spend(ref budget, 1);
        var word = bytes.Length >= Word ? bytes[..Word] : throw new FormatException($"ABI: cut off; a word of {Word} bytes was expected and {bytes.Length} are left.");
        bytes = bytes[Word..];
        return word;
    }

    private static void Spend(ref int budget, int words)
    {
        budget -= words <= budget ? words : throw Bomb();
    }

    private static FormatException Bomb() => new("ABI: more values than there are words; it is cut off, or parts of it share one place.");

    private static object ReadWord(AbiType type, ReadOnlySpan<byte> word)
    {
        var number = new BigInteger(word, isUnsigned: true, isBigEndian: true);
        switch (type)
        {
            case AbiType.Number kind:
                number = kind.IsSigned && word[0] >= 0x80 ? number - Uint256.Max - 1 : number;
                return Fits(kind, number) ? number : throw Dirty(type);
            case AbiType.Account:
                return word[..12].ContainsAnyExcept((byte)0) ? throw Dirty(type) : new Address(word[12..]);
            case AbiType.Truth:
                return number <= 1 ? number.IsOne : throw Dirty(type);
            case AbiType.FixedBytes { Size: Word }:
                return new Hash32(word);
            case AbiType.FixedBytes { Size: var size }:
                return word[size..].ContainsAnyExcept((byte)0) ? throw Dirty(type) : word[..size].ToArray();
            default:
                throw new ArgumentException($"{type.Name} is not one word.");
        }
    }

    private static FormatException Dirty(AbiType type) => new($"ABI: a word that is no {type.Name}.");

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new FormatException("ABI: a string that is not UTF-8.");
        }
    }
}
