using Neuro.Learning.Detection;

namespace Neuro.Learning.Tests.Detection;

public sealed class AnchorsTests
{
    /// <summary>Liu et al. 2016, section 3.2: 8,732 boxes.</summary>
    [Fact]
    public void Ssd_Of300Pixels_HasThePublishedNumberOfBoxes()
    {
        Anchors.Ssd(Anchors.Ssd300, 300).Length.ShouldBe(8732 * 4);
        Anchors.Ssd300.Select(map => map.Cells * map.Cells * map.BoxesPerCell).ShouldBe([5776, 2166, 600, 150, 36, 4]);
    }

    [Fact]
    public void Ssd_FirstCell_HasSquaresThenRatios()
    {
        var boxes = Anchors.Ssd(Anchors.Ssd300, 300);

        // Scale 0.1 of 300 pixels; between 0.1 and 0.2; then 2 : 1 and 1 : 2 of the same area.
        (double W, double H)[] expected = [(30, 30), (300 * Math.Sqrt(0.02), 300 * Math.Sqrt(0.02)), (30 * Math.Sqrt(2), 30 / Math.Sqrt(2)),
            (30 / Math.Sqrt(2), 30 * Math.Sqrt(2))];
        for (var i = 0; i < 4; i++)
        {
            var box = RandomBoxes.Box(boxes, i);
            (box.X + box.Width / 2).ShouldBe(150.0 / 38, 1e-4);
            (box.Y + box.Height / 2).ShouldBe(150.0 / 38, 1e-4);
            box.Width.ShouldBe(expected[i].W, 1e-4);
            box.Height.ShouldBe(expected[i].H, 1e-4);
        }
    }

    [Fact]
    public void Ssd_SecondCell_LiesToTheRight()
    {
        var second = RandomBoxes.Box(Anchors.Ssd(Anchors.Ssd300, 300), 4);

        (second.X + 15, second.Y + 15).ShouldSatisfyAllConditions(
            centre => centre.Item1.ShouldBe(450.0 / 38, 1e-4),
            centre => centre.Item2.ShouldBe(150.0 / 38, 1e-4));
    }

    [Fact]
    public void Rpn_OverALevel_KeepsTheAreaAndTheRatio()
    {
        var boxes = Anchors.Rpn(2, 3, 16, 64, [0.5, 1, 2]);

        boxes.Length.ShouldBe(2 * 3 * 3 * 4);
        for (var i = 0; i < boxes.Length / 4; i++)
        {
            var box = RandomBoxes.Box(boxes, i);
            box.Area.ShouldBe(64 * 64, 0.1);
            (box.Height / box.Width).ShouldBe(new[] { 0.5, 1, 2 }[i % 3], 1e-4);
            (box.X + box.Width / 2).ShouldBe(i / 3 % 3 * 16, 1e-4);
            (box.Y + box.Height / 2).ShouldBe(i / 9 * 16, 1e-4);
        }
    }

    [Fact]
    public void Centres_OfALevel_AreTheMiddlesOfItsCells() => Anchors.Centres(2, 2, 8).ShouldBe([4, 4, 12, 4, 4, 12, 12, 12]);

    [Fact]
    public void SsdMaps_GridsOfSsd300_AreItsMaps()
    {
        var maps = Anchors.SsdMaps([.. Anchors.Ssd300.Select(map => (map.Cells, map.BoxesPerCell))]);

        maps.Select(map => (map.Cells, map.BoxesPerCell)).ShouldBe(Anchors.Ssd300.Select(map => (map.Cells, map.BoxesPerCell)));
        Anchors.Ssd(maps, 300).Zip(Anchors.Ssd(Anchors.Ssd300, 300)).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-3);
    }
}
