using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Neuro.Learning.Exchange;

/// <summary>The protobuf wire format, as much of it as an ONNX file needs: varints, 32-bit floats and length-delimited fields.</summary>
internal sealed class ProtoWriter
{
    private readonly MemoryStream bytes = new();

    public ProtoWriter Int(int field, long value)
    {
        Varint((ulong)field << 3);
        Varint(unchecked((ulong)value));
        return this;
    }

    public ProtoWriter Float(int field, float value)
    {
        Varint((ulong)field << 3 | 5);
        Span<byte> raw = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(raw, value);
        bytes.Write(raw);
        return this;
    }

    public ProtoWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtoWriter Floats(int field, ReadOnlySpan<float> values) => Bytes(field, MemoryMarshal.AsBytes(values));

    public ProtoWriter Wholes(int field, ReadOnlySpan<long> values) => Bytes(field, MemoryMarshal.AsBytes(values));

    public ProtoWriter Message(int field, ProtoWriter message) => Bytes(field, message.bytes.GetBuffer().AsSpan(0, (int)message.bytes.Length));

    public byte[] ToArray() => bytes.ToArray();

    public ProtoWriter Bytes(int field, ReadOnlySpan<byte> value)
    {
        Varint((ulong)field << 3 | 2);
        Varint((ulong)value.Length);
        bytes.Write(value);
        return this;
    }

    private void Varint(ulong value)
    {
        while (value >= 0x80)
        {
            bytes.WriteByte((byte)(value & 0x7f | 0x80));
            value >>= 7;
        }

        bytes.WriteByte((byte)value);
    }
}
