using CsCheck;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Formats.Jpeg;
using SkiaSharp;

namespace Neuro.Kernels.Tests.Formats.Jpeg;

public sealed class JpegWriterTests
{
    private const double Tolerance = 0.3;

    public static TheoryData<int> Qualities => [10, 50, 75, 90, 95, 100];

    [Theory]
    [MemberData(nameof(Qualities))]
    public void Rgb_OfGradient_IsAsNearAsSkias(int quality) => ShouldBeAsNearAsSkias(Gradient(320, 240), quality);

    [Theory]
    [MemberData(nameof(Qualities))]
    public void Rgb_OfShelf_IsAsNearAsSkias(int quality) => ShouldBeAsNearAsSkias(Shelf(320, 240), quality);

    [Theory]
    [MemberData(nameof(Qualities))]
    public void Rgb_OfWhiteNoise_IsAsNearAsSkias(int quality) => ShouldBeAsNearAsSkias(Noise(160, 96), quality);

    [Theory]
    [MemberData(nameof(Qualities))]
    public void Rgb_OfSaturatedBlocks_IsAsNearAsSkias(int quality) =>
        ShouldBeAsNearAsSkias(Painted(96, 96, (x, y) => ((int[])[0xFF0000, 0x0000FF, 0xFFFF00, 0x000000])[(x / 16 % 2) + (2 * (y / 16 % 2))]), quality);

    [Theory]
    [InlineData(50)]
    [InlineData(75)]
    [InlineData(90)]
    [InlineData(95)]
    public void Rgb_OfShelf_IsHardlyLargerThanSkiasWithCodesOfItsOwn(int quality)
    {
        // Skia counts the symbols of each picture and makes Huffman codes for them.
        var shelf = Shelf(640, 480);

        Encoded(shelf, quality).Length.ShouldBeInRange(BySkia(shelf, quality).Length * 95 / 100, BySkia(shelf, quality).Length * 105 / 100);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 5)]
    [InlineData(16, 16)]
    [InlineData(17, 33)]
    [InlineData(641, 479)]
    public void Rgb_OfAnySize_IsDecodedInThatSize(int width, int height)
    {
        var picture = Gradient(width, height);

        var decoded = Codec.Decode(Encoded(picture, 95), "any");

        (decoded.Width, decoded.Height).ShouldBe((width, height));
        ShouldBeAsNearAsSkias(picture, 95);
    }

    [Theory]
    [InlineData(0xFFFFFF)]
    [InlineData(0x000000)]
    [InlineData(0x808080)]
    public void Rgb_OfOneGrey_KeepsIt(int colour)
    {
        var picture = Painted(50, 30, (_, _) => colour);

        foreach (var quality in (int[])[1, 50, 100])
        {
            // The coarsest step of DC is 255 / 8 grey values, and half of that may be lost.
            var decoded = Codec.Decode(Encoded(picture, quality), "grey");
            decoded.Rgb.Distinct().Count().ShouldBe(1);
            Math.Abs(decoded.Rgb[0] - picture.Rgb[0]).ShouldBeLessThanOrEqualTo(quality == 1 ? 16 : 1);
            Encoded(picture, quality).ShouldBe(JpegWriter.Rgb(50, 30, picture.Rgb, quality, vectors: false));
        }
    }

    [Fact]
    public void Rgb_OfStrongestCosines_DoesNotOverflow()
    {
        // Block (u, v) is white where that cosine is positive and black elsewhere: no block has a greater coefficient.
        var picture = Painted(64, 64, (x, y) => Cosine(x / 8, x % 8) * Cosine(y / 8, y % 8) > 0 ? 0xFFFFFF : 0x000000);

        Psnr(picture, Codec.Decode(Encoded(picture, 100), "cosines")).ShouldBeGreaterThan(50);
        Encoded(picture, 100).ShouldBe(JpegWriter.Rgb(64, 64, picture.Rgb, 100, vectors: false));
    }

    [Fact]
    public void Rgb_OfWhiteNoise_StuffsBytesOfOnes()
    {
        var bytes = Encoded(Noise(640, 480), 100);

        bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0x00]).ShouldBePositive();
        bytes.AsSpan(^2).SequenceEqual((ReadOnlySpan<byte>)[0xFF, 0xD9]).ShouldBeTrue();
    }

    [Fact]
    public void Rgb_Twice_IsTheSameBytes()
    {
        var shelf = Shelf(161, 119);

        Encoded(shelf, 90).ShouldBe(Encoded(shelf, 90));
    }

    [Fact]
    public void Rgb_WithoutVectors_IsTheSameBytes()
    {
        // Bytes as they come, and only the extremes, which sum to the most.
        var bytes = Gen.OneOf(Gen.Byte, Gen.Bool.Select(white => (byte)(white ? 255 : 0)));
        Gen.Select(Gen.Int[1, 70], Gen.Int[1, 40], Gen.Int[1, 100])
            .SelectMany((width, height, quality) => bytes.Array[3 * width * height].Select(rgb => (width, height, quality, rgb)))
            .Sample(any => JpegWriter.Rgb(any.width, any.height, any.rgb, any.quality, vectors: true)
                .SequenceEqual(JpegWriter.Rgb(any.width, any.height, any.rgb, any.quality, vectors: false)));

        var shelf = Shelf(641, 479);
        Encoded(shelf, 90).ShouldBe(JpegWriter.Rgb(641, 479, shelf.Rgb, 90, vectors: false));
    }

    [Fact]
    public void Divisor_OfEveryStep_DividesEveryCoefficient()
    {
        for (var step = 1; step <= 255; step++)
        {
            var d = JpegTransform.Scale * step;
            var (half, reciprocal, shift) = JpegQuantiser.Divisor(d);
            for (var n = 0; n <= 32768; n++)
            {
                var quotient = ((uint)(n + half) * reciprocal >> 16) * shift >> 16;
                if (quotient != (n + (d / 2)) / d)
                {
                    Assert.Fail($"{n} / {d} gave {quotient}.");
                }
            }
        }
    }

    [Fact]
    public void Rgb_BadArguments_AreRefused()
    {
        Should.Throw<ArgumentException>(() => JpegWriter.Rgb(2, 2, new byte[11], 90)).Message.ShouldContain("need 12 bytes");
        Should.Throw<ArgumentException>(() => JpegWriter.Rgb(65536, 1, new byte[3 * 65536], 90));
        Should.Throw<ArgumentOutOfRangeException>(() => JpegWriter.Rgb(1, 1, new byte[3], 0));
        Should.Throw<ArgumentOutOfRangeException>(() => JpegWriter.Rgb(1, 1, new byte[3], 101));
    }

    private static void ShouldBeAsNearAsSkias(Image picture, int quality)
    {
        var theirs = Psnr(picture, Codec.Decode(BySkia(picture, quality), "Skia's"));

        Psnr(picture, Codec.Decode(Encoded(picture, quality), "ours")).ShouldBeGreaterThanOrEqualTo(theirs - Tolerance);
    }

    private static byte[] Encoded(Image picture, int quality) => JpegWriter.Rgb(picture.Width, picture.Height, picture.Rgb, quality);

    private static byte[] BySkia(Image picture, int quality)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(picture.Width, picture.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var rgba = new byte[4 * picture.Width * picture.Height];
        for (int from = 0, to = 0; from < picture.Rgb.Length; from += 3, to += 4)
        {
            (rgba[to], rgba[to + 1], rgba[to + 2], rgba[to + 3]) = (picture.Rgb[from], picture.Rgb[from + 1], picture.Rgb[from + 2], 255);
        }

        System.Runtime.InteropServices.Marshal.Copy(rgba, 0, bitmap.GetPixels(), rgba.Length);
        return bitmap.Encode(SKEncodedImageFormat.Jpeg, quality).ToArray();
    }

    /// <summary>Peak signal to noise, in dB.</summary>
    private static double Psnr(Image original, Image decoded)
    {
        var squares = original.Rgb.Zip(decoded.Rgb, (a, b) => (double)(a - b) * (a - b)).Average();
        return squares == 0 ? double.PositiveInfinity : 10 * Math.Log10(255 * 255 / squares);
    }

    private static double Cosine(int frequency, int sample) => Math.Cos(((2 * sample) + 1) * frequency * Math.PI / 16);

    private static Image Gradient(int width, int height) =>
        Painted(width, height, (x, y) => (255 * x / width) << 16 | (255 * y / height) << 8 | (255 * (x + y) / (width + height)));

    private static Image Noise(int width, int height)
    {
        var rgb = new byte[3 * width * height];
        new Random(5).NextBytes(rgb);
        return new Image(width, height, rgb);
    }

    /// <summary>Cartons with printed stripes, shaded and a little grainy: flat parts, edges and texture as in a rendered picture.</summary>
    private static Image Shelf(int width, int height)
    {
        var random = new Random(7);
        return Painted(width, height, (x, y) =>
        {
            var (carton, level) = (x / 52, y / 78);
            var (u, v) = (x % 52, y % 78);
            var hue = (carton * 7) + (level * 13);
            var light = u < 3 || v < 4 ? 0.25 : 0.55 + (0.4 * Math.Sin((u + 8) / 20.0)) - (0.002 * y);
            var print = Math.Sin((u * 0.9) + (hue % 5)) * Math.Sin(v * (0.3 + (hue % 3 * 0.25))) > 0.4 ? 1.5 : 1;
            int Channel(int shift) => (int)Math.Clamp((light * print * (70 + (hue * (29 + shift) % 130))) + (6 * random.NextDouble()) - 3, 0, 255);
            return Channel(16) << 16 | Channel(8) << 8 | Channel(0);
        });
    }

    /// <param name="colour">0xRRGGBB of the pixel at x, y.</param>
    private static Image Painted(int width, int height, Func<int, int, int> colour)
    {
        var rgb = new byte[3 * width * height];
        for (var at = 0; at < width * height; at++)
        {
            var one = colour(at % width, at / width);
            (rgb[3 * at], rgb[(3 * at) + 1], rgb[(3 * at) + 2]) = ((byte)(one >> 16 & 255), (byte)(one >> 8 & 255), (byte)(one & 255));
        }

        return new Image(width, height, rgb);
    }
}
