using CsCheck;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Tests.Rendering;

namespace Neuro.Kernels.Tests.Labels;

public sealed class OrientedBoxesTests
{
    private static readonly Gen<(int Width, int Height, bool[] Mask)> AnyMask =
        from width in Gen.Int[1, 50]
        from height in Gen.Int[1, 50]
        from blobs in Gen.Select(Gen.Int[0, width - 1], Gen.Int[0, height - 1], Gen.Int[1, 20], Gen.Int[1, 20], Gen.Double[-3, 3]).Array[1, 3]
        select (width, height, Drawn(width, height, blobs));

    [Fact]
    public void Around_AnyMask_IsAsSmallAsTheBestOfAllTurns()
    {
        foreach (var (width, height, mask) in Cases.Of(AnyMask, 200))
        {
            var box = OrientedBoxes.Around(RunLength.Encode(width, height, mask));
            var corners = Corners(width, mask).ToArray();
            var best = Enumerable.Range(-2250, 4500).Min(step => Area(corners, step * Math.PI / 9000));

            ((double)box.Width * box.Height).ShouldBeInRange(0, best * 1.00001);
            ((double)box.Width * box.Height).ShouldBeGreaterThan(best * 0.995);
            box.Angle.ShouldBeInRange(-45, 44.99999f);
        }
    }

    [Fact]
    public void Around_AnyMask_HoldsAllCornersOfItsPixelsAndTouchesThemOnAllSides()
    {
        foreach (var (width, height, mask) in Cases.Of(AnyMask, 200))
        {
            var box = OrientedBoxes.Around(RunLength.Encode(width, height, mask));
            var (cos, sin) = (Math.Cos(box.Angle * Math.PI / 180), Math.Sin(box.Angle * Math.PI / 180));
            var along = Corners(width, mask).Select(corner => ((corner.X - box.CentreX) * cos) + ((corner.Y - box.CentreY) * sin)).ToArray();
            var across = Corners(width, mask).Select(corner => ((corner.Y - box.CentreY) * cos) - ((corner.X - box.CentreX) * sin)).ToArray();

            along.Max().ShouldBe(box.Width / 2, 1e-3);
            along.Min().ShouldBe(-box.Width / 2, 1e-3);
            across.Max().ShouldBe(box.Height / 2, 1e-3);
            across.Min().ShouldBe(-box.Height / 2, 1e-3);
        }
    }

    [Theory]
    [InlineData(0, 0, 5, 3)]
    [InlineData(2, 1, 1, 1)]
    [InlineData(0, 0, 1, 7)]
    public void Around_UprightRectangle_IsItself(int left, int top, int width, int height)
    {
        var mask = new bool[100];
        for (var i = 0; i < 100; i++)
        {
            mask[i] = i % 10 >= left && i % 10 < left + width && i / 10 >= top && i / 10 < top + height;
        }

        OrientedBoxes.Around(RunLength.Encode(10, 10, mask)).ShouldBe(new OrientedBox(left + (width / 2f), top + (height / 2f), width, height, 0));
    }

    /// <summary>Turned rectangles, and the pixel in the middle of the first so that no mask is empty.</summary>
    private static bool[] Drawn(int width, int height, (int X, int Y, int Width, int Height, double Turn)[] blobs)
    {
        var mask = new bool[width * height];
        mask[(blobs[0].Y * width) + blobs[0].X] = true;
        foreach (var blob in blobs)
        {
            var (cos, sin) = (Math.Cos(blob.Turn), Math.Sin(blob.Turn));
            for (var i = 0; i < mask.Length; i++)
            {
                var (x, y) = ((i % width) - blob.X, (i / width) - blob.Y);
                mask[i] |= Math.Abs((x * cos) + (y * sin)) < blob.Width && Math.Abs((y * cos) - (x * sin)) < blob.Height;
            }
        }

        return mask;
    }

    /// <summary>Of the first and last pixel of each row: nothing lies farther out.</summary>
    private static IEnumerable<(int X, int Y)> Corners(int width, bool[] mask) =>
        from row in Enumerable.Range(0, mask.Length / width)
        let pixels = mask.AsSpan(row * width, width).ToArray()
        where pixels.Contains(true)
        from x in (int[])[Array.IndexOf(pixels, true), Array.LastIndexOf(pixels, true) + 1]
        from y in (int[])[row, row + 1]
        select (x, y);

    private static double Area((int X, int Y)[] corners, double turn)
    {
        var (cos, sin) = (Math.Cos(turn), Math.Sin(turn));
        var (left, right, top, bottom) = (double.PositiveInfinity, double.NegativeInfinity, double.PositiveInfinity, double.NegativeInfinity);
        foreach (var (x, y) in corners)
        {
            var (along, across) = ((x * cos) + (y * sin), (y * cos) - (x * sin));
            (left, right, top, bottom) = (Math.Min(left, along), Math.Max(right, along), Math.Min(top, across), Math.Max(bottom, across));
        }

        return (right - left) * (bottom - top);
    }
}
