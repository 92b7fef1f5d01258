using Neuro.Client.Jobs;
using Neuro.Learning.Training;

namespace Neuro.Learning.LocalSgd;

/// <summary>A training across nodes by DiLoCo (Douillard et al. 2023, arXiv:2311.08105): in each round every part takes inner steps from the same weights, and the mean of what they changed makes one outer step.</summary>
/// <param name="Parts">Parts of the data, each trained on by one node in a round: k.</param>
/// <param name="Rounds">Outer steps: T.</param>
/// <param name="Steps">Inner steps of a part in a round: H.</param>
/// <param name="Seed">Of initial weights, order and augmentation.</param>
/// <remarks>
/// An inner step is the same on every node, so that it can be made again: fp32, each batch in halves on two threads, whatever the node has. Unlike in the paper the moments of the
/// inner AdamW begin anew in each round: a shard is then a function of the round's weights alone, whoever had the part before.
/// </remarks>
public sealed record DilocoPlan(int Parts, int Rounds, int Steps, ulong Seed)
{
    /// <summary>Samples an inner step.</summary>
    public const int BatchSize = 32;

    // Of one part.
    private const double BaseRate = 2e-3;

    private const int Threads = 2;

    // New moments are sure of nothing for some steps.
    private const int MostWarmUp = 16;

    public static DilocoPlan Of(DilocoSpec order) => new(order.Nodes, order.Rounds, order.Steps, order.Seed);

    /// <summary>Samples that all parts see in all rounds.</summary>
    public long Samples => (long)Parts * Rounds * Steps * BatchSize;

    /// <summary>The highest inner learning rate; it rises and falls over the steps of all rounds. The mean of k parts has a k-th of the variance, so that √k times the rate of one has as much.</summary>
    public double LearningRate => BaseRate * Math.Sqrt(Parts);

    /// <summary>μ = 1 − 1/k: over the rounds each mean moves weights 1/(1 − μ) = k times as far, as far as the steps of all k parts would have done one after another.</summary>
    /// <remarks>The paper's 0.9 at an outer rate of 0.7 is 7 times as far, for its 8 parts and some hundred rounds; with few parts or few rounds that overshoots.</remarks>
    public double OuterMomentum => 1 - (1.0 / Parts);

    /// <summary>How the inner steps of a part in a round are made.</summary>
    internal TrainingOptions Options(int round, int part) => new()
    {
        Epochs = 1,
        BatchSize = BatchSize,
        LearningRate = LearningRate,
        Threads = Threads,
        Precision = Precision.Float32,
        Seed = SeedOf(round, part),
    };

    /// <summary>What a part draws in a round: order, augmentation, dropout, and the scenes where they are rendered for it.</summary>
    internal ulong SeedOf(int round, int part) => SplitMix.For(Seed, (ulong)round, (ulong)part).Next();

    /// <summary>Of inner step 0, 1 … of a round.</summary>
    internal double RateAt(int round, int step) =>
        LearningRates.At(new() { LearningRate = LearningRate }, (round * Steps) + step + 1, Rounds * Steps) * Math.Min(1, (step + 1.0) / Math.Clamp(Steps / 8, 1, MostWarmUp));
}
