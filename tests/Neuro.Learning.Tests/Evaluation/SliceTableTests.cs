using CsCheck;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Labels;
using Neuro.Learning.Evaluation;

namespace Neuro.Learning.Tests.Evaluation;

public sealed class SliceTableTests
{
    [Fact]
    public void Of_ValuesAtEdges_AreInTheUpperSlice() =>
        SliceTable.Of("size", [0, 10, 20], [(0, true), (10, false), (9.9, true), (20, true), (-1, true), (double.NaN, true)]).Rows
            .ShouldBe([new(0, 10, new(2, 2)), new(10, 20, new(0, 1))]);

    [Fact]
    public void Of_AllConditions_LosesNoSample() =>
        Gen.Select(Gen.Double[0, 900], Gen.Double[0.01, 1], Gen.Double[0, 1], Gen.Double[0, 180], Gen.Double[0, 1], Gen.Bool).Array[1, 30].Sample(raw =>
        {
            var tables = SliceTable.Of([.. raw.Select(one => (new Conditions(one.Item1, one.Item2, one.Item3, one.Item4, one.Item5), one.Item6))]);

            tables.Count.ShouldBe(5);
            tables.ShouldAllBe(table => table.Rows.Sum(row => row.Right.Count) == raw.Length && table.Rows.Sum(row => row.Right.Hits) == raw.Count(one => one.Item6));
        });

    [Fact]
    public void Of_EdgesOutOfOrder_AreRefused()
    {
        Should.Throw<ArgumentException>(() => SliceTable.Of("size", [0, 2, 1], []));
        Should.Throw<ArgumentException>(() => SliceTable.Of("size", [0], []));
    }

    [Fact]
    public void Conditions_OfAProduct_AreThoseOfItsPixels()
    {
        // A picture of 4 × 3: two white pixels and one red one belong to the product, everything else is white and does not.
        var rgb = Enumerable.Repeat((byte)255, 36).ToArray();
        (rgb[3 * 6 + 1], rgb[3 * 6 + 2]) = (0, 0);
        var mask = new bool[12];
        (mask[5], mask[6], mask[7]) = (true, true, true);
        var runs = RunLength.Encode(4, 3, mask);
        var instance = new Instance
        {
            Id = 1, ClassId = 0, Sku = "a", Box = runs.Box, Area = 3, Mask = runs, AmodalBox = runs.Box, UnoccludedArea = 4, AmodalMask = runs, Truncation = 0.25f,
            OrientedBox = default, Pose = default, Size = default, Corners = [], FrontAngle = 30,
        };

        var conditions = Conditions.Of(instance, new Image(4, 3, rgb));

        conditions.Size.ShouldBe(Math.Sqrt(3));
        (conditions.Visibility, conditions.Truncation, conditions.FrontAngle).ShouldBe((0.75, 0.25, 30));
        conditions.Light.ShouldBe((2 + 0.2126) / 3, 1e-9);
    }
}
