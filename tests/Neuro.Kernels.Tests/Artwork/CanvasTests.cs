using CsCheck;
using Neuro.Kernels.Artwork;

namespace Neuro.Kernels.Tests.Artwork;

public sealed class CanvasTests
{
    private static readonly Gen<float> Place = Gen.Float[-8, 40];

    [Fact]
    public void Polygon_AnyTriangle_CoversItsArea() =>
        Gen.Select(Gen.Float[0, 32], Gen.Float[0, 32], Gen.Float[0, 32], Gen.Float[0, 32], Gen.Float[0, 32], Gen.Float[0, 32]).Sample((ax, ay, bx, by, cx, cy) =>
        {
            var canvas = new Canvas(32, 32, Colour.Black);
            canvas.Pen.Polygon(Colour.White, (ax, ay), (bx, by), (cx, cy));
            var area = Math.Abs(((bx - ax) * (cy - ay)) - ((cx - ax) * (by - ay))) / 2;

            // Each of 1,024 texels rounds to 1/256, those on the three edges most.
            return Math.Abs(Covered(canvas) - area) < 0.5;
        });

    [Fact]
    public void Polygon_AcrossTheBorder_PaintsWhatIsInside()
    {
        var canvas = new Canvas(16, 16, Colour.Black);

        canvas.Pen.Polygon(Colour.White, (-50, 4), (60, 4), (60, 12), (-50, 12));

        Covered(canvas).ShouldBe(16 * 8, 0.01);
        canvas.Texels[0].ShouldBe(Colour.Black.Texel);
    }

    [Fact]
    public void Polygon_BesideTheCanvas_ChangesNothing() =>
        Gen.Select(Place, Place).Sample((x, y) =>
        {
            var canvas = new Canvas(16, 16, Colour.Black);
            canvas.Pen.Circle(x + 60, y, 9, Colour.White);
            canvas.Pen.Circle(x, y - 60, 9, Colour.White);
            return canvas.Texels.All(texel => texel == Colour.Black.Texel);
        });

    [Fact]
    public void Circle_AnySize_HasItsArea() =>
        Gen.Float[1, 30].Sample(radius =>
        {
            var canvas = new Canvas(64, 64, Colour.Black);
            canvas.Pen.Circle(32, 32, radius, Colour.White);
            return Math.Abs(Covered(canvas) - (Math.PI * radius * radius)) < 0.5 + (0.01 * radius * radius);
        });

    [Fact]
    public void Within_ARectangle_LeavesTheRestAsItWas()
    {
        var canvas = new Canvas(16, 16, Colour.Black);

        canvas.Pen.Within(4, 4, 4, 4).Rectangle(0, 0, 16, 16, Colour.White);

        Covered(canvas).ShouldBe(16);
        canvas.Texels[(4 * 16) + 4].ShouldBe(Colour.White.Texel);
    }

    [Fact]
    public void Turned_AQuarter_MapsRightToDown()
    {
        var canvas = new Canvas(16, 16, Colour.Black);

        canvas.Pen.Moved(8, 8).Turned(Math.PI / 2).Rectangle(0, -1, 8, 2, Colour.White);

        canvas.Texels[(14 * 16) + 8].ShouldBe(Colour.White.Texel);
        canvas.Texels[(8 * 16) + 14].ShouldBe(Colour.Black.Texel);
    }

    [Fact]
    public void Blend_AnyTexels_EachChannelIsTheRoundedMean() =>
        Gen.Select(Gen.UInt, Gen.UInt, Gen.UInt[0, 256]).Sample((under, over, share) =>
        {
            var blended = Canvas.Blend(under, over, share);
            return Enumerable.Range(0, 4).All(channel => Channel(blended, channel) == ((Channel(under, channel) * (256 - share)) + (Channel(over, channel) * share) + 128) >> 8);
        });

    private static uint Channel(uint texel, int channel) => (texel >> (8 * channel)) & 0xFF;

    private static double Covered(Canvas canvas) => canvas.Texels.Sum(texel => (texel & 0xFF) / 255.0);
}
