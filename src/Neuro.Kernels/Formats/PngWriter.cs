using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Neuro.Kernels.Formats;

/// <summary>A fast PNG encoder for rendered pictures: the up filter and zlib's fastest level, where general encoders try every filter on every row.</summary>
/// <remarks>Format: PNG specification, third edition (W3C 2025), sections 5, 9 and 11.</remarks>
internal static class PngWriter
{
    private const byte Grey = 0;
    private const byte Truecolour = 2;
    private const byte UpFilter = 2;

    /// <summary>Encodes RGB8 interleaved.</summary>
    public static byte[] Rgb(int width, int height, ReadOnlySpan<byte> rgb) => Encode(width, height, 8, Truecolour, 3 * width, rgb);

    /// <summary>Encodes one byte a pixel.</summary>
    public static byte[] Grey8(int width, int height, ReadOnlySpan<byte> grey) => Encode(width, height, 8, Grey, width, grey);

    /// <summary>Encodes 16 bits a pixel.</summary>
    public static byte[] Grey16(int width, int height, ReadOnlySpan<ushort> grey)
    {
        if (!BitConverter.IsLittleEndian)
        {
            return Encode(width, height, 16, Grey, 2 * width, MemoryMarshal.AsBytes(grey));
        }

        var swapped = new ushort[grey.Length];
        BinaryPrimitives.ReverseEndianness(grey, swapped);
        return Encode(width, height, 16, Grey, 2 * width, MemoryMarshal.AsBytes<ushort>(swapped));
    }

    private static byte[] Encode(int width, int height, byte depth, byte colour, int stride, ReadOnlySpan<byte> rows)
    {
        if (width < 1 || height < 1 || rows.Length != stride * height)
        {
            throw new ArgumentException($"A {width} × {height} picture of {stride} bytes a row needs {(long)stride * height} bytes; there are {rows.Length}.");
        }

        var png = new MemoryStream(rows.Length / 4 + 256);
        png.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = depth;
        header[9] = colour;
        header[10..].Clear();
        WriteChunk(png, "IHDR"u8, header);
        WriteChunk(png, "IDAT"u8, Deflate(FilterUp(rows, stride, height)));
        WriteChunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    private static byte[] FilterUp(ReadOnlySpan<byte> rows, int stride, int height)
    {
        var filtered = new byte[(stride + 1) * height];
        for (var y = 0; y < height; y++)
        {
            var target = filtered.AsSpan(y * (stride + 1), stride + 1);
            target[0] = UpFilter;
            var row = rows.Slice(y * stride, stride);
            if (y == 0)
            {
                row.CopyTo(target[1..]);
            }
            else
            {
                Subtract(row, rows.Slice((y - 1) * stride, stride), target[1..]);
            }
        }

        return filtered;
    }

    private static void Subtract(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, Span<byte> difference)
    {
        var lanes = Vector<byte>.Count;
        var x = 0;
        for (; x <= row.Length - lanes; x += lanes)
        {
            (new Vector<byte>(row[x..]) - new Vector<byte>(above[x..])).CopyTo(difference[x..]);
        }

        for (; x < row.Length; x++)
        {
            difference[x] = unchecked((byte)(row[x] - above[x]));
        }
    }

    private static ReadOnlySpan<byte> Deflate(byte[] bytes)
    {
        var packed = new MemoryStream(bytes.Length / 4 + 64);
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(bytes);
        }

        return packed.GetBuffer().AsSpan(0, (int)packed.Length);
    }

    private static void WriteChunk(MemoryStream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> body)
    {
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(word, body.Length);
        png.Write(word);
        png.Write(type);
        png.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(word, Crc32.Of(type, body));
        png.Write(word);
    }
}
