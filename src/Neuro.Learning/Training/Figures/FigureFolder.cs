using System.Globalization;
using Neuro.Learning.Exchange;

namespace Neuro.Learning.Training.Figures;

/// <summary>Where a run's tables and figures go.</summary>
internal sealed class FigureFolder(string folder)
{
    public string Path => folder;

    public void Write(string name, string text) => AtomicFile.Write(System.IO.Path.Combine(folder, name), text);

    public void Write(string name, byte[] bytes) => AtomicFile.Write(System.IO.Path.Combine(folder, name), stream => stream.Write(bytes));

    public void Table(string name, string header, IEnumerable<string> rows) => Write(name, string.Join('\n', rows.Prepend(header)) + "\n");

    /// <summary>Precision, recall and F1, mean of classes, against the least confidence that is believed.</summary>
    public void Confidence(IEnumerable<Evaluation.ConfidenceCurve> classes)
    {
        var occurring = classes.Where(curve => double.IsFinite(curve.Recall[0])).ToList();
        if (occurring.Count == 0)
        {
            return;
        }

        double[] thresholds = [.. Enumerable.Range(0, occurring[0].Precision.Count).Select(Evaluation.ConfidenceCurve.Threshold)];
        Curve Mean(string name, Func<Evaluation.ConfidenceCurve, IReadOnlyList<double>> of)
        {
            var all = occurring.Select(of).ToList();
            return new(name, thresholds, [.. thresholds.Select((_, i) => all.Average(one => one[i]))]);
        }

        Write("precision-recall-f1.svg", LineFigure.Draw("Precision, recall and F1, mean of the classes", "least confidence that is believed", "share",
            [Mean("precision", curve => curve.Precision), Mean("recall", curve => curve.Recall), Mean("F1", curve => curve.F1)], shares: true));
    }

    public void Confusion(Evaluation.ConfusionMatrix matrix, IReadOnlyList<string> names, string what)
    {
        double[][] counts = [.. Enumerable.Range(0, matrix.Classes)
            .Select(actual => Enumerable.Range(0, matrix.Classes).Select(predicted => (double)matrix[actual, predicted]).ToArray())];
        var both = new[] { ("confusion", $"Confusion, {what}", counts), ("confusion-normalised", "Confusion, share of each class", matrix.Normalised()) };
        foreach (var (name, title, values) in both)
        {
            Table($"{name}.csv", string.Join(',', names.Select(Evaluation.Csv.Quoted).Prepend("actual")),
                values.Select((row, actual) => string.Join(',', row.Select(value => Line($"{value:R}")).Prepend(Evaluation.Csv.Quoted(names[actual])))));
            Write($"{name}.svg", MatrixFigure.Draw(title, names, values));
        }
    }

    public static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
