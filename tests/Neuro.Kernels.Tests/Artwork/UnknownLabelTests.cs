using CsCheck;
using Neuro.Kernels.Artwork;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Tests.Catalogues;

namespace Neuro.Kernels.Tests.Artwork;

public sealed class UnknownLabelTests
{
    [Fact]
    public void Draw_AnyTwoLooks_Differ() =>
        Enumerable.Range(0, UnknownLabel.Looks).Select(look => string.Join(',', UnknownLabel.Draw((ulong)look, 16))).Distinct().Count().ShouldBe(UnknownLabel.Looks);

    [Fact]
    public void Draw_LooksApartByThePool_AreDrawnOnce() =>
        UnknownLabel.Draw(5, 32).ShouldBeSameAs(UnknownLabel.Draw(5 + UnknownLabel.Looks, 32));

    [Theory]
    [InlineData(0)]
    [InlineData(48)]
    [InlineData(512)]
    public void Draw_NoSize_IsRefused(int size) =>
        Should.Throw<ArgumentOutOfRangeException>(() => UnknownLabel.Draw(1, size)).Message.ShouldContain("a power of two up to 256");

    [Fact]
    public void Draw_AnyLook_IsPrinted() =>
        Gen.ULong.Sample(look => Palette.Of(Texture.FromTexels(64, UnknownLabel.Draw(look, 64))).Colours.Count >= 3, iter: 50);

    [Fact]
    public void Describe_AnyLook_CanBeDrawnAndIsNoBrandOfTheCornerShop()
    {
        var known = CornerShop.Catalogue.Products.Select(product => product.Name.Split(' ')[0].ToUpperInvariant()).ToHashSet();
        Gen.ULong.Sample(look =>
        {
            var label = UnknownLabel.Describe(look);
            return !known.Contains(label.Brand) && new[] { label.Brand, label.Word, label.Amount }.All(text => text.Length is > 0 and <= 24 && StrokeFont.Covers(text));
        });
    }
}
