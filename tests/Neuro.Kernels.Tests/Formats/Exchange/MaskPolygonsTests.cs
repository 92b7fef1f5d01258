using System.Numerics;
using CsCheck;
using Neuro.Kernels.Formats.Exchange;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Tests.Formats.Exchange;

public sealed class MaskPolygonsTests
{
    private static readonly Gen<RunLength> AnyMask =
        Gen.Select(Gen.Int[1, 14], Gen.Int[1, 14]).SelectMany((width, height) => Gen.Bool.Array[width * height].Select(mask => RunLength.Encode(width, height, mask)));

    [Fact]
    public void Fill_OfWhole_IsIdentity() =>
        AnyMask.Sample(mask => MaskPolygons.Fill(mask.Width, mask.Height, [MaskPolygons.OfWhole(mask)]).Equals(mask));

    [Fact]
    public void Fill_OfParts_IsIdentity() =>
        AnyMask.Sample(mask => MaskPolygons.Fill(mask.Width, mask.Height, MaskPolygons.OfParts(mask)).Equals(mask));

    [Fact]
    public void Fill_PartAfterPart_FillsNoPixelTwice() =>
        AnyMask.Sample(mask => MaskPolygons.OfParts(mask).Sum(part => MaskPolygons.Fill(mask.Width, mask.Height, [part]).Area) == mask.Area);

    [Fact]
    public void OfParts_Rectangle_IsItsFourCorners()
    {
        var mask = RunLength.Encode(6, 5, [.. Enumerable.Range(0, 30).Select(at => at % 6 is >= 1 and < 4 && at / 6 is >= 2 and < 5)]);

        MaskPolygons.OfParts(mask).ShouldHaveSingleItem().Order(Comparer<Vector2>.Create((a, b) => (a.X, a.Y).CompareTo((b.X, b.Y))))
            .ShouldBe([new(1, 2), new(1, 5), new(4, 2), new(4, 5)]);
    }

    [Fact]
    public void Fill_PolygonsThatOverlap_AreBothFilled() =>
        MaskPolygons.Fill(4, 1, [[new(0, 0), new(3, 0), new(3, 1), new(0, 1)], [new(1, 0), new(4, 0), new(4, 1), new(1, 1)]]).Area.ShouldBe(4);

    [Fact]
    public void Fill_PointsFarOutside_AreCutOff() =>
        MaskPolygons.Fill(4, 3, [[new(-1e9f, -1e9f), new(1e9f, -1e9f), new(1e9f, 1e9f), new(-1e9f, 1e9f)]]).Area.ShouldBe(12);

    [Fact]
    public void OfWhole_EmptyMask_IsNothing() => MaskPolygons.OfWhole(RunLength.FromCounts(3, 3, 9)).ShouldBeEmpty();
}
