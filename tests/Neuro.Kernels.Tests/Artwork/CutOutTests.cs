using Neuro.Kernels.Artwork;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Tests.Catalogues;

namespace Neuro.Kernels.Tests.Artwork;

public sealed class CutOutTests
{
    [Fact]
    public void Of_CartonOnWhite_FindsItsRim()
    {
        var product = CutOut.Of(Carton.OnWhite(60, 160));

        (product.MinX, product.MaxX).ShouldBe((70, 128));
        (product.Top, product.Bottom).ShouldBe((20, 178));
    }

    [Fact]
    public void Of_SoftShadowBesideTheFoot_LeavesItOut()
    {
        var product = CutOut.Of(Carton.Draw((x, y) =>
            x is >= 70 and < 128 && y is >= 20 and < 178 ? (40, 90, 160)
            : x >= 128 && y > 140 ? Grey(Math.Min(255, 190 + ((x - 128) * 2)))
            : (255, 255, 255)));

        product.MaxX.ShouldBeInRange(126, 129);
    }

    [Fact]
    public void Of_WhiteCartonThatLeaks_IsClosedBetweenWhatShows()
    {
        // The right rim shows in one row of three only.
        var product = CutOut.Of(Carton.Draw((x, y) =>
            y is >= 20 and < 178 && x is >= 70 and <= 128 && (x == 70 || x is > 90 and < 100 || y is 20 or 177 || y % 3 == 0) ? (200, 200, 200) : (255, 255, 255)));

        product.Right[60..160].ShouldAllBe(x => x >= 127 && x <= 129);
    }

    [Fact]
    public void Of_AnyProduct_LeavesNoWhiteOutside()
    {
        // A gable: corners of the bounding box are background.
        var product = CutOut.Of(Carton.Draw((x, y) => Math.Abs(x - 99) < Math.Min(40, (y - 20) * 2) && y < 180 ? (30, 120, 60) : (255, 255, 255)));

        product.Picture.Rgb.Chunk(3).Max(pixel => pixel[0]).ShouldBeLessThan((byte)60);
    }

    [Fact]
    public void Of_PictureWithoutBackground_TakesItWhole()
    {
        var product = CutOut.Of(Carton.Draw((x, y) => (x, y, 50)));

        (product.MinX, product.MaxX, product.Top, product.Bottom).ShouldBe((0, Carton.Edge - 1, 0, Carton.Edge - 1));
    }

    [Fact]
    public void Of_AllWhite_TakesItWhole() =>
        CutOut.Of(Carton.Draw((_, _) => (255, 255, 255))).MaxX.ShouldBe(Carton.Edge - 1);

    [Fact]
    public void Faces_DarkerSideOnTheLeft_MeetAtTheEdge()
    {
        var faces = CartonFaces.Of(CutOut.Of(ThreeQuarterView()));

        faces.Side.ShouldNotBeNull();
        faces.Front.TopLeft.X.ShouldBe(80, 2);
        faces.Front.BottomRight.X.ShouldBe(140, 3);
        faces.Side.Value.TopRight.X.ShouldBe(80, 2);
    }

    [Fact]
    public void Faces_FrontalView_HaveNoSide() =>
        CartonFaces.Of(CutOut.Of(Carton.OnWhite(60, 160))).Side.ShouldBeNull();

    [Fact]
    public void FromCutOut_ThreeQuarterView_PullsFrontAndSideApart()
    {
        var artwork = ProductArtwork.FromCutOut(CutOut.Of(ThreeQuarterView()));

        Mean(artwork.Front.Mips[^1][0]).ShouldBe(200, 12);
        Mean(artwork.Side.Mips[^1][0]).ShouldBe(110, 12);
    }

    private static Image ThreeQuarterView() =>
        Carton.Draw((x, y) => y is < 10 or > 188 ? (255, 255, 255) : x is >= 60 and < 80 ? Grey(110) : x is >= 80 and < 140 ? Grey(200) : (255, 255, 255));

    private static (int, int, int) Grey(int value) => (value, value, value);

    private static double Mean(uint texel) => ((texel & 0xFF) + ((texel >> 8) & 0xFF) + ((texel >> 16) & 0xFF)) / 3.0;
}
