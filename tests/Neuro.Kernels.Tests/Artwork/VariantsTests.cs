using CsCheck;
using Neuro.Kernels.Artwork;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Tests.Catalogues;

namespace Neuro.Kernels.Tests.Artwork;

public sealed class VariantsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Of_AnyFamily_DiffersInFlavourAccentMotifAndAmountOnly() =>
        Gen.Select(Gen.ULong, Gen.Int[1, Variants.Most]).Sample((seed, count) =>
        {
            var first = UnknownLabel.Describe(seed);
            var family = Variants.Of(first, count, seed);
            return family.Count == count
                && family[0] == first
                && family.Select(label => (label.Word, label.Amount)).Distinct().Count() == count
                && family.All(label => first with { Word = label.Word, Accent = label.Accent, Motif = label.Motif, Amount = label.Amount } == label);
        });

    [Fact]
    public void Of_LargeFamily_HasSomeThatDifferInTheAmountOnly()
    {
        var family = Variants.Of(UnknownLabel.Describe(3), 12, 3);

        family.GroupBy(label => label.Word).ShouldContain(flavour => flavour.Count() > 1);
        family.Select(label => label.Word).Distinct().Count().ShouldBeGreaterThan(5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Variants.Most + 1)]
    public void Of_NoFamily_IsRefused(int count) =>
        Should.Throw<ArgumentOutOfRangeException>(() => Variants.Of(UnknownLabel.Describe(0), count, 0));

    [Fact]
    public void Write_Families_LoadsAsACatalogueOfThem()
    {
        FictionalCatalogue.Write(folder.Path, families: 6, perFamily: 4, seed: 11);

        var catalogue = Catalogue.Load(folder.Path);

        catalogue.Products.Count.ShouldBe(24);
        foreach (var family in catalogue.Products.Chunk(4))
        {
            family.Select(product => (product.Shape, product.WidthMm, product.HeightMm, product.DepthMm)).Distinct().ShouldHaveSingleItem();
        }

        catalogue.Products.Select(product => product.Shape).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public void Write_SameSeed_SameCatalogueAnotherSeedAnother()
    {
        string Hash(string name, ulong seed)
        {
            FictionalCatalogue.Write(folder.File(name), families: 2, perFamily: 2, seed);
            return Catalogue.Load(folder.File(name)).Hash;
        }

        Hash("a", 1).ShouldBe(Hash("b", 1));
        Hash("c", 1).ShouldNotBe(Hash("d", 2));
    }

    [Fact]
    public void Write_OntoAFile_SaysThatItCannot()
    {
        folder.Write("taken", "");

        Should.Throw<CatalogueException>(() => FictionalCatalogue.Write(folder.File("taken"), 1, 1, 1)).Code.ShouldBe("catalogue.unwritable");
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1000, 11)]
    public void Write_TooFewOrTooMany_IsRefused(int families, int perFamily) =>
        Should.Throw<ArgumentOutOfRangeException>(() => FictionalCatalogue.Write(folder.Path, families, perFamily, 1));
}
