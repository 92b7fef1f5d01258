using Neuro.Client.Api;
using Neuro.Learning.Detection;

namespace Neuro.Learning.Evaluation;

/// <summary>How well objects are found: COCO's average precision and recall, for boxes or masks.</summary>
/// <remarks>Equal to pycocotools (cocoeval.py) to rounding; where that says −1, because nothing was there to be found, this says NaN.</remarks>
public sealed class DetectionMetrics
{
    private readonly double[,,,] precision;
    private readonly double[,,,] recall;
    private readonly double[,][] curves;
    private readonly ConfidenceCurve[] confidence;

    private DetectionMetrics(DetectionProtocol protocol, SortedDictionary<int, ScoredMatches> matches)
    {
        (Protocol, Classes) = (protocol, [.. matches.Keys]);
        var (thresholds, areas, limits) = (protocol.IouThresholds.Count, protocol.Areas.Count, protocol.MaxDetections.Count);
        precision = new double[Classes.Count, thresholds, areas, limits];
        recall = new double[Classes.Count, thresholds, areas, limits];
        curves = new double[Classes.Count, thresholds][];
        confidence = new ConfidenceCurve[Classes.Count];
        for (var k = 0; k < Classes.Count; k++)
        {
            Fill(k, matches[Classes[k]]);
        }
    }

    public DetectionProtocol Protocol { get; }

    /// <summary>Ids of the classes that labels name, ascending.</summary>
    public IReadOnlyList<int> Classes { get; }

    /// <summary>COCO's twelve figures by their usual names: of all thresholds, of 0.5 and 0.75, by area; recall by limit and by area.</summary>
    public IReadOnlyList<(string Name, double Value)> Summary =>
    [
        ("AP", AveragePrecision()), ("AP50", AveragePrecision(0.5)), ("AP75", AveragePrecision(0.75)),
        .. Protocol.Areas.Skip(1).Select(area => ($"AP {area.Name}", AveragePrecision(area: area.Name))),
        .. Protocol.MaxDetections.Select(limit => ($"AR {limit}", AverageRecall(limit: limit))),
        .. Protocol.Areas.Skip(1).Select(area => ($"AR {area.Name}", AverageRecall(area: area.Name))),
    ];

    /// <summary>Compares detections with labels, picture by picture; of equal scores the earlier picture's goes first.</summary>
    /// <exception cref="NeuroException"><c>evaluation.object_invalid</c>, <c>evaluation.protocol_invalid</c>.</exception>
    public static DetectionMetrics Of(IEnumerable<DetectionSample> samples, DetectionProtocol? protocol = null)
    {
        var chosen = protocol ?? new();
        chosen.Check();
        var tally = new Tally(chosen);
        foreach (var sample in samples)
        {
            sample.Check(chosen.Masks);
            tally.Add(sample);
        }

        return new(chosen, tally.Matches);
    }

    /// <summary>Precision averaged over 101 recalls, the thresholds and the classes.</summary>
    /// <param name="iou">One of the protocol's thresholds; all if left out.</param>
    /// <param name="area">Name of an area range; the first if left out.</param>
    /// <param name="limit">One of the protocol's limits of detections; the highest if left out.</param>
    /// <param name="classId">One class; all if left out.</param>
    /// <returns>0 to 1; NaN where no label counts.</returns>
    public double AveragePrecision(double? iou = null, string? area = null, int? limit = null, int? classId = null) => Mean(precision, iou, area, limit, classId);

    /// <summary>The highest recall, averaged over the thresholds and the classes; parameters as for <see cref="AveragePrecision"/>.</summary>
    public double AverageRecall(double? iou = null, string? area = null, int? limit = null, int? classId = null) => Mean(recall, iou, area, limit, classId);

    /// <summary>Interpolated precision at recalls 0, 0.01, …, 1 of one class, in the first area range and with the most detections.</summary>
    public IReadOnlyList<double> PrecisionAtRecall(int classId, double iou) => curves[Place(Classes, classId, "class"), Place(Protocol.IouThresholds, iou, "threshold")];

    /// <summary>Precision, recall and F1 of one class against the least confidence that is believed, at the first threshold.</summary>
    public ConfidenceCurve Confidence(int classId) => confidence[Place(Classes, classId, "class")];

    /// <summary>Which labels of a picture were found at an intersection over union, for tables by slice.</summary>
    public static bool[] Found(DetectionSample sample, double iou = 0.5, bool masks = false)
    {
        var protocol = new DetectionProtocol { IouThresholds = [iou], Masks = masks, MaxDetections = [int.MaxValue] };
        protocol.Check();
        sample.Check(masks);
        var found = new bool[sample.Labelled.Count];
        var matcher = new ObjectMatcher(protocol);
        foreach (var group in Enumerable.Range(0, found.Length).GroupBy(i => sample.Labelled[i].ClassId))
        {
            DetectedObject[] detected = [.. sample.Detected.Where(one => one.ClassId == group.Key).OrderByDescending(one => one.Score)];
            matcher.Take([.. group.Select(i => sample.Labelled[i])], detected);
            matcher.Match(new("all", double.NegativeInfinity, double.PositiveInfinity), new ObjectMatcher.Fate[detected.Length]);
            foreach (var (place, i) in group.Index())
            {
                found[i] = matcher.Found[place] != 0;
            }
        }

        return found;
    }

    private void Fill(int k, ScoredMatches matches)
    {
        var order = matches.Order();
        Span<double> points = stackalloc double[DetectionProtocol.Recalls.Count];
        for (var a = 0; a < Protocol.Areas.Count; a++)
        {
            for (var t = 0; t < Protocol.IouThresholds.Count; t++)
            {
                for (var m = 0; m < Protocol.MaxDetections.Count; m++)
                {
                    var known = matches.Positives[a] > 0;
                    recall[k, t, a, m] = known ? matches.Curve(order, t, a, Protocol.MaxDetections[m], points) : double.NaN;
                    precision[k, t, a, m] = known ? System.Numerics.Tensors.TensorPrimitives.Sum<double>(points) / points.Length : double.NaN;
                }

                // The last limit's points are still there.
                curves[k, t] = a > 0 ? curves[k, t] : matches.Positives[a] > 0 ? points.ToArray() : [];
            }
        }

        confidence[k] = ConfidenceCurve.Of(matches.Outcomes(order, 0, 0, Protocol.MaxDetections[^1]), matches.Positives[0]);
    }

    private double Mean(double[,,,] values, double? iou, string? area, int? limit, int? classId)
    {
        var a = area is null ? 0 : Place([.. Protocol.Areas.Select(one => one.Name)], area, "area");
        var m = limit is null ? Protocol.MaxDetections.Count - 1 : Place(Protocol.MaxDetections, limit.Value, "limit");
        var thresholds = iou is null ? Enumerable.Range(0, Protocol.IouThresholds.Count) : [Place(Protocol.IouThresholds, iou.Value, "threshold")];
        var classes = classId is null ? Enumerable.Range(0, Classes.Count) : [Place(Classes, classId.Value, "class")];
        return classes.SelectMany(k => thresholds.Select(t => values[k, t, a, m])).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();
    }

    private static int Place<T>(IReadOnlyList<T> values, T value, string what)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (EqualityComparer<T>.Default.Equals(values[i], value) || value is double wanted && values[i] is double there && Math.Abs(wanted - there) < 1e-9)
            {
                return i;
            }
        }

        throw new NeuroException("evaluation.not_measured", $"The {what} {value} was not measured; there are {string.Join(", ", values)}.");
    }

    private sealed class Tally(DetectionProtocol protocol)
    {
        private readonly ObjectMatcher matcher = new(protocol);
        private readonly Dictionary<int, ScoredMatches> all = [];

        /// <summary>By class; one that no label names says nothing, whatever was detected.</summary>
        public SortedDictionary<int, ScoredMatches> Matches { get; } = [];

        public void Add(DetectionSample sample)
        {
            // Of equal scores the detection that is listed first goes first, which these sorts keep; without classes pycocotools lists by class.
            var detected = (protocol.ClassAgnostic ? sample.Detected.OrderBy(one => one.ClassId) : sample.Detected.AsEnumerable()).ToLookup(one => ClassOf(one.ClassId));
            var labelled = (protocol.ClassAgnostic ? sample.Labelled.OrderBy(one => one.ClassId) : sample.Labelled.AsEnumerable()).ToLookup(one => ClassOf(one.ClassId));
            foreach (var classId in labelled.Select(group => group.Key).Union(detected.Select(group => group.Key)))
            {
                if (!all.TryGetValue(classId, out var matches))
                {
                    all[classId] = matches = new(protocol);
                }

                if (labelled.Contains(classId))
                {
                    Matches[classId] = matches;
                }

                Add(matches, [.. labelled[classId]], [.. detected[classId].OrderByDescending(one => one.Score).Take(protocol.MaxDetections[^1])]);
            }
        }

        private void Add(ScoredMatches matches, LabelledObject[] labelled, DetectedObject[] detected)
        {
            matcher.Take(labelled, detected);
            for (var rank = 0; rank < detected.Length; rank++)
            {
                matches.Add(detected[rank].Score, rank);
            }

            var fates = new ObjectMatcher.Fate[detected.Length];
            for (var area = 0; area < protocol.Areas.Count; area++)
            {
                matches.Positives[area] += matcher.Match(protocol.Areas[area], fates);
                matches.Add(area, fates);
            }
        }

        private int ClassOf(int classId) => protocol.ClassAgnostic ? 0 : classId;
    }
}
