using CsCheck;
using Neuro.Kernels.Formats;
using SkiaSharp;

namespace Neuro.Kernels.Tests.Formats;

public sealed class PngTests
{
    [Fact]
    public void Read_OfGrey16_IsIdentity() =>
        Gen.Select(Gen.Int[1, 70], Gen.Int[1, 20]).SelectMany((width, height) => Gen.UShort.Array[width * height].Select(values => (width, height, values)))
            .Sample(any =>
            {
                var read = PngReader.Read(PngWriter.Grey16(any.width, any.height, any.values), "any");
                return (read.Width, read.Height) == (any.width, any.height) && read.Values.SequenceEqual(any.values);
            });

    [Fact]
    public void Decode_OfPng_IsIdentity() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 20]).SelectMany((width, height) => Gen.Byte.Array[3 * width * height].Select(rgb => new Image(width, height, rgb)))
            .Sample(image => Codec.Decode(Codec.Png(image), "any").Rgb.SequenceEqual(image.Rgb));

    [Fact]
    public void Read_FiltersOfAnotherEncoder_AreUndone()
    {
        // Skia chooses among all five filters row by row.
        using var bitmap = new SKBitmap(new SKImageInfo(61, 47, SKColorType.Gray8, SKAlphaType.Opaque));
        var random = new Random(3);
        var grey = Enumerable.Range(0, 61 * 47).Select(at => (byte)((at % 61 * 2) + (at / 61 * 2) + random.Next(4))).ToArray();
        for (var y = 0; y < 47; y++)
        {
            System.Runtime.InteropServices.Marshal.Copy(grey, 61 * y, bitmap.GetPixels() + (y * bitmap.RowBytes), 61);
        }

        var png = bitmap.Encode(SKEncodedImageFormat.Png, 100).ToArray();

        PngReader.Read(png, "skia").Values.ShouldBe(grey.Select(value => (ushort)value));
    }

    [Fact]
    public void Read_DamagedBytes_AreAlwaysNoticed()
    {
        var png = PngWriter.Grey16(20, 10, [.. Enumerable.Range(0, 200).Select(value => (ushort)(value * 321))]);
        var random = new Random(9);
        for (var trial = 0; trial < 500; trial++)
        {
            var damaged = (byte[])png.Clone();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));

            Should.Throw<PictureException>(() => PngReader.Read(damaged, "damaged"));
        }

        for (var length = 0; length < png.Length; length++)
        {
            Should.Throw<PictureException>(() => PngReader.Read(png[..length], "short"));
        }
    }

    [Theory]
    [InlineData("", "nothing.jpg is not a picture: it is empty; expected PNG, JPEG or WebP.")]
    [InlineData("<html>", "nothing.jpg is not a picture: it starts with '<htm'; expected PNG, JPEG or WebP.")]
    public void Decode_SomethingElse_SaysWhatWasFound(string content, string says)
    {
        var error = Should.Throw<PictureException>(() => Codec.Decode(System.Text.Encoding.ASCII.GetBytes(content), "nothing.jpg"));

        error.Code.ShouldBe("picture.unreadable");
        error.Message.ShouldBe(says);
    }

    [Fact]
    public void Decode_PictureTooLarge_SaysHowLargeItIs()
    {
        var error = Should.Throw<PictureException>(() => Codec.Decode(PngWriter.Grey8(5000, 1, new byte[5000]), "wide.png"));

        error.Code.ShouldBe("picture.too_large");
        error.Message.ShouldStartWith("wide.png is 5000 × 1 pixels");
    }

    [Fact]
    public void Decode_OfJpeg_IsNearTheOriginal()
    {
        var image = new Image(64, 48, [.. Enumerable.Range(0, 3 * 64 * 48).Select(at => (byte)((at / 3 % 64 * 3) + (at / 192)))]);

        var again = Codec.Decode(Codec.Jpeg(image, 95), "jpeg");

        again.Rgb.Zip(image.Rgb, (a, b) => Math.Abs(a - b)).Average().ShouldBeLessThan(2);
        Codec.Jpeg(image, 40).Length.ShouldBeLessThan(Codec.Jpeg(image, 95).Length);
    }

    [Fact]
    public void Crc32_CheckString_IsThePublishedValue() =>
        Crc32.Of("1234"u8, "56789"u8).ShouldBe(0xCBF43926u);
}
