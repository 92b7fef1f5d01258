using System.Buffers.Binary;
using System.IO.Compression;

namespace Neuro.Kernels.Formats;

/// <summary>Reads grey PNG of 8 or 16 bits exactly; general decoders fold 16 bits to 8.</summary>
/// <remarks>Format: PNG specification, third edition (W3C 2025). Interlaced pictures are refused: we never write them.</remarks>
internal static class PngReader
{
    /// <summary>Pixels row-major from the top left, one value each.</summary>
    internal readonly record struct Grey(int Width, int Height, ushort[] Values);

    /// <exception cref="PictureException"><c>picture.unreadable</c>, <c>picture.too_large</c>.</exception>
    public static Grey Read(ReadOnlySpan<byte> png, string name)
    {
        if (!png.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        {
            throw Unreadable(name, "it does not start like a PNG");
        }

        var header = default(Header);
        using var packed = new MemoryStream();
        for (var rest = png[8..]; ;)
        {
            var (type, body) = NextChunk(ref rest, name);
            if (type.SequenceEqual("IHDR"u8))
            {
                header = Header.Parse(body, name);
            }
            else if (type.SequenceEqual("IDAT"u8))
            {
                packed.Write(body);
            }
            else if (type.SequenceEqual("IEND"u8))
            {
                break;
            }
        }

        return header.Width > 0
            ? new Grey(header.Width, header.Height, Values(Unfiltered(packed, header, name), header))
            : throw Unreadable(name, "it has no header");
    }

    private readonly record struct Header(int Width, int Height, int Bytes)
    {
        public int Stride => Width * Bytes;

        public static Header Parse(ReadOnlySpan<byte> body, string name)
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

            return body[8] is 8 or 16 && !body[9..].ContainsAnyExcept((byte)0)
                ? new Header((int)width, (int)height, body[8] / 8)
                : throw Unreadable(name, $"it has {body[8]} bits of colour type {body[9]}; expected grey of 8 or 16 bits, not interlaced");
        }
    }

    private static (byte[] Type, byte[] Body) NextChunk(ref ReadOnlySpan<byte> rest, string name)
    {
        var length = rest.Length < 12 ? uint.MaxValue : BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (length > rest.Length - 12)
        {
            throw Unreadable(name, "it is cut short");
        }

        var type = rest.Slice(4, 4);
        var body = rest.Slice(8, (int)length);
        if (Crc32.Of(type, body) != BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]))
        {
            throw Unreadable(name, "a check sum in it is wrong");
        }

        rest = rest[(12 + (int)length)..];
        return (type.ToArray(), body.ToArray());
    }

    private static byte[] Unfiltered(MemoryStream packed, Header header, string name)
    {
        var rows = new byte[header.Stride * header.Height];
        var row = new byte[header.Stride + 1];
        packed.Position = 0;
        try
        {
            using var zlib = new ZLibStream(packed, CompressionMode.Decompress);
            for (var y = 0; y < header.Height; y++)
            {
                zlib.ReadExactly(row);
                var above = y == 0 ? [] : rows.AsSpan((y - 1) * header.Stride, header.Stride);
                Unfilter(row[0], row.AsSpan(1), above, rows.AsSpan(y * header.Stride, header.Stride), header.Bytes, name);
            }
        }
        catch (Exception broken) when (broken is InvalidDataException or EndOfStreamException)
        {
            throw Unreadable(name, "its pixels are damaged or cut short");
        }

        return rows;
    }

    private static void Unfilter(byte filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, Span<byte> result, int step, string name)
    {
        if (filter > 4)
        {
            throw Unreadable(name, $"it uses filter {filter}");
        }

        for (var x = 0; x < row.Length; x++)
        {
            int left = x >= step ? result[x - step] : 0;
            int up = above.IsEmpty ? 0 : above[x];
            int corner = above.IsEmpty || x < step ? 0 : above[x - step];
            var predicted = filter switch { 0 => 0, 1 => left, 2 => up, 3 => (left + up) / 2, _ => Paeth(left, up, corner) };
            result[x] = unchecked((byte)(row[x] + predicted));
        }
    }

    private static int Paeth(int left, int up, int corner)
    {
        var estimate = left + up - corner;
        var (toLeft, toUp, toCorner) = (Math.Abs(estimate - left), Math.Abs(estimate - up), Math.Abs(estimate - corner));
        return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    }

    private static ushort[] Values(byte[] rows, Header header)
    {
        var values = new ushort[header.Width * header.Height];
        for (var at = 0; at < values.Length; at++)
        {
            values[at] = header.Bytes == 1 ? rows[at] : BinaryPrimitives.ReadUInt16BigEndian(rows.AsSpan(2 * at));
        }

        return values;
    }

    private static PictureException Unreadable(string name, string why) => new("picture.unreadable", $"{name} cannot be read: {why}.");
}
