using Neuro.Client.Api;
using Neuro.Client.Models;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Exchange;
using Neuro.Learning.Training;

namespace Neuro.Learning.Recognition;

/// <param name="Stage">From 1.</param>
/// <param name="Done">Share of all the work, by its multiply-accumulates.</param>
public sealed record RecognitionProgress(int Stage, int Stages, int Size, double Done, double Loss, double Accuracy);

/// <param name="Model">The last stage's model, in the folder that was asked for.</param>
/// <param name="Scenes">Pictures rendered, as the plan has it.</param>
/// <param name="WaitShare">Share of the time in which steps waited for their samples.</param>
public sealed record Recogniser(TrainedModel Model, long Samples, long Scenes, double WaitShare);

/// <summary>Teaches a network to name a catalogue's products in photos, from rendered pictures alone: no photo is used for training, for choosing a model, or for a threshold.</summary>
/// <remarks>
/// Small pictures first, since most is learnt from them at a fraction of the cost; each stage starts from the weights of the one before (progressive resizing). What a scene looks like, and why,
/// is in docs/synthetic-to-real.md.
/// </remarks>
public static class Recognition
{
    private const string ModelFolderName = "model";

    /// <summary>Trains all stages of a plan, or goes on where a run in this folder was stopped.</summary>
    /// <param name="catalogue">The products; its pictures are all that is known of them.</param>
    /// <param name="plan">Sizes and samples.</param>
    /// <param name="seed">Of scenes, weights and draws.</param>
    /// <param name="folder">For the stages' checkpoints and, in <c>model</c>, the finished model.</param>
    /// <param name="progress">About four times a second.</param>
    /// <param name="cancel">Stops between two steps.</param>
    /// <exception cref="NeuroException"><c>training.*</c>, <c>torch.*</c></exception>
    public static Recogniser Train(Catalogue catalogue, RecognitionPlan plan, ulong seed, string folder, IProgress<RecognitionProgress>? progress = null, CancellationToken cancel = default)
    {
        var (all, before, samples, scenes, waited) = (plan.Stages.Sum(stage => Work(stage)), 0.0, 0L, 0L, 0.0);
        TrainedModel? model = null;
        for (var i = 0; i < plan.Stages.Count; i++)
        {
            var (stage, number, started) = (plan.Stages[i], i + 1, before);
            using var stream = new SceneStream(catalogue, plan.Mix(catalogue, stage), stage.Size, SplitMix.For(seed, (ulong)number).Next(), plan.Stream(stage));
            var told = progress is null ? null : new ImmediateProgress<TrainingPoint>(point => progress.Report(new(
                number, plan.Stages.Count, stage.Size, (started + (Work(stage) * point.Step / point.Steps)) / all, point.Loss, point.Accuracy)));
            var options = new TrainingOptions { Epochs = stage.Epochs, BatchSize = plan.BatchSize, LearningRate = stage.LearningRate, Seed = seed };
            var where = number == plan.Stages.Count ? Path.Combine(folder, ModelFolderName) : Path.Combine(folder, FormattableString.Invariant($"stage-{number}"));
            model = Trainer.Train(plan.Network(catalogue.Products.Count, stage.Size), stream, options, where, told, cancel, start: model?.Folder);
            samples += (long)stage.Epochs * plan.SamplesPerEpoch;
            scenes += (long)(stage.Epochs * plan.SamplesPerEpoch / plan.Reuse);
            before += Work(stage);
            waited += model.WaitShare * Work(stage) / all;
        }

        return new(model!, samples, scenes, waited);
    }

    /// <summary>The least confidence to believe so that a share of rendered pictures of other seeds is answered: where a threshold comes from without a photo.</summary>
    public static double Threshold(Classifier model, Catalogue catalogue, RecognitionPlan plan, double coverage, ulong seed)
    {
        var stage = plan.Stages[^1];
        using var stream = new SceneStream(catalogue, plan.Mix(catalogue, stage), stage.Size, SplitMix.For(seed, ulong.MaxValue).Next(), plan.Stream(stage) with { ValidationScenes = plan.ThresholdScenes });
        var outcomes = HeldOut.Outcomes(model, stream);
        return SelectiveAccuracy.ThresholdFor(outcomes, coverage);
    }

    private static double Work(RecognitionStage stage) => (double)stage.Epochs * stage.Size * stage.Size;
}
