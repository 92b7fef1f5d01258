using Neuro.Kernels.Formats.Jpeg;
using SkiaSharp;

namespace Neuro.Kernels.Formats;

/// <summary>Pictures to bytes, by our own writers, and back through Skia, which reads what others write.</summary>
public static class Codec
{
    /// <summary>The largest edge of a picture that is decoded, in pixels.</summary>
    public const int MaxEdge = 4096;

    /// <summary>Bytes that tell what kind of picture follows.</summary>
    internal const int BeginningLength = 12;

    /// <summary>Decodes a PNG, JPEG or WebP picture; what is transparent becomes white.</summary>
    /// <param name="bytes">The encoded picture.</param>
    /// <param name="name">What to call it in an error.</param>
    /// <exception cref="PictureException"><c>picture.unreadable</c>, <c>picture.too_large</c>.</exception>
    public static Image Decode(ReadOnlySpan<byte> bytes, string name)
    {
        CheckBeginning(bytes, name);
        using var data = SKData.CreateCopy(bytes);
        using var codec = SKCodec.Create(data) ?? throw Damaged(name);
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if (width is < 1 or > MaxEdge || height is < 1 or > MaxEdge)
        {
            throw new PictureException("picture.too_large", $"{name} is {width} × {height} pixels; at most {MaxEdge} × {MaxEdge} are read.");
        }

        var rgba = new byte[4 * width * height];
        var info = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        unsafe
        {
            fixed (byte* pixels = rgba)
            {
                if (codec.GetPixels(info, (nint)pixels) != SKCodecResult.Success)
                {
                    throw Damaged(name);
                }
            }
        }

        return new Image(width, height, OnWhite(rgba));
    }

    /// <summary>Looks at the first bytes (<see cref="BeginningLength"/> are enough) and decodes nothing.</summary>
    /// <exception cref="PictureException"><c>picture.unreadable</c>: neither PNG nor JPEG nor WebP.</exception>
    internal static void CheckBeginning(ReadOnlySpan<byte> bytes, string name)
    {
        if (!IsKnown(bytes))
        {
            throw new PictureException("picture.unreadable", $"{name} is not a picture: it {Beginning(bytes)}; expected PNG, JPEG or WebP.");
        }
    }

    /// <summary>The size of a picture file, by its header alone.</summary>
    /// <exception cref="PictureException"><c>picture.unreadable</c>, <c>picture.too_large</c>.</exception>
    internal static (int Width, int Height) SizeOf(string path)
    {
        using var codec = SKCodec.Create(path) ?? throw Damaged(path);
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        return width is >= 1 and <= MaxEdge && height is >= 1 and <= MaxEdge
            ? (width, height)
            : throw new PictureException("picture.too_large", $"{path} is {width} × {height} pixels; at most {MaxEdge} × {MaxEdge} are read.");
    }

    /// <summary>Encodes as JPEG, baseline, 4:2:0.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="quality">1 to 100.</param>
    public static byte[] Jpeg(Image image, int quality = 90) => JpegWriter.Rgb(image.Width, image.Height, image.Rgb, quality);

    /// <summary>Encodes as PNG, 8 bits a channel.</summary>
    public static byte[] Png(Image image) => PngWriter.Rgb(image.Width, image.Height, image.Rgb);

    private static byte[] OnWhite(byte[] rgba)
    {
        var rgb = new byte[rgba.Length / 4 * 3];
        for (int from = 0, to = 0; from < rgba.Length; from += 4, to += 3)
        {
            int alpha = rgba[from + 3];
            for (var channel = 0; channel < 3; channel++)
            {
                rgb[to + channel] = (byte)((rgba[from + channel] * alpha + 255 * (255 - alpha) + 127) / 255);
            }
        }

        return rgb;
    }

    private static bool IsKnown(ReadOnlySpan<byte> bytes) =>
        StartsAsPng(bytes) || StartsAsJpeg(bytes) || StartsAsWebP(bytes);

    private static bool StartsAsPng(ReadOnlySpan<byte> bytes) => bytes.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);

    private static bool StartsAsJpeg(ReadOnlySpan<byte> bytes) => bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);

    private static bool StartsAsWebP(ReadOnlySpan<byte> bytes) => bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8);

    private static PictureException Damaged(string name) =>
        new("picture.unreadable", $"{name} begins like a picture but is cut short or damaged; export it again.");

    private static string Beginning(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return "is empty";
        }

        var first = string.Concat(bytes[..Math.Min(4, bytes.Length)].ToArray().Select(b => b is >= 0x20 and < 0x7F ? ((char)b).ToString() : $"\\x{b:X2}"));
        return $"starts with '{first}'";
    }
}
