using System.Buffers.Binary;
using System.IO.Compression;
using Neuro.Kernels.Formats;

namespace Neuro.Kernels.Tests.Formats;

/// <summary>Pictures that promise little and unpack to much, or promise more than any picture has.</summary>
public sealed class BombTests
{
    // As much as those who read JPEGs take for possible.
    private const ushort Edge = 65_000;
    private const int Inflated = 256 << 20;

    // Memory that a few pixels may take.
    private const long Few = 8 << 20;

    [Fact]
    public void Read_PngThatInflatesToGigabytes_TakesNoMoreThanItsHeaderSays()
    {
        var png = Png(1, 1, Packed(Inflated));
        png.Length.ShouldBeLessThan(1 << 20);
        var before = GC.GetAllocatedBytesForCurrentThread();
        PngReader.Read(png, "bomb").Values.ShouldBe([(ushort)0]);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(Few);
    }

    [Fact]
    public void Read_PngOfMoreThanAnyPictureHas_IsRefusedByItsHeader()
    {
        var png = Png(int.MaxValue, int.MaxValue, Packed(1000));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<PictureException>(() => PngReader.Read(png, "bomb")).Code.ShouldBe("picture.too_large");
        Should.Throw<PictureException>(() => Codec.Decode(png, "bomb")).Code.ShouldBeOneOf("picture.too_large", "picture.unreadable");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(Few);
    }

    [Fact]
    public void Decode_JpegOfMoreThanAnyPictureHas_IsRefusedByItsHeader()
    {
        var jpeg = Codec.Jpeg(new Image(8, 8, new byte[3 * 64]), 90);

        // Start of frame: marker, length, precision, and then height and width.
        var frame = jpeg.AsSpan().IndexOf<byte>([0xFF, 0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), Edge);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), Edge);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<PictureException>(() => Codec.Decode(jpeg, "bomb")).Code.ShouldBe("picture.too_large");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(Few);
    }

    private static byte[] Packed(int zeros)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize))
        {
            var some = new byte[1 << 20];
            for (var left = zeros; left > 0; left -= some.Length)
            {
                zlib.Write(some, 0, Math.Min(left, some.Length));
            }
        }

        return packed.ToArray();
    }

    // Grey, 8 bits.
    private static byte[] Png(int width, int height, byte[] packed)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, packed), .. Chunk("IEND"u8, [])];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] body)
    {
        var chunk = new byte[body.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, body.Length);
        type.CopyTo(chunk.AsSpan(4));
        body.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(body.Length + 8), Crc32.Of(type, body));
        return chunk;
    }
}
