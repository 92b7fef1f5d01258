using CsCheck;
using Neuro.Kernels.Artwork;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Tests.Artwork;

public sealed class PaletteTests
{
    private static readonly Gen<Colour> Any = Gen.Select(Gen.Byte, Gen.Byte, Gen.Byte, (red, green, blue) => new Colour(red, green, blue));

    [Fact]
    public void Of_TwoColours_FindsBothMostFrequentFirst()
    {
        var (red, blue) = (new Colour(200, 10, 20), new Colour(10, 20, 180));

        var palette = Palette.Of(Texture.FromTexels(64, [.. Enumerable.Range(0, 4096).Select(i => (i < 1024 ? blue : red).Texel)]));

        palette.Colours.ShouldBe([red, blue]);
    }

    [Fact]
    public void Of_OneColour_HasOnlyThat() =>
        Any.Sample(colour => Palette.Of(Texture.FromTexels(4, [.. Enumerable.Repeat(colour.Texel, 16)])).Colours.SequenceEqual([colour]));

    [Fact]
    public void Ink_AnyGround_IsReadable() =>
        Gen.Select(Any.Array[1, 5], Any).Sample((colours, ground) => Math.Abs(new Palette(colours).Ink(ground).Luma - ground.Luma) > 70);
}
