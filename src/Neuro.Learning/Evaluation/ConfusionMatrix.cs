using Neuro.Client.Api;

namespace Neuro.Learning.Evaluation;

/// <summary>How often each class was taken for each: samples, or pixels of a segmentation.</summary>
public sealed class ConfusionMatrix
{
    private readonly long[,] counts;

    /// <param name="classes">How many classes there are.</param>
    public ConfusionMatrix(int classes) => counts = new long[classes, classes];

    public int Classes => counts.GetLength(0);

    /// <summary>Everything that was counted.</summary>
    public long Count => Each(Row).Sum();

    /// <summary>How often <paramref name="actual"/> was taken for <paramref name="predicted"/>.</summary>
    public long this[int actual, int predicted] => counts[actual, predicted];

    /// <exception cref="NeuroException"><c>evaluation.class_unknown</c>.</exception>
    public void Add(int actual, int predicted)
    {
        if (actual < 0 || actual >= Classes || predicted < 0 || predicted >= Classes)
        {
            throw new NeuroException("evaluation.class_unknown", $"Class {actual} was taken for {predicted}; there are {Classes} classes, 0 to {Classes - 1}.");
        }

        counts[actual, predicted]++;
    }

    /// <summary>Each row over its sum: the share of a class that was taken for each. A class without samples has a row of NaN.</summary>
    public double[][] Normalised() => Each(actual =>
    {
        var row = (double)Row(actual);
        return Each(predicted => counts[actual, predicted] / row);
    });

    /// <summary>Share of what is of a class that was named so; NaN for one that did not occur.</summary>
    public IReadOnlyList<double> Recall => Each(k => (double)counts[k, k] / Row(k));

    /// <summary>Share of what was named a class that is of it; NaN for one that was never named.</summary>
    public IReadOnlyList<double> Precision => Each(k => (double)counts[k, k] / Column(k));

    /// <summary>2 TP / (2 TP + FP + FN); NaN for a class that neither occurred nor was named.</summary>
    public IReadOnlyList<double> F1 => Each(k => 2.0 * counts[k, k] / (Row(k) + Column(k)));

    /// <summary>Intersection over union, TP / (TP + FP + FN); NaN for a class that neither occurred nor was named.</summary>
    public IReadOnlyList<double> Iou => Each(k => (double)counts[k, k] / (Row(k) + Column(k) - counts[k, k]));

    /// <summary>Share of everything that was named right; NaN of nothing.</summary>
    public double Accuracy => (double)Each(k => counts[k, k]).Sum() / Count;

    /// <summary>Recall averaged over the classes that occur.</summary>
    public double MacroRecall => Mean(Recall, occurring: true);

    /// <summary>Precision averaged over the classes that occur; one that was never named counts 0.</summary>
    public double MacroPrecision => Mean([.. Precision.Select(value => double.IsNaN(value) ? 0 : value)], occurring: true);

    /// <summary>F1 averaged over the classes that occur.</summary>
    public double MacroF1 => Mean(F1, occurring: true);

    /// <summary>Intersection over union averaged over the classes that occur or are named (Long et al. 2015, section 5): mIoU.</summary>
    public double MeanIou => Mean(Iou, occurring: false);

    /// <summary>Counts the pixels of one picture; those labelled <paramref name="ignored"/> are passed over.</summary>
    /// <param name="actual">Class ids, row-major.</param>
    /// <param name="predicted">Class ids, row-major.</param>
    /// <param name="ignored">No class: 255 by custom.</param>
    /// <exception cref="NeuroException"><c>evaluation.class_unknown</c>, <c>evaluation.size_mismatch</c>.</exception>
    public void AddPixels(ReadOnlySpan<int> actual, ReadOnlySpan<int> predicted, int ignored = 255)
    {
        if (actual.Length != predicted.Length)
        {
            throw new NeuroException("evaluation.size_mismatch",
                $"{predicted.Length} predicted pixels cannot be compared with {actual.Length}. Bring both to one size first.");
        }

        for (var i = 0; i < actual.Length; i++)
        {
            if (actual[i] != ignored)
            {
                Add(actual[i], predicted[i]);
            }
        }
    }

    private double Mean(IReadOnlyList<double> values, bool occurring) =>
        values.Where((value, k) => !double.IsNaN(value) && (!occurring || Row(k) > 0)).DefaultIfEmpty(double.NaN).Average();

    private T[] Each<T>(Func<int, T> value) => [.. Enumerable.Range(0, Classes).Select(value)];

    private long Row(int k) => Each(other => counts[k, other]).Sum();

    private long Column(int k) => Each(other => counts[other, k]).Sum();
}
