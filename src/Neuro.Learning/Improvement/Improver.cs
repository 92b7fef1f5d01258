using System.Globalization;
using Neuro.Client.Api;
using Neuro.Client.Models;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Exchange;
using Neuro.Learning.Training;

namespace Neuro.Learning.Improvement;

/// <summary>How a model is improved.</summary>
public sealed record ImprovementPlan
{
    /// <summary>Turns of the loop; it ends before where a model has no weak slices any more.</summary>
    /// <value>3</value>
    public int Rounds { get; init; } = 3;

    /// <summary>How each round trains on. The learning rate is lower than for new weights.</summary>
    public TrainingOptions Training { get; init; } = new() { Epochs = 2, LearningRate = 1e-3 };

    /// <summary>How scenes come to the training.</summary>
    public StreamOptions Stream { get; init; } = new() { SamplesPerEpoch = 4096 };

    /// <summary>Of the scenes; each round has others.</summary>
    /// <value>1</value>
    public ulong Seed { get; init; } = 1;
}

/// <summary>A model improves the generator that it learns from: what it gets wrong is rendered more often, it is trained on, and it is kept where it is better.</summary>
public static class Improver
{
    private const double Sure = 0.05;
    private const int BootstrapRounds = 2000;

    /// <summary>The whole loop on this machine: evaluate, propose, render and train on, compare.</summary>
    /// <inheritdoc cref="RunAsync" path="/remarks|/param|/exception|/returns"/>
    public static (string Model, ImprovementReport Report) Run(
        string model, Recipe recipe, Catalogue catalogue, LabelledImages images, ImprovementPlan plan, string folder, IProgress<ImprovementReport>? progress = null, CancellationToken cancel = default)
    {
        var size = ModelFolder.Read(model).Spec.Input[1];
        return RunAsync(model, recipe, catalogue, images, plan, folder, Render, progress, cancel).GetAwaiter().GetResult();

        Task<TrainingData> Render(int round, Proposal proposal) =>
            Task.FromResult<TrainingData>(new SceneStream(catalogue, [(proposal.Recipe, 1)], size, SeedOf(plan, round), plan.Stream));
    }

    /// <summary>The loop with pictures from wherever: an order at the platform, say.</summary>
    /// <remarks>The changes of a round that made the model better stay in the rounds after it. The pictures choose what is rendered: say how good the model is on others.</remarks>
    /// <param name="model">Folder of a finished model.</param>
    /// <param name="recipe">Whose distributions are changed.</param>
    /// <param name="catalogue">The recipe's; its products are the model's classes.</param>
    /// <param name="images">Labelled pictures that show what the model should do better.</param>
    /// <param name="plan">Rounds and training.</param>
    /// <param name="folder">For each round's run, <c>round-1</c> and so on; a run that was stopped goes on.</param>
    /// <param name="samples">Samples of a proposal's recipe for a round, from 1; disposed of after it.</param>
    /// <param name="progress">The report as it grows: each round twice, first without its outcome.</param>
    /// <param name="cancel">Stops between two steps.</param>
    /// <returns>The folder of the model that is kept, which may be the one given, and what was done.</returns>
    /// <exception cref="NeuroException"><c>evaluation.*</c>, <c>training.*</c>, <c>model.*</c>.</exception>
    public static async Task<(string Model, ImprovementReport Report)> RunAsync(
        string model, Recipe recipe, Catalogue catalogue, LabelledImages images, ImprovementPlan plan, string folder, Func<int, Proposal, Task<TrainingData>> samples,
        IProgress<ImprovementReport>? progress = null, CancellationToken cancel = default)
    {
        // Before anything is ordered.
        Trainer.InRange("rounds", plan.Rounds, 1, 100);
        Trainer.InRange("epochs", plan.Training.Epochs, 1, 10_000);
        var (now, earlier) = (Observe(model, images, cancel), recipe);
        var report = new ImprovementReport(now.Model, now.Data, now.Count, []);
        for (var round = 1; round <= plan.Rounds; round++)
        {
            var proposal = Proposal.Of(recipe, catalogue, now, earlier, plan.Seed, cancel);
            var begun = new ImprovementRound(now.Hits, proposal.Slices, proposal.Changes, proposal.Notes);
            progress?.Report(report with { Rounds = [.. report.Rounds, begun] });
            if (proposal.Changes.Count == 0)
            {
                return (model, report with { Rounds = [.. report.Rounds, begun] });
            }

            var data = await samples(round, proposal);
            using var held = data as IDisposable;
            var trained = TrainOn(model, data, plan.Training, Path.Combine(folder, $"round-{round}"), cancel);
            var then = Observe(trained, images, cancel);
            var outcome = Compare(now, then);
            report = report with { Rounds = [.. report.Rounds, begun with { Outcome = outcome }] };
            progress?.Report(report);
            (model, now, earlier) = outcome.Kept ? (trained, then, proposal.Recipe) : (model, now, earlier);
        }

        return (model, report);
    }

    /// <summary>Each round has other scenes.</summary>
    public static ulong SeedOf(ImprovementPlan plan, int round) => plan.Seed + ((ulong)round << 32);

    /// <summary>What the model in a folder does with pictures, one view each.</summary>
    /// <exception cref="NeuroException"><c>evaluation.*</c>, <c>model.*</c>.</exception>
    public static Observation Observe(string model, LabelledImages images, CancellationToken cancel = default)
    {
        using var classifier = Classifier.Load(model, views: Classifier.OneView);
        return Observation.Of(classifier, images, cancel: cancel);
    }

    /// <summary>Trains on from a model's weights.</summary>
    /// <param name="model">Folder of a finished model; it stays as it is.</param>
    /// <param name="data">Samples of a proposal's recipe: a <see cref="SceneStream"/>, or a <see cref="CropSet"/> of an ordered dataset.</param>
    /// <param name="options">How.</param>
    /// <param name="folder">For the new model.</param>
    /// <param name="cancel">Stops between two steps.</param>
    /// <returns><paramref name="folder"/></returns>
    /// <exception cref="NeuroException"><c>training.*</c>, <c>model.*</c>.</exception>
    public static string TrainOn(string model, TrainingData data, TrainingOptions options, string folder, CancellationToken cancel = default) =>
        Trainer.Train(ModelFolder.Read(model).Spec, data, options, folder, cancel: cancel, start: model).Folder;

    /// <summary>Whether a model is better than before, on the same pictures: McNemar's exact test at 5 %.</summary>
    /// <exception cref="NeuroException"><c>evaluation.not_paired</c>.</exception>
    public static ImprovementOutcome Compare(Observation before, Observation after)
    {
        var test = PairedTest.McNemar(before.Right, after.Right);
        var gap = PairedTest.Bootstrap([.. before.Right.Select(right => right ? 1.0 : 0)], [.. after.Right.Select(right => right ? 1.0 : 0)], 1, BootstrapRounds);
        var better = test.P < Sure && test.OnlySecond > test.OnlyFirst;
        var chance = test.P < 1e-4 ? "p < 0.0001" : test.P.ToString("'p = '0.0000", CultureInfo.InvariantCulture);
        var by = string.Create(CultureInfo.InvariantCulture, $"{100 * gap.Difference:+0.0;−0.0} points (95 % interval {100 * gap.Low:+0.0;−0.0;0.0} to {100 * gap.High:+0.0;−0.0;0.0}, {chance})");
        var verdict = better ? $"Better by {by}: the new model is kept."
            : test.P < Sure ? $"Worse, {by}: the older model is kept."
            : $"Not shown to be better, {by}: the older model is kept.";
        return new(after.Hits, test.OnlyFirst, test.OnlySecond, test.P, gap.Difference, gap.Low, gap.High, better, verdict);
    }
}
