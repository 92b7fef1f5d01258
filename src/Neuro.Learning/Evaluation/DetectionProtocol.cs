using Neuro.Client.Api;

namespace Neuro.Learning.Evaluation;

/// <summary>Objects of <paramref name="From"/> to <paramref name="To"/> pixels, both included.</summary>
public sealed record AreaRange(string Name, double From, double To);

/// <summary>How detections are compared with labels: as COCO does unless told otherwise (cocodataset.org, Detection Evaluation).</summary>
public sealed record DetectionProtocol
{
    private const int MostThresholds = 32;

    /// <summary>The least intersections over union that make a match.</summary>
    /// <value>0.50, 0.55, …, 0.95</value>
    public IReadOnlyList<double> IouThresholds { get; init; } = Spaced(0.5, 0.95, 10);

    /// <summary>Sizes told apart; objects of other sizes are ignored, and so are unmatched detections of other sizes.</summary>
    /// <value>all; small up to 32² pixels; medium up to 96²; large</value>
    public IReadOnlyList<AreaRange> Areas { get; init; } = [new("all", 0, 1e10), new("small", 0, 1024), new("medium", 1024, 9216), new("large", 9216, 1e10)];

    /// <summary>How many of a picture's best detections of a class count, ascending.</summary>
    /// <value>1, 10, 100</value>
    public IReadOnlyList<int> MaxDetections { get; init; } = [1, 10, 100];

    /// <summary>Whether pixels are compared in place of boxes.</summary>
    public bool Masks { get; init; }

    /// <summary>Whether everything is of one class, as for proposals or for products of whatever kind.</summary>
    public bool ClassAgnostic { get; init; }

    /// <summary>Recalls at which precision is read: 0, 0.01, …, 1.</summary>
    internal static IReadOnlyList<double> Recalls { get; } = Spaced(0, 1, 101);

    internal void Check()
    {
        var wrong = IouThresholds.Count is 0 or > MostThresholds || IouThresholds.Any(threshold => threshold is not (> 0 and <= 1))
            ? $"1 to {MostThresholds} thresholds above 0 to 1; they are {string.Join(", ", IouThresholds)}"
            : Areas.Count == 0 || Areas.Any(area => !(area.From <= area.To)) ? $"areas that begin before they end; they are {string.Join(", ", Areas)}"
            : MaxDetections.Count == 0 || MaxDetections[0] < 1 || MaxDetections.Zip(MaxDetections.Skip(1)).Any(pair => pair.First >= pair.Second)
                ? $"ascending limits from 1; they are {string.Join(", ", MaxDetections)}"
            : null;
        if (wrong is not null)
        {
            throw new NeuroException("evaluation.protocol_invalid", $"Detections are compared with {wrong}.");
        }
    }

    // Step by step as numpy.linspace does, so that an overlap at exactly a threshold falls on the same side as with pycocotools.
    private static double[] Spaced(double from, double to, int count)
    {
        var step = (to - from) / (count - 1);
        return [.. Enumerable.Range(0, count - 1).Select(i => i * step + from), to];
    }
}
