using Neuro.Client.Api;
using Neuro.Client.Models;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Exchange;
using Neuro.Learning.Runtime;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;

namespace Neuro.Learning.LocalSgd;

/// <summary>The inner steps of one part in one round: from the round's weights, with AdamW, to a delta.</summary>
public static class InnerSteps
{
    private const double Reuse = 4;
    private const int MostStart = 256;

    /// <summary>A part of a set of crops.</summary>
    /// <exception cref="NeuroException"><c>training.empty</c>: there are more parts than crops.</exception>
    public static CropData Part(CropSet crops, DilocoPlan plan, int part) => crops.Training.Count >= plan.Parts
        ? new CropPart(crops, part, plan.Parts, plan.Steps)
        : throw new NeuroException("training.empty", $"There are {crops.Training.Count} products to learn from for {plan.Parts} parts. Order more pictures or fewer parts.");

    /// <summary>Scenes that are rendered for this part in this round, and for no other.</summary>
    public static SceneStream Scenes(Catalogue catalogue, Recipe recipe, int size, DilocoPlan plan, int round, int part) =>
        new(catalogue, [(recipe, 1)], size, plan.SeedOf(round, part), new() { Start = FirstScenes(plan), Reuse = Reuse, SamplesPerEpoch = plan.Steps * DilocoPlan.BatchSize, ValidationScenes = 0 });

    /// <summary>How many scenes a part renders in a round.</summary>
    public static int SceneCount(DilocoPlan plan) => FirstScenes(plan) + (int)(plan.Steps * DilocoPlan.BatchSize / Reuse);

    /// <summary>Takes the steps.</summary>
    /// <param name="weights">Of the round, as <see cref="OuterStep"/> left them; null in round 0, which begins with the weights that follow from spec and seed.</param>
    /// <param name="steps">How many, if not all: what a check makes again. What it leaves is then no delta of the whole round.</param>
    /// <exception cref="NeuroException"><c>training.*</c>, <c>torch.*</c>, <c>weights.*</c>.</exception>
    public static WeightDelta Run(
        ModelSpec spec, TrainingData data, DilocoPlan plan, int round, int part, string? weights, int? steps = null, IProgress<TrainingPoint>? progress = null, CancellationToken cancel = default)
    {
        var options = plan.Options(round, part);
        Trainer.Check(spec, data, options);
        TorchRuntime.Load();
        var from = OuterStep.WeightsOf(spec, plan, weights);
        var meter = new ProgressMeter(progress, TimeProvider.System);
        using var run = new TrainingRun(spec, data, options, from: null, from, meter);
        var (trace, wanted) = (new List<float>(), Math.Min(steps ?? plan.Steps, plan.Steps));
        foreach (var batch in new BatchLoader(data, options).Epoch(0).Take(wanted))
        {
            cancel.ThrowIfCancellationRequested();
            var loss = run.Step(batch, trace.Count, plan.RateAt(round, trace.Count));
            trace.Add((float)loss.Loss);
            meter.Count(trace.Count, plan.Steps, round + 1, batch.Count, loss);
        }

        meter.EndEpoch(trace.Count, plan.Steps, round + 1, validation: null);
        run.ShareStatistics();
        return WeightDelta.Between(spec, round, part, from, run.Weights(), [.. trace]);
    }

    private static int FirstScenes(DilocoPlan plan) => Math.Clamp((int)(plan.Steps * DilocoPlan.BatchSize / Reuse / 2), 32, MostStart);
}
