using CsCheck;
using Neuro.Kernels.Artwork;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Tests.Catalogues;

namespace Neuro.Kernels.Tests.Artwork;

public sealed class LookalikeTests
{
    private static readonly Gen<Colour> AnyColour = Gen.Select(Gen.Byte, Gen.Byte, Gen.Byte, (red, green, blue) => new Colour(red, green, blue));

    public static TheoryData<int> Products => [.. Enumerable.Range(0, CornerShop.Catalogue.Products.Count)];

    [Theory]
    [MemberData(nameof(Products))]
    public void Of_AnyLook_IsNotItsOriginalAndNoOtherLook(int product)
    {
        var front = CornerShop.Catalogue.Artwork(product);

        var looks = Enumerable.Range(0, 4).Select(look => Lookalike.Of(front, (ulong)look).Mips[0]).Prepend(front.Mips[0]).ToList();

        for (var a = 0; a < looks.Count; a++)
        {
            for (var b = 0; b < a; b++)
            {
                Lookalike.Difference(looks[a], looks[b]).ShouldBeGreaterThan(b == 0 ? 14 : 2, $"{a} and {b}");
            }
        }
    }

    [Fact]
    public void Of_SameLook_IsTheSame()
    {
        var front = CornerShop.Catalogue.Artwork(3);

        Lookalike.Of(front, 77).Mips[0].ShouldBe(Lookalike.Of(front, 77).Mips[0]);
    }

    [Fact]
    public void Of_PlainFront_DiffersFromIt() =>
        Gen.Select(AnyColour, Gen.ULong).Sample(
            (colour, look) =>
            {
                var front = Texture.FromTexels(64, [.. Enumerable.Repeat(colour.Texel, 64 * 64)]);
                return Lookalike.Difference(front.Mips[0], Lookalike.Of(front, look).Mips[0]) > 3;
            },
            iter: 60);

    [Fact]
    public void Of_AnyFront_LeavesItAsItWas()
    {
        var front = CornerShop.Catalogue.Artwork(5);
        var before = (uint[])front.Mips[0].Clone();

        Lookalike.Of(front, 5);

        front.Mips[0].ShouldBe(before);
    }

    [Theory]
    [InlineData(0.15f)]
    [InlineData(0.40f)]
    public void TitlePlace_DrawnTitle_IsFound(float at)
    {
        var (ground, ink) = (new Colour(240, 240, 220), new Colour(20, 60, 120));
        var canvas = new Canvas(256, 256, ground);
        StrokeFont.Draw(canvas.Pen, "TITLE", 128, at * 256, 28, 180, ink, 0.2f);

        var place = TitlePlace.Find(canvas);

        (place.Top + (place.Height / 2f)).ShouldBe(at * 256, 10);
        (place.Left + (place.Width / 2f)).ShouldBe(128, 8);
        place.Ground.ShouldBe(ground);
        Palette.Distance(place.Ink, ink).ShouldBeLessThan(300);
    }
}
