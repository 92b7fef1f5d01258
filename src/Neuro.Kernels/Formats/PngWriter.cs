using System.Buffers;
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
    private const int LengthBytes = 4;

    // A thread encodes picture after picture of one size: what grew for the first is used for all.
    [ThreadStatic]
    private static MemoryStream? scratch;

    /// <summary>Encodes RGB8 interleaved.</summary>
    public static byte[] Rgb(int width, int height, ReadOnlySpan<byte> rgb) => Encode(width, height, 8, Truecolour, 3 * width, rgb);

    /// <summary>Encodes one byte a pixel.</summary>
    public static byte[] Grey8(int width, int height, ReadOnlySpan<byte> grey) => Encode(width, height, 8, Grey, width, grey);

    /// <summary>Encodes 16 bits a pixel.</summary>
    public static byte[] Grey16(int width, int height, ReadOnlySpan<ushort> grey) => Encode16(width, height, Grey, 1, grey);

    /// <summary>Encodes RGB interleaved, 16 bits a channel.</summary>
    public static byte[] Rgb16(int width, int height, ReadOnlySpan<ushort> rgb) => Encode16(width, height, Truecolour, 3, rgb);

    private static byte[] Encode16(int width, int height, byte colour, int channels, ReadOnlySpan<ushort> values)
    {
        if (!BitConverter.IsLittleEndian)
        {
            return Encode(width, height, 16, colour, 2 * channels * width, MemoryMarshal.AsBytes(values));
        }

        var swapped = ArrayPool<ushort>.Shared.Rent(values.Length);
        try
        {
            BinaryPrimitives.ReverseEndianness(values, swapped);
            return Encode(width, height, 16, colour, 2 * channels * width, MemoryMarshal.AsBytes(swapped.AsSpan(0, values.Length)));
        }
        finally
        {
            ArrayPool<ushort>.Shared.Return(swapped);
        }
    }

    private static byte[] Encode(int width, int height, byte depth, byte colour, int stride, ReadOnlySpan<byte> rows)
    {
        if (width < 1 || height < 1 || rows.Length != stride * height)
        {
            throw new ArgumentException($"A {width} × {height} picture of {stride} bytes a row needs {(long)stride * height} bytes; there are {rows.Length}.");
        }

        var png = scratch ??= new MemoryStream();
        png.SetLength(0);
        png.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = depth;
        header[9] = colour;
        header[10..].Clear();
        WriteChunk(png, "IHDR"u8, header);
        WritePixels(png, rows, stride, height);
        WriteChunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    private static void WritePixels(MemoryStream png, ReadOnlySpan<byte> rows, int stride, int height)
    {
        var filtered = ArrayPool<byte>.Shared.Rent((stride + 1) * height);
        try
        {
            FilterUp(rows, stride, height, filtered);
            var start = BeginChunk(png, "IDAT"u8);
            using (var zlib = new ZLibStream(png, CompressionLevel.Fastest, leaveOpen: true))
            {
                zlib.Write(filtered, 0, (stride + 1) * height);
            }

            EndChunk(png, start);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(filtered);
        }
    }

    private static void FilterUp(ReadOnlySpan<byte> rows, int stride, int height, Span<byte> filtered)
    {
        for (var y = 0; y < height; y++)
        {
            var target = filtered.Slice(y * (stride + 1), stride + 1);
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

    private static void WriteChunk(MemoryStream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> body)
    {
        var start = BeginChunk(png, type);
        png.Write(body);
        EndChunk(png, start);
    }

    /// <summary>Leaves room for the length; where the type begins.</summary>
    private static int BeginChunk(MemoryStream png, ReadOnlySpan<byte> type)
    {
        png.Write(stackalloc byte[LengthBytes]);
        png.Write(type);
        return (int)png.Length - type.Length;
    }

    private static void EndChunk(MemoryStream png, int start)
    {
        var chunk = png.GetBuffer().AsSpan(start, (int)png.Length - start);
        BinaryPrimitives.WriteInt32BigEndian(png.GetBuffer().AsSpan(start - LengthBytes), chunk.Length - LengthBytes);
        Span<byte> sum = stackalloc byte[LengthBytes];
        BinaryPrimitives.WriteUInt32BigEndian(sum, Crc32.Of(chunk, []));
        png.Write(sum);
    }
}
