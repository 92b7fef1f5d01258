using CsCheck;
using Neuro.Learning.Detection;

namespace Neuro.Learning.Tests.Detection;

public sealed class SuppressionTests
{
    private static readonly Gen<(float[] Boxes, float[] Scores, int[] Classes, int[] Images)> Found =
        RandomBoxes.Some(0, 25)
            .SelectMany(boxes => Gen.Select(Gen.Int[0, 20].Array[boxes.Length / 4], Gen.Int[0, 2].Array[boxes.Length / 4], Gen.Int[0, 1].Array[boxes.Length / 4],
            (scores, classes, images) => (boxes, scores.Select(score => score / 20f).ToArray(), classes, images)));

    [Fact]
    public void Keep_WhatStaysAndWhatGoes_IsTheDefinition() =>
        Found.Sample(found =>
        {
            var limits = new Suppression.Limits { Iou = 0.3f, Score = 0.1f };

            var kept = Suppression.Keep(found.Boxes, found.Scores, found.Classes, found.Images, limits);

            kept.Zip(kept.Skip(1))
                .ShouldAllBe(pair =>
                    found.Scores[pair.First] > found.Scores[pair.Second] || (found.Scores[pair.First] == found.Scores[pair.Second] && pair.First < pair.Second));
            for (var i = 0; i < found.Scores.Length; i++)
            {
                var better = kept.Where(other =>
                    (found.Scores[other], -other).CompareTo((found.Scores[i], -i)) > 0 && found.Classes[other] == found.Classes[i]
                        && found.Images[other] == found.Images[i]);
                var goes = found.Scores[i] < 0.1f || better.Any(other => Corners.Iou(found.Boxes.AsSpan(4 * i, 4), found.Boxes.AsSpan(4 * other, 4)) > 0.3f);
                kept.Contains(i).ShouldBe(!goes, $"box {i}");
            }
        });

    [Fact]
    public void Keep_ImagesTogether_IsAsEachAlone() =>
        Found.Sample(found =>
        {
            var limits = new Suppression.Limits { Candidates = 9, Kept = 4 };
            var together = Suppression.Keep(found.Boxes, found.Scores, found.Classes, found.Images, limits);
            for (var image = 0; image < 2; image++)
            {
                int[] own = [.. Enumerable.Range(0, found.Scores.Length).Where(i => found.Images[i] == image)];

                var alone = Suppression.Keep([.. own.SelectMany(i => found.Boxes[(4 * i)..(4 * i + 4)])], [.. own.Select(i => found.Scores[i])],
                    [.. own.Select(i => found.Classes[i])], default, limits);

                together.Where(i => found.Images[i] == image).ShouldBe(alone.Select(i => own[i]));
                alone.Length.ShouldBeLessThanOrEqualTo(4);
            }
        });

    [Fact]
    public void Keep_OverlapAtTheThreshold_Stays() =>
        // Half of either box is shared: 1 / 3 exactly is not more than a third.
        Suppression.Keep([0, 0, 2, 1, 1, 0, 3, 1], [0.9f, 0.8f], limits: new() { Iou = 1 / 3f }).ShouldBe([0, 1]);

    [Fact]
    public void Keep_WithoutClasses_SuppressesAcrossThem()
    {
        float[] boxes = [0, 0, 10, 10, 0, 0, 10, 9];

        Suppression.Keep(boxes, [0.5f, 0.9f], [0, 1]).ShouldBe([1, 0]);
        Suppression.Keep(boxes, [0.5f, 0.9f]).ShouldBe([1]);
    }

    [Fact]
    public void Keep_ScoreThatIsNotANumber_Goes() => Suppression.Keep([0, 0, 1, 1, 5, 5, 6, 6], [float.NaN, 0.5f]).ShouldBe([1]);

    [Fact]
    public void Keep_ListsOfDifferentLengths_AreRefused()
    {
        Should.Throw<ArgumentException>(() => Suppression.Keep([0, 0, 1, 1], [0.5f, 0.5f]));
        Should.Throw<ArgumentException>(() => Suppression.Keep([0, 0, 1], []));
        Should.Throw<ArgumentException>(() => Suppression.Keep([0, 0, 1, 1], [0.5f], [0, 1]));
    }
}
