using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Scenes;

/// <summary>What stands in a place. Metres.</summary>
/// <param name="Product">Index in the catalogue; −1 for what is in none.</param>
/// <param name="IsWanted">Whether it carries a label; a lookalike of a product does not.</param>
/// <param name="Shape">The solid it is rendered as.</param>
/// <param name="Look">Chooses the print of an unknown article or a lookalike.</param>
internal readonly record struct Article(int Product, bool IsWanted, ProductShape Shape, double Width, double Height, double Depth, ulong Look)
{
    public static Article Of(Catalogue catalogue, int index, double scale = 1)
    {
        var product = catalogue.Products[index];
        return new Article(index, true, product.Shape, product.WidthMm * 1e-3 * scale, product.HeightMm * 1e-3 * scale, product.DepthMm * 1e-3 * scale, 0);
    }

    /// <summary>Like a product of the catalogue, but not one: another print on the same package.</summary>
    public static Article Lookalike(Catalogue catalogue, int index, double scale, ref CounterRandom random) =>
        Of(catalogue, index, scale) with { IsWanted = false, Look = random.NextBits() };

    public static Article Unknown(ref CounterRandom random)
    {
        var shape = random.NextUnit() switch
        {
            < 0.45 => ProductShape.Box,
            < 0.6 => ProductShape.GableTop,
            < 0.7 => ProductShape.BrickCarton,
            < 0.82 => ProductShape.Can,
            < 0.92 => ProductShape.Bottle,
            _ => ProductShape.Jar,
        };
        var width = random.NextUniform(0.055, 0.11);
        var height = shape switch
        {
            ProductShape.Can or ProductShape.Jar => width * random.NextUniform(1.1, 1.9),
            ProductShape.Bottle => width * random.NextUniform(2.6, 3.6),
            ProductShape.GableTop => width * random.NextUniform(2, 2.9),
            _ => random.NextUniform(0.1, 0.25),
        };
        return new Article(-1, false, shape, width, height, shape.IsRound() ? width : random.NextUniform(0.05, 0.1), random.NextBits());
    }
}

/// <summary>Draws articles: wanted products, lookalikes of them, and unknown ones.</summary>
internal sealed class Assortment
{
    private readonly Catalogue catalogue;
    private readonly Distribution? product;
    private readonly double unknown;
    private readonly double lookalikes;

    /// <param name="product">Which products; null for all alike.</param>
    public Assortment(DistractorKnobs knobs, Distribution? product, Catalogue catalogue, ref CounterRandom random)
    {
        (this.catalogue, this.product) = (catalogue, product);
        unknown = knobs.Unknown.Sample(ref random);
        // A multiple of m lookalikes for each wanted one is a share of m / (1 + m); without wanted ones it is all.
        var multiple = knobs.Lookalikes.Sample(ref random);
        lookalikes = random.NextUnit() < knobs.Empty.Sample(ref random) ? 1 : multiple / (1 + multiple);
    }

    public Article Draw(double scale, ref CounterRandom random)
    {
        if (random.NextUnit() < unknown)
        {
            return Article.Unknown(ref random);
        }

        var chosen = product?.SampleWhole(ref random) ?? -1;
        var index = chosen < 0 ? random.NextIndex(catalogue.Products.Count) : Math.Min(chosen, catalogue.Products.Count - 1);
        return random.NextUnit() < lookalikes ? Article.Lookalike(catalogue, index, scale, ref random) : Article.Of(catalogue, index, scale);
    }
}
