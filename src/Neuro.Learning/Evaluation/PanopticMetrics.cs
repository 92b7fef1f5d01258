using Neuro.Client.Api;

namespace Neuro.Learning.Evaluation;

/// <summary>A segment of a panoptic picture.</summary>
/// <param name="Id">Its value in the picture of ids, from 1.</param>
/// <param name="ClassId">Its class, from 0.</param>
/// <param name="Crowd">A labelled region to ignore.</param>
public sealed record PanopticSegment(int Id, int ClassId, bool Crowd = false);

/// <summary>Panoptic quality (Kirillov et al. 2019): every pixel belongs to one segment, of things that are counted or of stuff that is not.</summary>
/// <param name="things">Classes of things; all others are stuff.</param>
public sealed class PanopticMetrics(IReadOnlySet<int> things)
{
    private readonly SortedDictionary<int, Tally> classes = [];

    /// <param name="Pq">Panoptic quality, the product of both: Σ IoU / (TP + FP / 2 + FN / 2).</param>
    /// <param name="Sq">Segmentation quality: the mean overlap of what was matched.</param>
    /// <param name="Rq">Recognition quality: F1 of segments.</param>
    /// <param name="Classes">How many classes they are averaged over.</param>
    public sealed record Quality(double Pq, double Sq, double Rq, int Classes);

    public Quality All => Mean(classes.Keys);

    public Quality Things => Mean(classes.Keys.Where(things.Contains));

    public Quality Stuff => Mean(classes.Keys.Where(classId => !things.Contains(classId)));

    /// <summary>The quality of one class; NaN where it neither occurred nor was predicted.</summary>
    public Quality Of(int classId) => Mean([classId]);

    /// <summary>Counts one picture.</summary>
    /// <param name="actualIds">The labelled segment of each pixel, row-major; 0 for unlabelled pixels, which count neither way.</param>
    /// <param name="actual">The labelled segments.</param>
    /// <param name="predictedIds">The predicted segment of each pixel; 0 for none.</param>
    /// <param name="predicted">The predicted segments.</param>
    /// <exception cref="NeuroException"><c>evaluation.size_mismatch</c>, <c>evaluation.segment_unknown</c>.</exception>
    public void Add(ReadOnlySpan<int> actualIds, IReadOnlyList<PanopticSegment> actual, ReadOnlySpan<int> predictedIds, IReadOnlyList<PanopticSegment> predicted)
    {
        if (actualIds.Length != predictedIds.Length)
        {
            throw new NeuroException("evaluation.size_mismatch",
                $"{predictedIds.Length} predicted pixels cannot be compared with {actualIds.Length}. Bring both to one size first.");
        }

        var shared = Shared(actualIds, predictedIds);
        var actualAreas = Areas(shared.Select(pair => (pair.Key.Actual, pair.Value)), actual, "labelled");
        var predictedAreas = Areas(shared.Select(pair => (pair.Key.Predicted, pair.Value)), predicted, "predicted");
        var matched = new HashSet<(bool IsActual, int Id)>();
        var (ofActual, ofPredicted) = (actual.ToDictionary(one => one.Id), predicted.ToDictionary(one => one.Id));
        foreach (var ((a, p), area) in shared.Where(pair => pair.Key is { Actual: not 0, Predicted: not 0 }))
        {
            var union = actualAreas[a] + predictedAreas[p] - area - shared.GetValueOrDefault((0, p));
            // Above one half, at most one segment can match another.
            if (ofActual[a].ClassId == ofPredicted[p].ClassId && !ofActual[a].Crowd && 2 * area > union)
            {
                Of(ofActual[a]).Match((double)area / union);
                matched.Add((true, a));
                matched.Add((false, p));
            }
        }

        foreach (var one in actual.Where(one => !one.Crowd && actualAreas.ContainsKey(one.Id) && !matched.Contains((true, one.Id))))
        {
            Of(one).Missed++;
        }

        foreach (var one in predicted.Where(one => predictedAreas.ContainsKey(one.Id) && !matched.Contains((false, one.Id))))
        {
            var ignored = shared.GetValueOrDefault((0, one.Id)) + actual.Where(crowd => crowd.Crowd && crowd.ClassId == one.ClassId)
                .Sum(crowd => shared.GetValueOrDefault((crowd.Id, one.Id)));
            Of(one).Wrong += 2 * ignored > predictedAreas[one.Id] ? 0 : 1;
        }
    }

    private static Dictionary<(int Actual, int Predicted), long> Shared(ReadOnlySpan<int> actual, ReadOnlySpan<int> predicted)
    {
        var shared = new Dictionary<(int, int), long>();
        for (var i = 0; i < actual.Length;)
        {
            var (pair, from) = ((actual[i], predicted[i]), i);
            while (i < actual.Length && (actual[i], predicted[i]) == pair)
            {
                i++;
            }

            shared[pair] = shared.GetValueOrDefault(pair) + i - from;
        }

        return shared;
    }

    private static Dictionary<int, long> Areas(IEnumerable<(int Id, long Area)> parts, IReadOnlyList<PanopticSegment> segments, string kind)
    {
        var areas = parts.Where(part => part.Id != 0).GroupBy(part => part.Id).ToDictionary(group => group.Key, group => group.Sum(part => part.Area));
        var known = segments.Select(segment => segment.Id).ToHashSet();
        var wrong = areas.Keys.Where(id => !known.Contains(id)).Select(id => $"The {kind} picture holds the segment {id}, which is not in its list").FirstOrDefault()
            ?? (known.Count != segments.Count || known.Contains(0)
                ? $"The {kind} segments have the ids {string.Join(", ", segments.Select(segment => segment.Id))}; expected each once, from 1" : null);
        return wrong is null ? areas : throw new NeuroException("evaluation.segment_unknown", $"{wrong}.");
    }

    private Tally Of(PanopticSegment segment) => classes.TryGetValue(segment.ClassId, out var tally) ? tally : classes[segment.ClassId] = new();

    private Quality Mean(IEnumerable<int> some)
    {
        Tally[] counted = [.. some.Where(classes.ContainsKey).Select(classId => classes[classId]).Where(tally => tally.Weight > 0)];
        double Average(Func<Tally, double> value) => counted.Select(value).DefaultIfEmpty(double.NaN).Average();
        return new(Average(tally => tally.Overlap / tally.Weight), Average(tally => tally.Matched > 0 ? tally.Overlap / tally.Matched : 0),
            Average(tally => tally.Matched / tally.Weight), counted.Length);
    }

    private sealed class Tally
    {
        public double Overlap { get; private set; }

        public int Matched { get; private set; }

        public int Missed { get; set; }

        public int Wrong { get; set; }

        public double Weight => Matched + (Missed + Wrong) / 2.0;

        public void Match(double iou)
        {
            Overlap += iou;
            Matched++;
        }
    }
}
