using System.Runtime.CompilerServices;
using Neuro.Kernels.Artwork;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Tests.Catalogues;

namespace Neuro.Kernels.Tests.Artwork;

public sealed class ProductArtworkTests
{
    [Fact]
    public void Of_ThreeQuarterView_PullsFrontAndSideApart()
    {
        var artwork = Box(Carton.ThreeQuarterView(), onWhite: true);

        Mean(artwork.Of(Face.Front)).ShouldBe(200, 12);
        Mean(artwork.Of(Face.Left)).ShouldBe(110, 12);
        artwork.Of(Face.Right).ShouldBeSameAs(artwork.Of(Face.Left));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_GableOnWhite_PutsTheRoofOnTop(bool turned)
    {
        var artwork = Box(Carton.Gable(turned), onWhite: true);

        // Level 4 up holds 16² texels: the blend at the shoulder takes the outermost.
        artwork.Of(Face.Front).Mips[4].Skip(16).ShouldAllBe(texel => Colour.FromTexel(texel).Green > 120 && Colour.FromTexel(texel).Red < 90);
        Inner(artwork.Of(Face.Top)).ShouldAllBe(colour => colour.Red > 150 && colour.Green < 80);
        artwork.RoofShare.ShouldBe(0.17f, 0.02f);
    }

    [Fact]
    public void RoofShare_FullFrame_IsZero() =>
        Box(Carton.Gable(turned: false), onWhite: false).RoofShare.ShouldBe(0);

    [Fact]
    public void Of_FaceWithItsOwnPicture_ShowsIt()
    {
        var artwork = ProductArtwork.Make(Product(ProductShape.Box), new Dictionary<Face, Image> { [Face.Front] = Plain(200, 30, 30), [Face.Back] = Plain(20, 40, 220) }, onWhite: false);

        artwork.Of(Face.Back).Mips[0].ShouldAllBe(texel => texel == new Colour(20, 40, 220).Texel);
    }

    [Fact]
    public void Of_Twice_IsKept()
    {
        var artwork = Box(Plain(1, 2, 3), onWhite: false);

        artwork.Of(Face.Back).ShouldBeSameAs(artwork.Of(Face.Back));
    }

    [Fact]
    public void Of_OnceAsked_LetsThePictureGo()
    {
        var (artwork, picture) = Asked();

        GC.Collect();

        picture.IsAlive.ShouldBeFalse();
        artwork.Of(Face.Back).Size.ShouldBe(Catalogue.ArtworkSize);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static (ProductArtwork, WeakReference) Asked()
        {
            var picture = Plain(9, 9, 9);
            var artwork = Box(picture, onWhite: false);
            artwork.Of(Face.Front);
            return (artwork, new WeakReference(picture));
        }
    }

    [Fact]
    public void Make_NoPicture_IsRefused() =>
        Should.Throw<ArgumentException>(() => ProductArtwork.Make(Product(ProductShape.Box), new Dictionary<Face, Image>(), onWhite: false)).Message.ShouldContain("has no picture");

    [Fact]
    public void Of_FrontOfAWrap_IsItsMiddle()
    {
        var wrap = Carton.Draw((x, _) => x is > 60 and < 138 ? (250, 10, 10) : (10, 10, 250));

        var artwork = ProductArtwork.Make(Product(ProductShape.Cylinder), new Dictionary<Face, Image> { [Face.Wrap] = wrap }, onWhite: false);

        Inner(artwork.Of(Face.Front)).ShouldAllBe(colour => colour.Red > 200);
        artwork.Of(Face.Wrap).Mips[0][0].ShouldBe(new Colour(10, 10, 250).Texel);
    }

    [Theory]
    [InlineData(Face.Left)]
    [InlineData(Face.Right)]
    [InlineData(Face.Back)]
    public void Of_InventedFace_IsTheSameForTheSameSkuAndAnotherForAnother(Face face)
    {
        var front = Carton.Draw((x, y) => y < 60 ? (20, 90, 60) : ((x / 40) + (y / 50)) % 2 == 0 ? (240, 230, 210) : (230, 120, 30));
        ProductArtwork Make(string sku) => ProductArtwork.Make(Product(ProductShape.Box) with { Sku = sku }, new Dictionary<Face, Image> { [Face.Front] = front }, onWhite: false);

        var texture = Make("oat-1l").Of(face);

        texture.Mips[0].ShouldBe(Make("oat-1l").Of(face).Mips[0]);
        texture.Mips[0].ShouldNotBe(Make("oat-2l").Of(face).Mips[0]);
    }

    [Theory]
    [InlineData(Face.Left, 0)]
    [InlineData(Face.Right, 197)]
    public void Of_InventedSide_ContinuesTheFrontsEdge(Face face, int edge)
    {
        // Left edge red over white, right edge white over blue.
        var front = Carton.Draw((x, y) => x < 99 ? y < 99 ? (200, 20, 20) : (250, 250, 250) : y < 99 ? (250, 250, 250) : (20, 20, 200));

        var side = Box(front, onWhite: false).Of(face).Mips[0];

        foreach (var (row, y) in ((int, int)[])[(20, 20), (230, 180)])
        {
            var expected = front.Rgb.AsSpan(3 * ((y * Carton.Edge) + edge), 3);
            side[row * Catalogue.ArtworkSize].ShouldBe(new Colour(expected[0], expected[1], expected[2]).Texel);
        }
    }

    [Theory]
    [InlineData(Face.Top, 255, 200, 20, 20)]
    [InlineData(Face.Bottom, 0, 20, 20, 200)]
    public void Of_EndOfABox_ContinuesTheFrontInShadow(Face face, int touching, int red, int green, int blue)
    {
        var front = Carton.Draw((_, y) => y < 99 ? (200, 20, 20) : (20, 20, 200));

        var end = Box(front, onWhite: false).Of(face).Mips[0];

        var row = end.Skip(touching * Catalogue.ArtworkSize).Take(Catalogue.ArtworkSize).Select(Colour.FromTexel).ToList();
        row.ShouldAllBe(colour => colour.Red <= red && colour.Green <= green && colour.Blue <= blue);
        row[128].Luma.ShouldBeInRange(new Colour((byte)red, (byte)green, (byte)blue).Luma / 2, new Colour((byte)red, (byte)green, (byte)blue).Luma);

        // The seam is the darkest row.
        var column = Enumerable.Range(0, Catalogue.ArtworkSize).Select(y => Colour.FromTexel(end[(y * Catalogue.ArtworkSize) + 128]).Luma).ToList();
        column.IndexOf(column.Min()).ShouldBeInRange(126, 129);
    }

    [Fact]
    public void Of_WrapOfAFront_HasNoSeam()
    {
        var wrap = Round(Carton.Draw((x, y) => (x, y, 90))).Of(Face.Wrap);

        for (var y = 0; y < wrap.Size; y++)
        {
            wrap.Mips[0][y * wrap.Size].ShouldBe(wrap.Mips[0][(y * wrap.Size) + wrap.Size - 1]);
        }
    }

    [Fact]
    public void Of_WrapOfAFront_ShowsTheFrontInTheMiddle()
    {
        var artwork = Round(Carton.Draw((x, y) => (x, y, 90)));
        var (front, wrap) = (artwork.Of(Face.Front), artwork.Of(Face.Wrap));

        foreach (var u in (float[])[0.2f, 0.5f, 0.8f])
        {
            var (there, here) = (Colour.FromTexel(front.Mips[0][(128 * 256) + (int)(u * 256)]), Colour.FromTexel(wrap.Mips[0][(128 * 256) + (int)((0.3f + (0.4f * u)) * 256)]));
            Math.Abs(there.Red - here.Red).ShouldBeLessThan(5);
            Math.Abs(there.Green - here.Green).ShouldBeLessThan(5);
        }
    }

    [Fact]
    public void Of_WrapOfAFront_PrintsTextBehind()
    {
        var wrap = Round(Plain(240, 235, 220)).Of(Face.Wrap);

        var behind = wrap.Mips[0].Where((_, i) => i % 256 is < 64 or >= 192).Select(texel => Colour.FromTexel(texel).Luma).ToList();
        behind.Count(luma => luma < 120).ShouldBeGreaterThan(behind.Count / 20);
    }

    [Fact]
    public void Of_RoundOnWhite_IsCutOut() =>
        Round(Carton.OnWhite(80, 120), onWhite: true).Of(Face.Front).Mips[3].ShouldAllBe(texel => Colour.FromTexel(texel).Blue < 80);

    private static ProductArtwork Round(Image front, bool onWhite = false) =>
        ProductArtwork.Make(Product(ProductShape.Cylinder), new Dictionary<Face, Image> { [Face.Front] = front }, onWhite);

    private static ProductArtwork Box(Image front, bool onWhite) =>
        ProductArtwork.Make(Product(ProductShape.Box), new Dictionary<Face, Image> { [Face.Front] = front }, onWhite);

    private static Product Product(ProductShape shape) => new("milk-1l", "Milk", shape, 70, 200, 70, "milk.png");

    private static Image Plain(int red, int green, int blue) => Carton.Draw((_, _) => (red, green, blue));

    private static double Mean(Texture texture)
    {
        var colour = Colour.FromTexel(texture.Mips[^1][0]);
        return (colour.Red + colour.Green + colour.Blue) / 3.0;
    }

    /// <summary>The 10² texels in the middle of level 4.</summary>
    private static IEnumerable<Colour> Inner(Texture texture) => texture.Mips[4].Where((_, i) => i % 16 is > 2 and < 13 && i / 16 is > 2 and < 13).Select(Colour.FromTexel);
}
