using CsCheck;
using Neuro.Client.Api;
using Neuro.Kernels.Labels;
using Neuro.Learning.Detection;
using Neuro.Learning.Evaluation;

namespace Neuro.Learning.Tests.Evaluation;

public sealed class DetectionMetricsTests
{
    private const int Side = 64;

    /// <summary>Pictures of whole-pixel boxes, each found or not, and false alarms; no two scores are equal.</summary>
    private static readonly Gen<DetectionSample[]> Pictures =
        from pictures in Gen.Select(Gen.Select(Gen.Int[0, 2], Boxes, Gen.Int[-3, 3], Gen.Bool).Array[0, 5], Gen.Select(Gen.Int[0, 2], Boxes).Array[0, 3]).Array[1, 4]
        from scores in Gen.Shuffle(Enumerable.Range(1, 60).ToArray())
        select Build(pictures, scores);

    private static Gen<Box> Boxes => Gen.Select(Gen.Int[0, 40], Gen.Int[0, 40], Gen.Int[4, 24], Gen.Int[4, 24], (x, y, w, h) => new Box(x, y, w, h));

    [Theory]
    [InlineData("boxes")]
    [InlineData("few-boxes")]
    [InlineData("agnostic-boxes")]
    [InlineData("masks")]
    public void Of_CheckedInCase_IsWhatPycocotoolsSaid(string name)
    {
        var one = CocoCase.Read(name);

        one.ShouldBe(one.Expected!);
    }

    [Fact]
    public void Of_RandomCases_AreWhatPycocotoolsSays()
    {
        Requires.AtHand(CocoCase.PycocotoolsIsAtHand(), "needs pycocotools for python3: pip install pycocotools");

        Gen.Select(Pictures, Gen.Bool, Gen.Bool, Gen.Bool).Sample(
            (pictures, masks, agnostic, few) =>
            {
                var one = Case(pictures, masks, agnostic, few ? [1, 2, 3] : [1, 10, 100]);
                if (one.Labelled.Length > 0 && one.Detected.Length > 0)
                {
                    one.ShouldBe(one.Ask());
                }
            },
            iter: 20, threads: 1);
    }

    [Fact]
    public void Of_AnyOrderOfPicturesAndObjects_IsTheSame() =>
        Gen.Select(Pictures, Gen.ULong).Sample((pictures, seed) =>
        {
            var random = new Random((int)(seed % int.MaxValue));
            DetectionSample[] other = [.. pictures.Select(one => new DetectionSample(Shuffled(one.Labelled, random), Shuffled(one.Detected, random)))];
            random.Shuffle(other);

            // Labels of equal overlap may change places, but then what is left over is alike.
            Figures(DetectionMetrics.Of(Distinct(other))).ShouldBe(Figures(DetectionMetrics.Of(Distinct(pictures))));
        });

    [Fact]
    public void Of_PerfectDetections_IsOne() =>
        Pictures.Where(pictures => pictures.Any(one => one.Labelled.Count > 0)).Sample(pictures =>
        {
            var score = 0.0;
            var metrics = DetectionMetrics.Of(Distinct(pictures)
                .Select(one => one with { Detected = [.. one.Labelled.Select(label => new DetectedObject(label.ClassId, score += 0.001, label.Box))] }));

            metrics.AveragePrecision().ShouldBe(1, 1e-12);
            metrics.AverageRecall().ShouldBe(1);
        });

    [Fact]
    public void Of_DuplicateBeforeTheLastHit_LowersPrecision()
    {
        LabelledObject[] labelled = [Label(0, new(0, 0, 10, 10)), Label(0, new(30, 30, 10, 10))];
        DetectedObject[] found = [new(0, 0.9, labelled[0].Box), new(0, 0.5, labelled[1].Box)];

        DetectionMetrics.Of([new(labelled, found)]).AveragePrecision().ShouldBe(1, 1e-12);
        // One of three is wrong when the second label is found: 51 recalls at precision 1, 50 at 2/3.
        DetectionMetrics.Of([new(labelled, [.. found, new(0, 0.7, labelled[0].Box)])]).AveragePrecision().ShouldBe((51 + 50 * 2 / 3.0) / 101, 1e-12);
        // After the last hit it changes nothing: that is how average precision is defined.
        DetectionMetrics.Of([new(labelled, [.. found, new(0, 0.3, labelled[0].Box)])]).AveragePrecision().ShouldBe(1, 1e-12);
    }

    [Fact]
    public void Of_DuplicateOfADetection_NeverHelps() =>
        Gen.Select(Pictures, Gen.Int[0, 3]).Where((pictures, at) => at < pictures.Length && pictures[at].Labelled.Count > 0).Sample((pictures, at) =>
        {
            DetectionSample[] alone = [.. Distinct(pictures)];
            var label = alone[at].Labelled[0];
            var found = new DetectedObject(label.ClassId, 2, label.Box);
            alone[at] = alone[at] with { Detected = [found, .. alone[at].Detected] };
            DetectionSample[] twice = [.. alone];
            twice[at] = alone[at] with { Detected = [found, found with { Score = 1.5 }, .. alone[at].Detected.Skip(1)] };

            var (before, after) = (DetectionMetrics.Of(alone), DetectionMetrics.Of(twice));

            after.AveragePrecision(0.95).ShouldBeLessThanOrEqualTo(before.AveragePrecision(0.95));
            // Both are believed at a confidence of 1, where nothing else is.
            (before.Confidence(label.ClassId).Precision[100], after.Confidence(label.ClassId).Precision[100]).ShouldBe((1, 0.5));
        });

    [Fact]
    public void Of_MasksThatAreBoxes_IsAsOfBoxes() =>
        Pictures.Sample(pictures =>
            Figures(DetectionMetrics.Of(pictures.Select(WithMasks), new() { Masks = true })).ShouldBe(Figures(DetectionMetrics.Of(pictures))));

    [Fact]
    public void Of_Crowd_TakesUpAnyNumberOfDetections()
    {
        LabelledObject[] labelled = [Label(0, new(0, 0, 10, 10)), Label(0, new(20, 20, 30, 30)) with { Crowd = true }];
        DetectedObject[] found = [new(0, 0.9, new(21, 21, 5, 5)), new(0, 0.8, new(30, 30, 5, 5)), new(0, 0.1, labelled[0].Box)];

        DetectionMetrics.Of([new(labelled, found)]).AveragePrecision().ShouldBe(1, 1e-12);
        DetectionMetrics.Of([new(labelled[..1], found)]).AveragePrecision().ShouldBe(1 / 3.0, 1e-9);
    }

    [Fact]
    public void Of_NothingToFind_IsNotANumber()
    {
        var metrics = DetectionMetrics.Of([new([], [new(0, 1, new(0, 0, 5, 5))])]);

        metrics.Classes.ShouldBeEmpty();
        metrics.AveragePrecision().ShouldBe(double.NaN);
        metrics.Summary.Select(figure => figure.Name)
            .ShouldBe(["AP", "AP50", "AP75", "AP small", "AP medium", "AP large", "AR 1", "AR 10", "AR 100", "AR small", "AR medium", "AR large"]);
    }

    [Fact]
    public void Confidence_OfOneClass_FallsInRecallAndSaysTheBestThreshold()
    {
        LabelledObject[] labelled = [Label(3, new(0, 0, 10, 10)), Label(3, new(30, 30, 10, 10))];
        var curve = DetectionMetrics.Of([new(labelled, [new(3, 0.8, labelled[0].Box), new(3, 0.4, labelled[1].Box), new(3, 0.2, new(50, 0, 9, 9))])]).Confidence(3);

        curve.Recall[0].ShouldBe(1);
        curve.Precision[0].ShouldBe(2 / 3.0);
        (curve.Precision[40], curve.Recall[40]).ShouldBe((1, 1));
        (curve.Precision[41], curve.Recall[41]).ShouldBe((1, 0.5));
        (curve.Precision[81], curve.Recall[81]).ShouldBe((1, 0));
        curve.BestThreshold.ShouldBe(0.21);
        curve.Recall.ShouldBeInOrder(SortDirection.Descending);
    }

    [Fact]
    public void PrecisionAtRecall_IsWhatAveragePrecisionAverages()
    {
        var metrics = DetectionMetrics.Of(CocoCase.Read("boxes").Samples);

        foreach (var classId in metrics.Classes)
        {
            metrics.PrecisionAtRecall(classId, 0.5).Average().ShouldBe(metrics.AveragePrecision(0.5, classId: classId), 1e-12);
            metrics.PrecisionAtRecall(classId, 0.5).ShouldBeInOrder(SortDirection.Descending);
        }
    }

    [Fact]
    public void Found_NamesTheLabels_InTheirOrder() =>
        DetectionMetrics.Found(new([Label(1, new(0, 0, 9, 9)), Label(0, new(20, 0, 9, 9)), Label(1, new(40, 0, 9, 9))],
            [new(1, 0.5, new(40, 1, 9, 9)), new(1, 0.5, new(20, 0, 9, 9))]))
            .ShouldBe([false, false, true]);

    [Fact]
    public void Of_WhatCannotBeCompared_IsNamed()
    {
        var label = Label(0, new(0, 0, 4, 4));
        var found = new DetectedObject(0, 0.5, label.Box);
        var mask = RunLength.FromCounts(4, 4, 0, 16);
        (DetectionSample Sample, bool Masks, string Said)[] wrong =
        [
            (new([label], [found with { Score = double.NaN }]), false, "Detected object 0 has the score NaN"),
            (new([label], [found, found with { Box = new(0, 0, -1, 4) }]), false, "Detected object 1 has the box"),
            (new([label with { ClassId = -2 }], []), false, "class id -2"),
            (new([label], []), true, "has no mask"),
            (new([label with { Mask = mask }], [found with { Mask = RunLength.FromCounts(2, 8, 0, 16) }]), true, "2 × 8"),
        ];
        foreach (var (sample, masks, said) in wrong)
        {
            var error = Should.Throw<NeuroException>(() => DetectionMetrics.Of([sample], new() { Masks = masks }));
            error.Code.ShouldBe("evaluation.object_invalid");
            error.Message.ShouldContain(said);
        }

        DetectionProtocol[] protocols = [new() { IouThresholds = [] }, new() { IouThresholds = [0] }, new() { MaxDetections = [10, 1] }, new() { MaxDetections = [] },
            new() { Areas = [new("none", 2, 1)] }];
        foreach (var protocol in protocols)
        {
            Should.Throw<NeuroException>(() => DetectionMetrics.Of([], protocol)).Code.ShouldBe("evaluation.protocol_invalid");
        }

        Should.Throw<NeuroException>(() => DetectionMetrics.Of([]).AveragePrecision(0.51)).Code.ShouldBe("evaluation.not_measured");
    }

    private static LabelledObject Label(int classId, Box box) => new(classId, box, box.Area);

    private static DetectionSample[] Build(((int Class, Box Box, int Shift, bool Found)[] Labelled, (int Class, Box Box)[] Wrong)[] pictures, int[] scores)
    {
        var next = 0;
        double Score() => scores[next++] / 64.0;
        return [.. pictures.Select(picture => new DetectionSample(
            [.. picture.Labelled.Select(one => Label(one.Class, one.Box))],
            [.. picture.Labelled.Where(one => one.Found)
                .Select(one => new DetectedObject(one.Class, Score(), one.Box with { X = Math.Max(0, one.Box.X + one.Shift) })),
                    .. picture.Wrong.Select(one => new DetectedObject(one.Class, Score(), one.Box))]))];
    }

    /// <summary>No two labels of a picture and class overlap, so that no order can decide which of them is found.</summary>
    private static IEnumerable<DetectionSample> Distinct(IEnumerable<DetectionSample> pictures) => pictures.Select(one =>
    {
        var kept = new List<LabelledObject>();
        foreach (var label in one.Labelled.OrderBy(label => (label.ClassId, label.Box.X, label.Box.Y, label.Box.Width, label.Box.Height)))
        {
            if (kept.TrueForAll(other => other.ClassId != label.ClassId || other.Box.SharedArea(label.Box) == 0))
            {
                kept.Add(label);
            }
        }

        return one with { Labelled = [.. one.Labelled.Where(kept.Contains)] };
    });

    private static T[] Shuffled<T>(IReadOnlyList<T> values, Random random)
    {
        T[] result = [.. values];
        random.Shuffle(result);
        return result;
    }

    private static string Figures(DetectionMetrics metrics) => string.Join(' ', metrics.Summary.Select(figure => $"{figure.Name} {figure.Value:f9}"));

    private static DetectionSample WithMasks(DetectionSample one) =>
        new([.. one.Labelled.Select(label => label with { Mask = Mask(label.Box) })], [.. one.Detected.Select(found => found with { Mask = Mask(found.Box) })]);

    private static RunLength Mask(Box box)
    {
        var mask = new bool[Side * Side];
        for (var y = (int)box.Y; y < box.Y + box.Height; y++)
        {
            mask.AsSpan(y * Side + (int)box.X, (int)box.Width).Fill(true);
        }

        return RunLength.Encode(Side, Side, mask);
    }

    private static CocoCase Case(DetectionSample[] pictures, bool masks, bool agnostic, int[] limits)
    {
        CocoCase.Item[] labelled = [.. pictures.SelectMany((one, image) =>
            one.Labelled.Select((label, i) => Item(image, label.ClassId, label.Box) with { Crowd = i % 5 == 4 ? 1 : null }))];
        CocoCase.Item[] detected = [.. pictures.SelectMany((one, image) =>
            one.Detected.Select(found => Item(image, found.ClassId, found.Box) with { Score = found.Score }))];
        return new(masks, agnostic, limits, pictures.Length, Side, Side, labelled, detected);

        CocoCase.Item Item(int image, int classId, Box box) => new(image, classId, [box.X, box.Y, box.Width, box.Height], Mask: masks ? [.. Mask(box).Counts] : null);
    }
}
