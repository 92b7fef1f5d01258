using CsCheck;
using Neuro.Kernels.Artwork;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Tests.Artwork;

public sealed class TextureTests
{
    [Fact]
    public void FromTexels_AnyPicture_EachTexelIsTheRoundedMeanOfFour() =>
        Gen.UInt.Array[16].Sample(texels =>
        {
            var texture = Texture.FromTexels(4, texels);
            return texture.Mips.Length == 3
                && Enumerable.Range(0, 4).All(channel => Channel(texture.Mips[1][3], channel) == (Sum(texels, channel) + 2) / 4);
        });

    [Theory]
    [InlineData(3, 9)]
    [InlineData(4, 15)]
    public void FromTexels_NoSquareOfAPowerOfTwo_IsRefused(int size, int count) =>
        Should.Throw<ArgumentException>(() => Texture.FromTexels(size, new uint[count]));

    [Fact]
    public void Pull_UprightRectangle_KeepsTheCornersWhereTheyWere()
    {
        var picture = new Image(2, 2, [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]);

        var texture = Rectifier.Pull(picture, new Quad((0, 0), (2, 0), (2, 2), (0, 2)));

        var (size, texels) = (texture.Size, texture.Mips[0]);
        texels[0].ShouldBe(0xFF0000FF);
        texels[size - 1].ShouldBe(0xFF00FF00);
        texels[size * (size - 1)].ShouldBe(0xFFFF0000);
        texels[^1].ShouldBe(0xFFFFFFFF);
    }

    [Fact]
    public void Pull_Trapezium_MapsItsCorners()
    {
        // Left half black, right half white; the quadrilateral's vertical middle line follows the border.
        var picture = new Image(100, 100, [.. Enumerable.Range(0, 30_000).Select(i => (byte)(i / 3 % 100 < 50 ? 0 : 255))]);

        var texture = Rectifier.Pull(picture, new Quad((30, 0), (70, 0), (100, 100), (0, 100)));

        for (var y = 0; y < texture.Size; y += 17)
        {
            texture.Mips[0][(y * texture.Size) + 118].ShouldBe(0xFF000000);
            texture.Mips[0][(y * texture.Size) + 137].ShouldBe(0xFFFFFFFF);
        }
    }

    private static uint Channel(uint texel, int channel) => (texel >> (8 * channel)) & 0xFF;

    // The last texel of the 2×2 level: rows 2 and 3, columns 2 and 3.
    private static uint Sum(uint[] texels, int channel) => Channel(texels[10], channel) + Channel(texels[11], channel) + Channel(texels[14], channel) + Channel(texels[15], channel);
}
