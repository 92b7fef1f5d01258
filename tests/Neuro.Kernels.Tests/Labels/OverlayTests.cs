using Neuro.Kernels.Formats;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Tests.Labels;

public sealed class OverlayTests
{
    private static readonly ImageLabels Labels = new(0, 8, 8, CameraLabel.Unknown(8, 8), [One(1, 0, 2), One(2, 0, 5)], [], []);

    [Fact]
    public void Draw_TwoInstancesOfOneClass_ChangesTheirPixelsOnly()
    {
        var drawn = Overlay.Draw(new Image(8, 8, new byte[192]), Labels);

        var changed = Enumerable.Range(0, 64).Where(at => drawn.Rgb.AsSpan(3 * at, 3).ContainsAnyExcept((byte)0));
        changed.ShouldBe(Enumerable.Range(0, 64).Where(at => at % 8 is 2 or 5));
    }

    [Fact]
    public void InstanceMask_TwoInstancesOfOneClass_HaveTwoColours()
    {
        var mask = Overlay.InstanceMask(Labels);

        mask.Rgb.Chunk(3).Select(pixel => (pixel[0], pixel[1], pixel[2])).Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public void Depth_NearAndFarAndNothing_AreBrightDarkAndBlack()
    {
        var picture = Overlay.Depth(3, 1, [1, 2, float.PositiveInfinity]);

        picture.Rgb[..3].Sum(value => value).ShouldBeGreaterThan(picture.Rgb[3..6].Sum(value => value));
        picture.Rgb[6..].ShouldAllBe(value => value == 0);
    }

    [Fact]
    public void Depth_NothingAnywhere_IsBlack() =>
        Overlay.Depth(2, 1, [float.PositiveInfinity, float.PositiveInfinity]).Rgb.ShouldAllBe(value => value == 0);

    [Fact]
    public void Draw_LabelsOfAnotherSize_AreRefused() =>
        Should.Throw<ArgumentException>(() => Overlay.Draw(new Image(4, 4, new byte[48]), Labels));

    private static Instance One(int id, int classId, int column)
    {
        var mask = new bool[64];
        for (var y = 0; y < 8; y++)
        {
            mask[(8 * y) + column] = true;
        }

        var runs = RunLength.Encode(8, 8, mask);
        return new Instance
        {
            Id = id,
            ClassId = classId,
            Sku = "sku",
            Box = runs.Box,
            Area = runs.Area,
            Mask = runs,
            AmodalBox = runs.Box,
            UnoccludedArea = runs.Area,
            AmodalMask = runs,
            Truncation = 0,
            OrientedBox = default,
            Pose = default,
            Size = default,
            Corners = [],
            FrontAngle = 0,
        };
    }
}
