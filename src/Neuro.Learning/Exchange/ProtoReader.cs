using System.Buffers.Binary;
using System.Text;

namespace Neuro.Learning.Exchange;

/// <summary>The fields of one protobuf message, one after another, over bytes that may be anybody's: no length is believed beyond what is there.</summary>
internal struct ProtoReader(ReadOnlyMemory<byte> bytes)
{
    private ReadOnlyMemory<byte> left = bytes;

    /// <summary>Number of the field that was read last.</summary>
    public int Field { get; private set; }

    /// <summary>Its value where it is a number.</summary>
    public ulong Number { get; private set; }

    /// <summary>Its bytes where it is text, packed numbers or another message.</summary>
    public ReadOnlyMemory<byte> Bytes { get; private set; }

    /// <summary>Whether it is a length and bytes.</summary>
    public bool IsBytes { get; private set; }

    public readonly string Text => Encoding.UTF8.GetString(Bytes.Span);

    public readonly long Whole => unchecked((long)Number);

    /// <summary>The value of a 32-bit float.</summary>
    public readonly float Float => BitConverter.UInt32BitsToSingle(unchecked((uint)Number));

    /// <exception cref="InvalidDataException">The bytes end in the middle of a field, or hold a group.</exception>
    public bool Next()
    {
        if (left.IsEmpty)
        {
            return false;
        }

        var key = Varint();
        (Field, Bytes, IsBytes) = ((int)(key >> 3 & 0x1fff_ffff), default, (key & 7) == 2);
        switch (key & 7)
        {
            case 0:
                Number = Varint();
                break;
            case 1:
                Number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8).Span);
                break;
            case 2:
                Bytes = Take(Varint());
                break;
            case 5:
                Number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4).Span);
                break;
            default:
                throw new InvalidDataException($"it holds a field of wire type {key & 7}");
        }

        return true;
    }

    /// <summary>Adds a repeated whole number, be it packed or one by one.</summary>
    public readonly void AddTo(List<long> numbers)
    {
        if (!IsBytes)
        {
            numbers.Add(Whole);
            return;
        }

        var packed = new ProtoReader(Bytes);
        while (!packed.left.IsEmpty)
        {
            numbers.Add(unchecked((long)packed.Varint()));
        }
    }

    private ReadOnlyMemory<byte> Take(ulong count)
    {
        if (count > (ulong)left.Length)
        {
            throw new InvalidDataException($"a field claims {count:N0} bytes where {left.Length:N0} are left");
        }

        var taken = left[..(int)count];
        left = left[(int)count..];
        return taken;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var part = Take(1).Span[0];
            value |= shift < 64 ? (ulong)(part & 0x7f) << shift : 0;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("a number is longer than ten bytes");
    }
}
