using Neuro.Client.Api;

namespace Neuro.Learning.Evaluation;

/// <summary>A proportion with its 95 % Wilson interval (Wilson 1927).</summary>
/// <param name="Hits">How many of <paramref name="Count"/>.</param>
public sealed record Proportion(int Hits, int Count)
{
    /// <summary>NaN of nothing.</summary>
    public double Value => (double)Hits / Count;

    public double Low => Wilson.Interval(Hits, Count).Low;

    public double High => Wilson.Interval(Hits, Count).High;
}

/// <summary>How well samples are classified, from the probabilities of all classes.</summary>
public sealed class ClassificationMetrics
{
    private readonly List<(double Confidence, bool Right)> outcomes = [];
    private readonly List<int> ranks = [];
    private readonly List<(double Score, bool Right)>[] ofClass;

    /// <param name="classes">How many classes there are.</param>
    public ClassificationMetrics(int classes)
    {
        Confusion = new(classes);
        ofClass = [.. Enumerable.Range(0, classes).Select(_ => new List<(double, bool)>())];
    }

    public int Count => outcomes.Count;

    public ConfusionMatrix Confusion { get; }

    /// <summary>The confidence of each best guess and whether it is right, in the order of the samples: what <see cref="Calibration"/>,
    /// <see cref="SelectiveAccuracy"/> and <see cref="PairedTest"/> take.</summary>
    public IReadOnlyList<(double Confidence, bool Right)> Outcomes => outcomes;

    /// <param name="probabilities">Of every class.</param>
    /// <param name="actual">The class that it is.</param>
    /// <returns>Whether the most probable class is right.</returns>
    /// <exception cref="NeuroException"><c>evaluation.class_unknown</c>, <c>evaluation.probabilities_invalid</c>.</exception>
    public bool Add(ReadOnlySpan<float> probabilities, int actual)
    {
        if (probabilities.Length != Confusion.Classes || !float.IsFinite(System.Numerics.Tensors.TensorPrimitives.Sum(probabilities)))
        {
            throw new NeuroException("evaluation.probabilities_invalid",
                $"Sample {Count} has {probabilities.Length} probabilities; expected {Confusion.Classes} finite ones.");
        }

        var best = System.Numerics.Tensors.TensorPrimitives.IndexOfMax(probabilities);
        Confusion.Add(actual, best);
        var rank = 0;
        for (var k = 0; k < probabilities.Length; k++)
        {
            rank += probabilities[k] > probabilities[actual] ? 1 : 0;
            ofClass[k].Add((probabilities[k], k == actual));
        }

        ranks.Add(rank);
        outcomes.Add((probabilities[best], best == actual));
        return best == actual;
    }

    /// <summary>How often the class is among the <paramref name="k"/> most probable.</summary>
    public Proportion Top(int k) => new(ranks.Count(rank => rank < k), Count);

    /// <summary>Precision, recall and F1 of one class against the least probability that is believed.</summary>
    public ConfidenceCurve Confidence(int classId) => ConfidenceCurve.Of(ofClass[classId], ofClass[classId].Count(one => one.Right));
}
