using Neuro.Client.Models;
using Neuro.Interactive.Formatting.Charts;

namespace Neuro.Interactive.Formatting;

/// <summary>Loss and accuracy over the steps of a training run.</summary>
internal static class TrainingCurves
{
    private const int MostPoints = 300;

    public static string ToText(IReadOnlyList<TrainingPoint> curve) => string.Join('\n', Charts(curve).Select(chart => chart.ToText()));

    public static Html ToHtml(IReadOnlyList<TrainingPoint> curve) => CardParts.Charts(Charts(curve).Select(chart => chart.ToHtml()));

    private static IEnumerable<LineChart> Charts(IReadOnlyList<TrainingPoint> curve)
    {
        var shown = Thin(curve);
        var last = curve[^1];
        var epochs = curve.Where(point => point.ValidationAccuracy is not null).ToList();
        Series accuracy = new("training", Steps(shown), [.. shown.Select(point => point.Accuracy * 100)]);
        yield return new LineChart
        {
            Title = "Loss",
            XLabel = $"step (of {last.Steps})",
            YLabel = "cross-entropy (nats)",
            Lines = [new("loss", Steps(shown), [.. shown.Select(point => point.Loss)])],
            YSpan = (0, 0),
            Width = 460,
            Height = 260,
        };
        yield return new LineChart
        {
            Title = "Accuracy",
            XLabel = $"step (of {last.Steps})",
            YLabel = "classified right (%)",
            Lines = epochs.Count == 0 ? [accuracy] : [accuracy, new("held out", Steps(epochs), [.. epochs.Select(point => point.ValidationAccuracy!.Value * 100)])],
            YSpan = (0, 100),
            Width = 460,
            Height = 260,
        };
    }

    private static IReadOnlyList<double> Steps(IEnumerable<TrainingPoint> points) => [.. points.Select(point => (double)point.Step)];

    // Evenly spaced points of a long run, and always its last: more than a pixel shows nothing.
    private static IReadOnlyList<TrainingPoint> Thin(IReadOnlyList<TrainingPoint> curve) => curve.Count <= MostPoints
        ? curve
        : [.. Enumerable.Range(0, MostPoints).Select(i => curve[(int)((long)i * (curve.Count - 1) / (MostPoints - 1))])];
}
