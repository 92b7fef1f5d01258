using System.Buffers;
using System.Runtime.CompilerServices;

namespace Neuro.Kernels.Formats.Jpeg;

/// <summary>A fast JPEG encoder for rendered pictures: baseline, 4:2:0, the standard Huffman tables.</summary>
/// <remarks>Format: ITU-T T.81 (1992), annexes B, C, F and K; JFIF 1.01.</remarks>
[SkipLocalsInit]
internal static class JpegWriter
{
    private const int MaxEdge = ushort.MaxValue;
    private const int Edge = JpegTransform.Edge;
    private const int EdgeBytes = 3 * Edge;

    /// <summary>Encodes RGB8 interleaved, [H, W, 3], row-major.</summary>
    /// <param name="width">1 to 65535.</param>
    /// <param name="height">1 to 65535.</param>
    /// <param name="rgb">The pixels.</param>
    /// <param name="quality">1 to 100, scaled as libjpeg does (IJG).</param>
    public static byte[] Rgb(int width, int height, ReadOnlySpan<byte> rgb, int quality) => Rgb(width, height, rgb, quality, vectors: true);

    /// <param name="vectors">Whether AVX2 is used where there is any; the bytes are the same.</param>
    internal static byte[] Rgb(int width, int height, ReadOnlySpan<byte> rgb, int quality, bool vectors)
    {
        if (width is < 1 or > MaxEdge || height is < 1 or > MaxEdge || rgb.Length != 3L * width * height)
        {
            throw new ArgumentException(
                $"A {width} × {height} picture of {rgb.Length} bytes is none: edges are 1 to {MaxEdge} pixels, and these need {3L * width * height} bytes.");
        }

        if (quality is < 1 or > 100)
        {
            throw new ArgumentOutOfRangeException(nameof(quality), quality, "The quality of a JPEG picture is 1 to 100.");
        }

        var tables = JpegQuality.Of(quality);
        var scan = new JpegScan(ArrayPool<byte>.Shared.Rent(JpegQuality.HeaderRoom + (rgb.Length / 8)));
        try
        {
            scan.Length = tables.WriteHeader(scan.Bytes, width, height);
            WriteMcus(ref scan, width, height, rgb, tables, vectors);
            return scan.End();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scan.Bytes);
        }
    }

    private static void WriteMcus(ref JpegScan scan, int width, int height, ReadOnlySpan<byte> rgb, JpegQuality quality, bool vectors)
    {
        Span<short> coefficients = stackalloc short[JpegTransform.Pairs * JpegTransform.PairLength];
        Span<ulong> present = stackalloc ulong[2 * JpegTransform.Pairs];
        Span<byte> repeated = stackalloc byte[Edge * EdgeBytes];
        for (var top = 0; top < height; top += Edge)
        {
            for (var left = 0; left < width; left += Edge)
            {
                if (left + Edge <= width && top + Edge <= height)
                {
                    JpegTransform.Mcu(rgb[(3 * ((top * width) + left))..], 3 * width, quality, coefficients, present, vectors);
                }
                else
                {
                    RepeatEdges(rgb, width, height, left, top, repeated);
                    JpegTransform.Mcu(repeated, EdgeBytes, quality, coefficients, present, vectors);
                }

                scan.Mcu(coefficients, present);
            }
        }
    }

    /// <summary>An MCU that reaches beyond the picture; what is there does not show, and is cheapest if it is like what does.</summary>
    private static void RepeatEdges(ReadOnlySpan<byte> rgb, int width, int height, int left, int top, Span<byte> mcu)
    {
        for (var at = 0; at < Edge * Edge; at++)
        {
            var (y, x) = (Math.Min(top + (at / Edge), height - 1), Math.Min(left + (at % Edge), width - 1));
            rgb.Slice(3 * ((y * width) + x), 3).CopyTo(mcu[(3 * at)..]);
        }
    }
}
