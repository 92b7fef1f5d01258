using CsCheck;
using Neuro.Kernels.Formats;
using Neuro.Learning.Imaging;

namespace Neuro.Learning.Tests.Imaging;

public sealed class ResamplerTests
{
    [Fact]
    public void Square_OnePlainColour_StaysThatColour() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Double[-20, 40], Gen.Double[0.5, 90], Gen.Int[1, 24]).Sample((width, height, left, side, size) =>
        {
            var plain = new Image(width, height, [.. Enumerable.Repeat(new byte[] { 10, 128, 255 }, width * height).SelectMany(pixel => pixel)]);

            Resampler.Square(plain, new(left, -3, side), size).Chunk(3).ShouldAllBe(pixel => pixel[0] == 10 && pixel[1] == 128 && pixel[2] == 255);
        });

    [Fact]
    public void Square_WholePictureSameSize_IsThePicture()
    {
        var picture = Gradient(16);

        Resampler.Square(picture, Square.Whole(picture, 1), 16).ShouldBe(picture.Rgb);
    }

    [Fact]
    public void Square_ShrunkByWholeFactor_KeepsTheMean()
    {
        var picture = Gradient(64);

        var small = Resampler.Square(picture, Square.Whole(picture, 1), 8);

        small.Average(value => value).ShouldBe(picture.Rgb.Average(value => value), 1);
    }

    [Fact]
    public void Square_FineStripesShrunk_BecomeGreyAndDoNotAlias()
    {
        var stripes = new Image(60, 60, [.. Enumerable.Range(0, 60 * 60 * 3).Select(i => i / 3 % 2 == 0 ? byte.MinValue : byte.MaxValue)]);

        Resampler.Square(stripes, Square.Whole(stripes, 1), 7).ShouldAllBe(value => value > 100 && value < 155);
    }

    private static Image Gradient(int side) => new(side, side, [.. Enumerable.Range(0, side * side * 3).Select(i => (byte)((i / 3 % side + i / 3 / side) * 255 / (2 * side)))]);
}
