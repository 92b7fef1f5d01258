using System.Buffers.Binary;
using System.IO.Compression;
using Neuro.Kernels.Formats;

namespace Neuro.Kernels.Labels;

/// <summary>Drawn labels as small PNG files: a palette of few colours, for pages that show many.</summary>
/// <remarks>Median cut (Heckbert 1982) over colours of five bits a channel; no dithering, which would not compress.</remarks>
public static class OverlayPng
{
    private const byte PaletteColour = 3;
    private const int Bins = 1 << 15;

    /// <summary>The picture in its likeliest colours.</summary>
    /// <param name="image">Any picture.</param>
    /// <param name="colours">At most this many, 2 to 256.</param>
    public static byte[] Encode(Image image, int colours = 64)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(colours, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(colours, 256);
        var boxes = Cut(Histogram(image), colours);
        var (palette, index) = (new byte[3 * boxes.Count], new byte[Bins]);
        for (var i = 0; i < boxes.Count; i++)
        {
            boxes[i].Mean.CopyTo(palette, 3 * i);
            foreach (var bin in boxes[i].Colours)
            {
                index[bin.Number] = (byte)i;
            }
        }

        var rows = new byte[(image.Width + 1) * image.Height]; // Each row begins with its filter: none.
        for (var at = 0; at < image.Width * image.Height; at++)
        {
            rows[at + (at / image.Width) + 1] = index[Bin(image.Rgb.AsSpan(3 * at, 3))];
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), image.Height);
        (header[8], header[9]) = (8, PaletteColour);
        using var png = new MemoryStream();
        png.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        Chunk(png, "IHDR"u8, header);
        Chunk(png, "PLTE"u8, palette);
        Chunk(png, "IDAT"u8, Deflated(rows));
        Chunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    private static int Bin(ReadOnlySpan<byte> rgb) => (rgb[0] >> 3 << 10) | (rgb[1] >> 3 << 5) | (rgb[2] >> 3);

    private static List<Colour> Histogram(Image image)
    {
        var (counts, sums) = (new int[Bins], new long[3 * Bins]);
        for (var at = 0; at < image.Rgb.Length; at += 3)
        {
            var bin = Bin(image.Rgb.AsSpan(at, 3));
            counts[bin]++;
            for (var channel = 0; channel < 3; channel++)
            {
                sums[(3 * bin) + channel] += image.Rgb[at + channel];
            }
        }

        return [.. Enumerable.Range(0, Bins).Where(bin => counts[bin] > 0).Select(bin => new Colour(bin, counts[bin], [sums[3 * bin], sums[(3 * bin) + 1], sums[(3 * bin) + 2]]))];
    }

    private static List<Box> Cut(List<Colour> colours, int most)
    {
        var boxes = new List<Box> { new(colours) };
        while (boxes.Count < most && boxes.Where(box => box.Colours.Count > 1).MaxBy(box => box.Worth) is { } widest)
        {
            boxes.Remove(widest);
            boxes.AddRange(widest.Halves());
        }

        return boxes;
    }

    private static byte[] Deflated(byte[] rows)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            zlib.Write(rows);
        }

        return packed.ToArray();
    }

    private static void Chunk(Stream png, ReadOnlySpan<byte> type, byte[] body)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, body.Length);
        png.Write(number);
        png.Write(type);
        png.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Of(type, body));
        png.Write(number);
    }

    private sealed record Colour(int Number, int Count, long[] Sums)
    {
        public int Channel(int channel) => (Number >> (10 - (5 * channel))) & 31;
    }

    private sealed class Box(List<Colour> colours)
    {
        public List<Colour> Colours { get; } = colours;

        public byte[] Mean { get; } = [.. Enumerable.Range(0, 3).Select(channel => (byte)(colours.Sum(colour => colour.Sums[channel]) / colours.Sum(colour => (long)colour.Count)))];

        /// <summary>How much cutting it helps: its pixels times the square of its widest side.</summary>
        public long Worth { get; } = colours.Sum(colour => (long)colour.Count) * Square(Enumerable.Range(0, 3).Max(channel => Extent(colours, channel)));

        public IEnumerable<Box> Halves()
        {
            var widest = Enumerable.Range(0, 3).MaxBy(channel => Extent(Colours, channel));
            var sorted = Colours.OrderBy(colour => colour.Channel(widest)).ThenBy(colour => colour.Number).ToList();
            var (half, cut, below) = (Colours.Sum(colour => (long)colour.Count) / 2, 0, 0L);
            do
            {
                below += sorted[cut++].Count;
            }
            while (below < half && cut < sorted.Count - 1);

            return [new Box(sorted[..cut]), new Box(sorted[cut..])];
        }

        private static int Extent(List<Colour> colours, int channel) => colours.Max(colour => colour.Channel(channel)) - colours.Min(colour => colour.Channel(channel));

        private static long Square(long side) => side * side;
    }
}
