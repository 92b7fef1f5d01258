using CsCheck;
using Neuro.Client.Api;
using Neuro.Learning.Evaluation;

namespace Neuro.Learning.Tests.Evaluation;

public sealed class PanopticMetricsTests
{
    private static readonly HashSet<int> Things = [0, 1];

    /// <summary>Ten pixels: a thing of 4 found with 3 of them and one more, stuff of 4 found whole, two unlabelled.</summary>
    [Fact]
    public void Add_OnePicture_IsTheDefinition()
    {
        var metrics = new PanopticMetrics(Things);

        metrics.Add([1, 1, 1, 1, 2, 2, 2, 2, 0, 0], [new(1, 0), new(2, 5)], [7, 7, 7, 0, 8, 8, 8, 8, 7, 9], [new(7, 0), new(8, 5), new(9, 1)]);

        // Overlap of the thing: 3 of 4 + 4 − 3 less the unlabelled pixel that was taken = 3 / 4. Segment 9 lies on unlabelled pixels alone and does not count.
        metrics.Of(0).ShouldBe(new(0.75, 0.75, 1, 1));
        metrics.Stuff.ShouldBe(new(1, 1, 1, 1));
        metrics.All.ShouldBe(new(0.875, 0.875, 1, 2));
        metrics.Of(1).Pq.ShouldBe(double.NaN);
    }

    [Fact]
    public void Add_MissedAndWrongSegments_HalveEach()
    {
        var metrics = new PanopticMetrics(Things);

        // Class 0: one match, one missed, one wrong → 1 / (1 + ½ + ½).
        metrics.Add([1, 1, 2, 2, 3, 3], [new(1, 0), new(2, 0), new(3, 5)], [1, 1, 3, 3, 4, 4], [new(1, 0), new(3, 5), new(4, 0)]);

        metrics.Of(0).ShouldBe(new(0.5, 1, 0.5, 1));
        metrics.Things.ShouldBe(new(0.5, 1, 0.5, 1));
        metrics.Stuff.ShouldBe(new(0, 0, 0, 1));
    }

    [Fact]
    public void Add_HalfAnOverlap_IsNoMatch()
    {
        var metrics = new PanopticMetrics(Things);

        metrics.Add([1, 1, 2, 2], [new(1, 0), new(2, 1)], [1, 2, 2, 2], [new(1, 0), new(2, 1)]);

        metrics.Of(0).Rq.ShouldBe(0);
        metrics.Of(1).Sq.ShouldBe(2 / 3.0, 1e-12);
    }

    [Fact]
    public void Add_SegmentWithinACrowd_IsNoMistake()
    {
        var metrics = new PanopticMetrics(Things);

        metrics.Add([1, 1, 2, 2], [new(1, 0), new(2, 0, Crowd: true)], [1, 1, 2, 3], [new(1, 0), new(2, 0), new(3, 1)]);

        metrics.Of(0).ShouldBe(new(1, 1, 1, 1));
        metrics.Of(1).ShouldBe(new(0, 0, 0, 1));
    }

    [Fact]
    public void Add_PictureToItself_IsPerfect() =>
        Gen.Int[0, 6].Array[1, 80].Sample(ids =>
        {
            PanopticSegment[] segments = [.. ids.Where(id => id > 0).Distinct().Select(id => new PanopticSegment(id, id % 3))];
            var metrics = new PanopticMetrics(Things);

            metrics.Add(ids, segments, ids, segments);

            metrics.All.ShouldBe(segments.Length == 0 ? new(double.NaN, double.NaN, double.NaN, 0)
                : new(1, 1, 1, segments.Select(one => one.ClassId).Distinct().Count()));
        });

    [Fact]
    public void Quality_OfOneClass_IsTheProductOfItsParts() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 4]).Array[1, 60].Sample(pixels =>
        {
            PanopticSegment[] Segments(IEnumerable<int> ids) => [.. ids.Where(id => id > 0).Distinct().Select(id => new PanopticSegment(id, 0))];
            int[] actual = [.. pixels.Select(pixel => pixel.Item1)], predicted = [.. pixels.Select(pixel => pixel.Item2)];
            var metrics = new PanopticMetrics(Things);

            metrics.Add(actual, Segments(actual), predicted, Segments(predicted));

            var quality = metrics.Of(0);
            (double.IsNaN(quality.Pq) || Math.Abs(quality.Pq - quality.Sq * quality.Rq) < 1e-12).ShouldBeTrue();
        });

    [Fact]
    public void Add_SegmentsThatDoNotFit_AreNamed()
    {
        var metrics = new PanopticMetrics(Things);

        Should.Throw<NeuroException>(() => metrics.Add([1], [], [0], [])).Message.ShouldContain("labelled picture holds the segment 1");
        Should.Throw<NeuroException>(() => metrics.Add([1], [new(1, 0)], [2], [new(1, 0)])).Message.ShouldContain("predicted picture holds the segment 2");
        Should.Throw<NeuroException>(() => metrics.Add([1], [new(1, 0), new(1, 1)], [0], [])).Code.ShouldBe("evaluation.segment_unknown");
        Should.Throw<NeuroException>(() => metrics.Add([1], [new(1, 0)], [0, 0], [])).Code.ShouldBe("evaluation.size_mismatch");
    }
}
