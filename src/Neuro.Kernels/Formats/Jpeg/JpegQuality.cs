using System.Buffers.Binary;

namespace Neuro.Kernels.Formats.Jpeg;

/// <summary>What all pictures of one quality have in common, made once: the quantisers and the header.</summary>
internal sealed class JpegQuality
{
    /// <summary>More bytes than a header has.</summary>
    public const int HeaderRoom = 1024;

    private const byte Luma = 0;
    private const byte Chroma = 1;

    private static readonly JpegQuality?[] Made = new JpegQuality?[101];

    private readonly int heightAt;
    private readonly byte[] header;

    private JpegQuality(int quality)
    {
        Luminance = new JpegQuantiser(JpegTables.Luminance, quality);
        Chrominance = new JpegQuantiser(JpegTables.Chrominance, quality);
        var bytes = new List<byte> { 0xFF, 0xD8 };
        Add(bytes, 0xE0, [.. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
        Add(bytes, 0xDB, [Luma, .. Luminance.InZigzag()]);
        Add(bytes, 0xDB, [Chroma, .. Chrominance.InZigzag()]);
        heightAt = bytes.Count + 5;
        Add(bytes, 0xC0, [8, 0, 0, 0, 0, 3, 1, 0x22, Luma, 2, 0x11, Chroma, 3, 0x11, Chroma]);
        foreach (var table in (JpegHuffman[])[JpegTables.LuminanceDc, JpegTables.LuminanceAc, JpegTables.ChrominanceDc, JpegTables.ChrominanceAc])
        {
            Add(bytes, 0xC4, table.Segment);
        }

        Add(bytes, 0xDA, [3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]);
        header = [.. bytes];
    }

    public JpegQuantiser Luminance { get; }

    public JpegQuantiser Chrominance { get; }

    /// <param name="quality">1 to 100.</param>
    public static JpegQuality Of(int quality) => Made[quality] ??= new JpegQuality(quality);

    /// <summary>Writes all that comes before the coefficients; its length in bytes.</summary>
    public int WriteHeader(Span<byte> target, int width, int height)
    {
        header.CopyTo(target);
        BinaryPrimitives.WriteUInt16BigEndian(target[heightAt..], (ushort)height);
        BinaryPrimitives.WriteUInt16BigEndian(target[(heightAt + 2)..], (ushort)width);
        return header.Length;
    }

    private static void Add(List<byte> bytes, byte marker, ReadOnlySpan<byte> body)
    {
        var length = body.Length + 2;
        bytes.AddRange([0xFF, marker, (byte)(length >> 8), (byte)length, .. body]);
    }
}
