using Neuro.Learning.Dense;
using Neuro.Learning.Specs;
using TorchSharp;
using static TorchSharp.torch;

namespace Neuro.Learning.Training;

/// <summary>What a step lowers, and what a network is measured by: one for each task. Its methods are called by several threads at once.</summary>
internal abstract class Objective
{
    /// <param name="data">Checked to fit the model.</param>
    public static Objective For(ModelSpec spec, TrainingData data, TrainingOptions options, Teacher? teacher = null) => spec.Task switch
    {
        ModelTask.Classify => new Classification(options, data, teacher),
        ModelTask.Segment or ModelTask.Signal => new PlaceClassification(spec, options),
        _ => new ObjectDetection(spec, options),
    };

    /// <summary>The mean loss of a part of a batch.</summary>
    public abstract PartLoss Loss(Network network, Tensor pixels, Batch batch, Pass pass);

    /// <summary>An empty count of what is measured on held-back samples.</summary>
    public abstract Tally Measure();

    /// <summary>Counts answers; safe for threads that add different samples.</summary>
    internal abstract class Tally
    {
        public abstract void Add(Network network, Tensor pixels, Batch batch, bool bfloat16);

        /// <summary>What was measured, 0 to 1 each; the first is what epochs are ranked by.</summary>
        public abstract IReadOnlyList<(string Name, double Value)> Measures { get; }
    }
}

/// <summary>One pass over a part of a batch.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Part">Which part of the step's batch, from 0.</param>
/// <param name="BFloat16">Whether convolutions compute in bfloat16.</param>
/// <param name="Random">What dropout draws from.</param>
internal readonly record struct Pass(int Step, int Part, bool BFloat16, Generator Random);

/// <summary>The loss of a part of a batch.</summary>
/// <param name="Total"><c>[]</c>, what gradients are of.</param>
/// <param name="Right">How many samples, places or matched boxes were given their class.</param>
/// <param name="Named">Of how many.</param>
/// <param name="Terms">What the total is the sum of, where that is more than one term.</param>
internal sealed record PartLoss(Tensor Total, long Right, long Named, IReadOnlyList<(string Name, Tensor Loss)> Terms)
{
    public PartLoss(IReadOnlyList<(string Name, Tensor Loss)> terms, long right, long named)
        : this(terms.Select(term => term.Loss).Aggregate(Network.Sum), right, named, terms)
    {
    }
}

/// <summary>The loss of a whole step, as numbers; see <see cref="PartLoss"/>.</summary>
internal sealed record StepLoss(double Loss, long Right, long Named, IReadOnlyList<(string Name, double Loss)> Terms)
{
    /// <summary>Losses times a factor; counts stay.</summary>
    public StepLoss Times(double factor) => this with { Loss = Loss * factor, Terms = [.. Terms.Select(term => (term.Name, term.Loss * factor))] };

    /// <summary>The sum of the parts' shares.</summary>
    public static StepLoss Sum(IReadOnlyList<StepLoss> parts) => new(
        parts.Sum(part => part.Loss), parts.Sum(part => part.Right), parts.Sum(part => part.Named),
        [.. parts[0].Terms.Select((term, i) => (term.Name, parts.Sum(part => part.Terms[i].Loss)))]);
}
