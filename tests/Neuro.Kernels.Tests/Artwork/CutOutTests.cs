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
        var faces = CartonFaces.Of(CutOut.Of(Carton.ThreeQuarterView()));

        faces.Side.ShouldNotBeNull();
        faces.Front.TopLeft.X.ShouldBe(80, 2);
        faces.Front.BottomRight.X.ShouldBe(140, 3);
        faces.Side.Value.TopRight.X.ShouldBe(80, 2);
    }

    [Fact]
    public void Faces_FrontalView_HaveNoSide() =>
        CartonFaces.Of(CutOut.Of(Carton.OnWhite(60, 160))).Side.ShouldBeNull();

    [Fact]
    public void Faces_FrontalGable_EndTheFrontAtTheShoulder()
    {
        var faces = CartonFaces.Of(CutOut.Of(Carton.Gable(turned: false)));

        faces.Front.TopLeft.Y.ShouldBe(Carton.Shoulder, 3);
        faces.Front.TopRight.Y.ShouldBe(Carton.Shoulder, 3);
        faces.RoofShare.ShouldBe((Carton.Shoulder - Carton.GableTop) / (float)(Carton.GableFoot - Carton.GableTop), 0.02f);
    }

    [Fact]
    public void Faces_TurnedGable_EndFrontAndSideAtTheShoulder()
    {
        var faces = CartonFaces.Of(CutOut.Of(Carton.Gable(turned: true)));

        faces.Front.TopLeft.Y.ShouldBe(Carton.Shoulder, 4);
        faces.Front.TopRight.Y.ShouldBe(Carton.Shoulder, 4);
        faces.Side.ShouldNotBeNull();
        faces.Side.Value.TopLeft.Y.ShouldBe(Carton.Shoulder, 4);
        faces.Roof.ShouldNotBeNull();
        faces.Roof.Value.TopLeft.Y.ShouldBe(Carton.GableTop, 2);
    }

    [Fact]
    public void Faces_BoxUnderACap_HaveNoRoof()
    {
        var faces = CartonFaces.Of(CutOut.Of(Carton.Draw((x, y) => (x is >= 60 and < 140 && y is >= 30 and < 180) || (x is >= 85 and < 115 && y is >= 22 and < 30) ? (90, 120, 60) : (255, 255, 255))));

        faces.Roof.ShouldBeNull();
        faces.RoofShare.ShouldBe(0);
        faces.Front.TopLeft.Y.ShouldBe(30, 3);
    }

    [Fact]
    public void Proportions_Gable_AreThoseOfTheWholeCarton() =>
        CartonFaces.Of(CutOut.Of(Carton.Gable(turned: false))).Proportions.Height.ShouldBe(Carton.GableFoot - Carton.GableTop, 3);

    [Fact]
    public void Faces_BlackCartonWithALongPrintedEdge_MeetAtTheKneeOfTheFoot()
    {
        // Both faces are black; a white stripe on the front is the only edge.
        var faces = CartonFaces.Of(CutOut.Of(Carton.Draw((x, y) =>
            x is < 60 or >= 140 || y < 10 || y > 188 - (x < 80 ? (80 - x) * 2 / 5 : (x - 80) / 5) ? (255, 255, 255)
            : x is >= 92 and < 98 && y is > 60 and < 135 ? (230, 230, 230)
            : (20, 20, 20))));

        faces.Side.ShouldNotBeNull();
        faces.Front.BottomLeft.X.ShouldBeInRange(76, 88);
    }

    private static (int, int, int) Grey(int value) => (value, value, value);
}
