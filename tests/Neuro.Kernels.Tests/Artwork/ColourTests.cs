using CsCheck;
using Neuro.Kernels.Artwork;

namespace Neuro.Kernels.Tests.Artwork;

public sealed class ColourTests
{
    private static readonly Gen<Colour> Any = Gen.Select(Gen.Byte, Gen.Byte, Gen.Byte, (red, green, blue) => new Colour(red, green, blue));

    [Fact]
    public void FromHue_OfToHue_IsIdentity() =>
        Any.Sample(colour =>
        {
            var (hue, saturation, value) = colour.ToHue();
            return Colour.FromHue(hue, saturation, value) == colour;
        });

    [Fact]
    public void TryParse_OfToString_IsIdentity() =>
        Any.Sample(colour => Colour.TryParse(colour.ToString(), out var parsed) && parsed == colour);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("#12345")]
    [InlineData("#1234567")]
    [InlineData("1234567")]
    [InlineData("#12 456")]
    public void TryParse_NoColour_Fails(string? text) => Colour.TryParse(text, out _).ShouldBeFalse();
}
