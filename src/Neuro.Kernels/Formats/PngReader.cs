using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Neuro.Kernels.Formats;

/// <summary>Reads grey and RGB PNG of 8 or 16 bits exactly; general decoders fold 16 bits to 8.</summary>
/// <remarks>Format: PNG specification, third edition (W3C 2025). Interlaced pictures, palettes and transparency are refused: we never write them.</remarks>
internal static class PngReader
{
    private const byte UpFilter = 2;

    /// <summary>Pixels row-major from the top left, <see cref="Channels"/> values each.</summary>
    internal readonly record struct Pixels(int Width, int Height, int Channels, ushort[] Values)
    {
        /// <summary>Gives the values back to the pool that <see cref="ReadPooled"/> took them from.</summary>
        public void Return() => ArrayPool<ushort>.Shared.Return(Values);
    }

    /// <summary>Reads a picture of one value a pixel, of 8 or 16 bits.</summary>
    /// <exception cref="PictureException"><c>picture.unreadable</c>, <c>picture.too_large</c>.</exception>
    public static Pixels Read(ReadOnlySpan<byte> png, string name) => Read(png, name, channels: 1, bits: 0);

    /// <summary>Reads a grey picture of 16 bits into an array that may be longer than the picture; the caller gives it back.</summary>
    /// <exception cref="PictureException"><c>picture.unreadable</c>, <c>picture.too_large</c>.</exception>
    public static Pixels ReadPooled(ReadOnlySpan<byte> png, string name) => Read(png, name, channels: 1, bits: 16, ArrayPool<ushort>.Shared.Rent);

    /// <summary>Reads a picture of <paramref name="channels"/> values a pixel (1 grey, 3 RGB), of <paramref name="bits"/> bits or, if that is 0, of 8 or 16.</summary>
    /// <exception cref="PictureException"><c>picture.unreadable</c>, <c>picture.too_large</c>.</exception>
    public static Pixels Read(ReadOnlySpan<byte> png, string name, int channels, int bits) => Read(png, name, channels, bits, length => new ushort[length]);

    private static Pixels Read(ReadOnlySpan<byte> png, string name, int channels, int bits, Func<int, ushort[]> allocate)
    {
        if (!png.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        {
            throw Unreadable(name, "it does not start like a PNG");
        }

        var header = default(Header);
        using var packed = new MemoryStream(png.Length);
        for (var rest = png[8..]; ;)
        {
            var body = NextChunk(ref rest, name, out var type);
            if (header.Width == 0)
            {
                header = type.SequenceEqual("IHDR"u8) ? Header.Parse(body, name, channels, bits) : throw Unreadable(name, "it has no header");
            }
            else if (type.SequenceEqual("IDAT"u8))
            {
                packed.Write(body);
            }
            else if (type.SequenceEqual("IEND"u8))
            {
                return rest.IsEmpty ? Unpacked(packed, header, name, allocate) : throw Unreadable(name, $"{rest.Length} bytes follow its end");
            }
        }
    }

    private readonly record struct Header(int Width, int Height, int Channels, int Bytes)
    {
        public int Stride => Width * Channels * Bytes;

        public static Header Parse(ReadOnlySpan<byte> body, string name, int channels, int bits)
        {
            if (body.Length != 13)
            {
                throw Unreadable(name, $"its header has {body.Length} bytes");
            }

            var (width, height) = (BinaryPrimitives.ReadUInt32BigEndian(body), BinaryPrimitives.ReadUInt32BigEndian(body[4..]));
            if (width is 0 or > Codec.MaxEdge || height is 0 or > Codec.MaxEdge)
            {
                throw new PictureException("picture.too_large", $"{name} is {width} × {height} pixels; 1 to {Codec.MaxEdge} a side are read.");
            }

            var fits = body[8] is 8 or 16 && (bits == 0 || body[8] == bits) && body[9] == (channels == 1 ? 0 : 2) && !body[10..].ContainsAnyExcept((byte)0);
            return fits
                ? new Header((int)width, (int)height, channels, body[8] / 8)
                : throw Unreadable(name, $"it has {body[8]} bits of colour type {body[9]}; expected {(channels == 1 ? "grey" : "RGB")} of {(bits == 0 ? "8 or 16" : bits)} bits, not interlaced");
        }
    }

    private static ReadOnlySpan<byte> NextChunk(ref ReadOnlySpan<byte> rest, string name, out ReadOnlySpan<byte> type)
    {
        var length = rest.Length < 12 ? uint.MaxValue : BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (length > rest.Length - 12)
        {
            throw Unreadable(name, "it is cut short");
        }

        type = rest.Slice(4, 4);
        var body = rest.Slice(8, (int)length);
        if (Crc32.Of(type, body) != BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]))
        {
            throw Unreadable(name, "a check sum in it is wrong");
        }

        rest = rest[(12 + (int)length)..];
        return body;
    }

    private static Pixels Unpacked(MemoryStream packed, Header header, string name, Func<int, ushort[]> allocate)
    {
        var size = (header.Stride + 1) * header.Height;
        var rows = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            Inflate(packed, rows.AsSpan(0, size), name);
            Unfilter(rows.AsSpan(0, size), header, name);
            return new Pixels(header.Width, header.Height, header.Channels, Values(rows, header, allocate));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rows);
        }
    }

    private static void Inflate(MemoryStream packed, Span<byte> rows, string name)
    {
        packed.Position = 0;
        try
        {
            using var zlib = new ZLibStream(packed, CompressionMode.Decompress);
            zlib.ReadExactly(rows);
        }
        catch (Exception broken) when (broken is InvalidDataException or EndOfStreamException)
        {
            throw Unreadable(name, "its pixels are damaged or cut short");
        }
    }

    /// <summary>Undoes each row's filter in place; a row begins with the filter's number.</summary>
    private static void Unfilter(Span<byte> rows, Header header, string name)
    {
        var step = header.Channels * header.Bytes;
        ReadOnlySpan<byte> above = new byte[header.Stride];
        for (var y = 0; y < header.Height; y++)
        {
            var filter = rows[y * (header.Stride + 1)];
            var row = rows.Slice((y * (header.Stride + 1)) + 1, header.Stride);
            if (filter == UpFilter)
            {
                Add(row, above);
            }
            else if (filter is 1 or 3 or 4)
            {
                Unfilter(filter, row, above, step);
            }
            else if (filter != 0)
            {
                throw Unreadable(name, $"it uses filter {filter}");
            }

            above = row;
        }
    }

    private static void Add(Span<byte> row, ReadOnlySpan<byte> above)
    {
        var x = 0;
        for (; x <= row.Length - Vector<byte>.Count; x += Vector<byte>.Count)
        {
            (new Vector<byte>(row[x..]) + new Vector<byte>(above[x..])).CopyTo(row[x..]);
        }

        for (; x < row.Length; x++)
        {
            row[x] += above[x];
        }
    }

    private static void Unfilter(byte filter, Span<byte> row, ReadOnlySpan<byte> above, int step)
    {
        for (var x = 0; x < row.Length; x++)
        {
            int left = x >= step ? row[x - step] : 0;
            int up = above[x];
            int corner = x < step ? 0 : above[x - step];
            row[x] += (byte)(filter switch { 1 => left, 3 => (left + up) / 2, _ => Paeth(left, up, corner) });
        }
    }

    private static int Paeth(int left, int up, int corner)
    {
        var estimate = left + up - corner;
        var (toLeft, toUp, toCorner) = (Math.Abs(estimate - left), Math.Abs(estimate - up), Math.Abs(estimate - corner));
        return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    }

    private static ushort[] Values(ReadOnlySpan<byte> rows, Header header, Func<int, ushort[]> allocate)
    {
        var perRow = header.Width * header.Channels;
        var values = allocate(perRow * header.Height);
        for (var y = 0; y < header.Height; y++)
        {
            var row = rows.Slice((y * (header.Stride + 1)) + 1, header.Stride);
            var target = values.AsSpan(y * perRow, perRow);
            if (header.Bytes == 1)
            {
                for (var x = 0; x < perRow; x++)
                {
                    target[x] = row[x];
                }
            }
            else
            {
                row.CopyTo(MemoryMarshal.AsBytes(target));
                if (BitConverter.IsLittleEndian)
                {
                    BinaryPrimitives.ReverseEndianness(target, target);
                }
            }
        }

        return values;
    }

    private static PictureException Unreadable(string name, string why) => new("picture.unreadable", $"{name} cannot be read: {why}.");
}
