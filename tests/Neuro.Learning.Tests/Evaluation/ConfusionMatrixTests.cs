using CsCheck;
using Neuro.Client.Api;
using Neuro.Learning.Evaluation;

namespace Neuro.Learning.Tests.Evaluation;

public sealed class ConfusionMatrixTests
{
    /// <summary>Class 2 does not occur and is never named.</summary>
    private static readonly ConfusionMatrix Small = Of(3, (0, 0), (0, 0), (0, 1), (1, 1), (1, 1), (1, 1), (1, 0), (1, 0));

    [Fact]
    public void Figures_OfASmallMatrix_AreTheirDefinitions()
    {
        Small.Count.ShouldBe(8);
        Small.Accuracy.ShouldBe(5 / 8.0);
        Small.Recall.ShouldBe([2 / 3.0, 3 / 5.0, double.NaN]);
        Small.Precision.ShouldBe([2 / 4.0, 3 / 4.0, double.NaN]);
        Small.F1.ShouldBe([4 / 7.0, 6 / 9.0, double.NaN]);
        Small.Iou.ShouldBe([2 / 5.0, 3 / 6.0, double.NaN]);
        Small.MeanIou.ShouldBe((0.4 + 0.5) / 2, 1e-12);
        Small.MacroRecall.ShouldBe((2 / 3.0 + 3 / 5.0) / 2, 1e-12);
        Small.MacroPrecision.ShouldBe((0.5 + 0.75) / 2, 1e-12);
        Small.MacroF1.ShouldBe((4 / 7.0 + 6 / 9.0) / 2, 1e-12);
    }

    [Fact]
    public void Normalised_RowsThatOccur_SumToOne()
    {
        Small.Normalised()[0].ShouldBe([2 / 3.0, 1 / 3.0, 0]);
        Small.Normalised()[2].ShouldAllBe(share => double.IsNaN(share));
    }

    [Fact]
    public void MacroPrecision_ClassNeverNamed_CountsNothing() => Of(2, (0, 0), (1, 0)).MacroPrecision.ShouldBe(0.25);

    [Fact]
    public void MeanIou_ClassNamedWrongly_CountsAsNothing() => Of(3, (0, 0), (0, 2)).MeanIou.ShouldBe(0.25);

    [Fact]
    public void AddPixels_OfRandomPictures_IsTheBruteForce() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 2]).Array[1, 60].Where(pixels => pixels.Any(pixel => pixel.Item1 < 3)).Sample(pixels =>
        {
            var matrix = new ConfusionMatrix(3);
            matrix.AddPixels([.. pixels.Select(pixel => pixel.Item1 == 3 ? 255 : pixel.Item1)], [.. pixels.Select(pixel => pixel.Item2)]);

            var seen = pixels.Where(pixel => pixel.Item1 < 3).ToList();
            var ious = Enumerable.Range(0, 3)
                .Select(k => (Both: seen.Count(pixel => pixel.Item1 == k && pixel.Item2 == k), Either: seen.Count(pixel => pixel.Item1 == k || pixel.Item2 == k)))
                .Where(area => area.Either > 0).Select(area => (double)area.Both / area.Either);
            matrix.MeanIou.ShouldBe(ious.Average(), 1e-12);
            matrix.Count.ShouldBe(seen.Count);
        });

    [Fact]
    public void Add_ClassThatThereIsNot_IsNamed()
    {
        Should.Throw<NeuroException>(() => Of(2, (0, 2))).Code.ShouldBe("evaluation.class_unknown");
        Should.Throw<NeuroException>(() => Of(2, (-1, 0))).Message.ShouldContain("Class -1");
        Should.Throw<NeuroException>(() => new ConfusionMatrix(2).AddPixels([0, 1], [0])).Code.ShouldBe("evaluation.size_mismatch");
    }

    private static ConfusionMatrix Of(int classes, params (int Actual, int Predicted)[] samples)
    {
        var matrix = new ConfusionMatrix(classes);
        Array.ForEach(samples, sample => matrix.Add(sample.Actual, sample.Predicted));
        return matrix;
    }
}
