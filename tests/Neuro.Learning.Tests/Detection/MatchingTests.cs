using CsCheck;
using Neuro.Learning.Detection;

namespace Neuro.Learning.Tests.Detection;

public sealed class MatchingTests
{
    private static readonly Gen<(float[] Anchors, float[] Labels)> Scenes = Gen.Select(RandomBoxes.Some(0, 20), RandomBoxes.Some(0, 5));

    [Fact]
    public void Ssd_AnyScene_IsTheDefinition() =>
        Scenes.Sample(scene =>
        {
            var (count, wanted) = (scene.Anchors.Length / 4, scene.Labels.Length / 4);
            var ious = Enumerable.Range(0, count).Select(i => Ious(scene, i)).ToArray();
            int[] expected = [.. ious.Select(row => row.DefaultIfEmpty(0).Max() is > 0.5f and var best ? Array.IndexOf(row, best) : Matching.Background)];
            var (boxes, labels) = (Enumerable.Range(0, count).ToHashSet(), Enumerable.Range(0, wanted).ToHashSet());
            while (boxes.SelectMany(box => labels.Select(label => (box, label))).Where(pair => ious[pair.box][pair.label] > 0)
                .OrderByDescending(pair => ious[pair.box][pair.label]).FirstOrDefault((-1, -1)) is (>= 0, _) and var (box, label))
            {
                expected[box] = label;
                boxes.Remove(box);
                labels.Remove(label);
            }

            Matching.Ssd(scene.Anchors, scene.Labels).ShouldBe(expected);
        });

    [Fact]
    public void Ssd_TwoLabelsWantOneBox_LargerOverlapGetsIt()
    {
        // Label 1 fits box 0 exactly; label 0 overlaps it less and box 1 hardly.
        var matches = Matching.Ssd([0, 0, 10, 10, 8, 0, 18, 10, 50, 50, 60, 60], [0, 0, 10, 8, 0, 0, 10, 10]);

        matches.ShouldBe([1, 0, Matching.Background]);
    }

    [Fact]
    public void Thresholds_EachAnchor_IsTheDefinition() =>
        Gen.Select(Scenes, Gen.Bool).Sample((scene, bestToo) =>
        {
            var matches = Matching.Thresholds(scene.Anchors, scene.Labels, 0.6f, 0.3f, bestToo);
            var highest = Enumerable.Range(0, scene.Labels.Length / 4)
                .Select(label => Enumerable.Range(0, matches.Length).Select(i => Ious(scene, i)[label]).DefaultIfEmpty(0).Max()).ToArray();
            for (var i = 0; i < matches.Length; i++)
            {
                var ious = Ious(scene, i);
                var best = ious.DefaultIfEmpty(0).Max();
                var positive = best >= 0.6f || (bestToo && ious.Where((iou, label) => iou > 0 && iou == highest[label]).Any());
                matches[i].ShouldBe(positive ? Array.IndexOf(ious, best) : best < 0.3f ? Matching.Background : Matching.Ignored);
            }
        });

    [Fact]
    public void Sample_DrawsWithinTheShare_FromTheSeed()
    {
        int[] matches = [.. Enumerable.Range(0, 400).Select(i => i % 10 == 0 ? i : i % 10 == 1 ? Matching.Ignored : Matching.Background)];

        var (positives, negatives) = Matching.Sample(matches, 64, 0.25, 7);

        (positives.Length, negatives.Length).ShouldBe((16, 48));
        positives.ShouldAllBe(i => matches[i] >= 0);
        negatives.ShouldAllBe(i => matches[i] == Matching.Background);
        positives.ShouldBeUnique();
        negatives.ShouldBeUnique();
        Matching.Sample(matches, 64, 0.25, 7).Positives.ShouldBe(positives);
        Matching.Sample(matches, 64, 0.25, 8).Positives.ShouldNotBe(positives);
    }

    [Fact]
    public void Sample_FewPositives_FillsUpWithBackground()
    {
        int[] matches = [.. Enumerable.Repeat(Matching.Background, 100), 3];

        var (positives, negatives) = Matching.Sample(matches, 64, 0.5, 1);

        (positives.Length, negatives.Length).ShouldBe((1, 63));
    }

    [Fact]
    public void Sample_ManySeeds_DrawsEachAlikeOften()
    {
        int[] matches = [.. Enumerable.Range(0, 8)];
        var drawn = new int[8];
        for (var seed = 0UL; seed < 4000; seed++)
        {
            Array.ForEach(Matching.Sample(matches, 2, 1, seed).Positives, i => drawn[i]++);
        }

        // 1,000 expected of each, with a deviation of 27.
        drawn.ShouldAllBe(count => Math.Abs(count - 1000) < 150);
    }

    private static float[] Ious((float[] Anchors, float[] Labels) scene, int i) =>
        [.. Enumerable.Range(0, scene.Labels.Length / 4).Select(label => Corners.Iou(scene.Anchors.AsSpan(4 * i, 4), scene.Labels.AsSpan(4 * label, 4)))];
}
