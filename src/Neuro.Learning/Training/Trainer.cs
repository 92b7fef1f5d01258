using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Neuro.Client.Api;
using Neuro.Client.Models;
using Neuro.Learning.Exchange;
using Neuro.Learning.Runtime;
using Neuro.Learning.Specs;

namespace Neuro.Learning.Training;

/// <summary>Trains a model spec and leaves a finished model in a folder.</summary>
public static class Trainer
{
    internal const string CheckpointFolder = "checkpoints";
    internal const string BestFolder = "best";

    /// <summary>Trains, or goes on from the newest good checkpoint in <paramref name="folder"/> where spec, data and options are the same.</summary>
    /// <param name="spec">A model for samples of this size and these classes.</param>
    /// <param name="data">What to learn.</param>
    /// <param name="options">How to learn it.</param>
    /// <param name="folder">For checkpoints and results after each epoch, and the finished model with its figures; what it holds of an older model is
    /// replaced at the end.</param>
    /// <param name="progress">A point about four times a second, and one with validation accuracy after each epoch.</param>
    /// <param name="cancel">Stops between two steps; the last epoch's checkpoint stays.</param>
    /// <param name="time">Measures samples a second.</param>
    /// <param name="start">Folder of a finished model to start from: one with the same layers, perhaps for another size of picture.</param>
    /// <param name="distillation">A teacher to learn from beside the labels.</param>
    /// <exception cref="NeuroException"><c>training.*</c>, <c>torch.*</c>, <c>weights.mismatch</c>, <c>distillation.mismatch</c>.</exception>
    public static TrainedModel Train(
        ModelSpec spec, TrainingData data, TrainingOptions options, string folder, IProgress<TrainingPoint>? progress = null, CancellationToken cancel = default, TimeProvider? time = null, string? start = null,
        Distillation? distillation = null)
    {
        Check(spec, data, options);
        var weights = start is null ? null : Path.Combine(start, ModelFolder.Weights);
        TorchRuntime.Load();

        var notes = new List<string>();
        using var teacher = distillation is null ? null : new Teacher(distillation, spec, data.ClassNames);
        var fingerprint = Fingerprint(spec, data, options, weights, distillation);
        var (files, best) = (new RunFolder(folder, spec, data, options), new BestEpochs(Path.Combine(folder, BestFolder), options.KeepBest));
        var checkpoints = Path.Combine(folder, CheckpointFolder);
        var resumed = Checkpoint.Newest(checkpoints, fingerprint, notes);
        var clock = time ?? TimeProvider.System;
        using var run = new TrainingRun(spec, data, options, resumed, weights is null ? null : Safetensors.Read(weights).Tensors, new ProgressMeter(progress, clock), teacher);
        Keep("settings", 0, files.Begin);
        for (var (began, first) = (clock.GetTimestamp(), run.Epoch); run.Epoch < options.Epochs; )
        {
            if (ReasonToEnd(run.Metrics, run.Epoch - first, clock.GetElapsedTime(began), options) is { } reason)
            {
                notes.Add(reason);
                break;
            }

            run.RunEpoch(cancel);
            Keep("checkpoint", run.Epoch - 1, () => run.Snapshot(fingerprint).Save(checkpoints));
            Keep("results", run.Epoch, () =>
            {
                best.Keep(run.Metrics, run.Weights, spec.Hash);
                files.Epoch(run.Metrics);
            });
        }

        var (kept, epochs) = Outcome(run, options, best);
        var card = new ModelCard(spec.Name, ClassesOf(spec, data), spec.Hash, data.Hash, data.PerEpoch, data.ValidationSamples, options, run.Precision, epochs, data.Recipes, Metrics: MetricsOf(epochs));
        Keep("model", run.Epoch, () =>
        {
            ModelFolder.Write(folder, spec, kept, card);
            files.End(kept);
        });
        return new(spec, folder, card, resumed?.Epoch ?? 0, notes, run.WaitShare);
    }

    private static string? ReasonToEnd(IReadOnlyList<EpochMetrics> epochs, int done, TimeSpan elapsed, TrainingOptions options)
    {
        if (options.Patience > 0 && epochs.Count > 0 && BestEpochs.Ranked(epochs).First().Epoch is var best && epochs.Count - best >= options.Patience)
        {
            return $"Ended after epoch {epochs.Count} of {options.Epochs}: none was better than epoch {best} for {options.Patience}.";
        }

        return options.TimeLimit > TimeSpan.Zero && done > 0 && elapsed * ((done + 1.0) / done) > options.TimeLimit
            ? FormattableString.Invariant($"Ended after epoch {epochs.Count} of {options.Epochs}: the next would go beyond {options.TimeLimit:g}. The same command goes on.")
            : null;
    }

    /// <summary>The last epoch's weights; the best epoch's when the run ended early, for then the learning rate has not come down and the last is one of many.</summary>
    private static (IReadOnlyDictionary<string, TensorValues> Weights, IReadOnlyList<EpochMetrics> Epochs) Outcome(TrainingRun run, TrainingOptions options, BestEpochs best)
    {
        var chosen = run.Epoch < options.Epochs ? BestEpochs.Ranked(run.Metrics).First().Epoch : run.Epoch;
        return chosen < run.Epoch && best.Read(chosen) is { } weights ? (weights, [.. run.Metrics.Take(chosen)]) : (run.Weights(), run.Metrics);
    }

    private static IReadOnlyDictionary<string, double>? MetricsOf(IReadOnlyList<EpochMetrics> epochs) => epochs.LastOrDefault() switch
    {
        { Measures: { } measures } => measures,
        { ValidationAccuracy: { } accuracy } => new Dictionary<string, double> { ["top1"] = accuracy },
        _ => null,
    };

    /// <summary>Models with a background have it as class 0, before those of the data.</summary>
    private static IReadOnlyList<string> ClassesOf(ModelSpec spec, TrainingData data) =>
        spec.HasBackground ? [ModelSpec.Background, .. data.ClassNames] : data.ClassNames;

    /// <summary>Writes, and when that fails says what is still there.</summary>
    private static void Keep(string what, int epoch, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var kept = epoch > 0 ? $"the checkpoint of epoch {epoch} is kept" : "there is no checkpoint yet";
            throw new NeuroException("training.not_written",
                $"The {what} could not be written: {e.Message.TrimEnd('.')}; {kept}. Make room or choose another folder; the same command goes on.");
        }
    }

    internal static void Check(ModelSpec spec, TrainingData data, TrainingOptions options)
    {
        data.Check(spec);
        InRange("epochs", options.Epochs, 1, 10_000);
        InRange("batchSize", options.BatchSize, 2, 4096);
        InRange("learningRate", options.LearningRate, 1e-8, 10);
        InRange("warmUp", options.WarmUp, 0, 1);
        InRange("weightDecay", options.WeightDecay, 0, 1);
        InRange("labelSmoothing", options.LabelSmoothing, 0, 0.9);
        InRange("threads", options.Threads, 0, 1024);
        InRange("gradientClip", options.GradientClip, 0, 1e6);
        InRange("classBalance", options.ClassBalance, 0, 1);
        InRange("mixUp", options.MixUp, 0, 1);
        InRange("mosaic", options.Mosaic ?? 0, 0, 1);
        InRange("weightAverage", options.WeightAverage, 0, 0.999999);
        InRange("patience", options.Patience, 0, 10_000);
        InRange("timeLimit", options.TimeLimit.TotalSeconds, 0, 1e8);
        InRange("keepBest", options.KeepBest, 1, 100);
        Require(Enum.IsDefined(options.Schedule) && Enum.IsDefined(options.Precision), "training.out_of_range",
            $"The schedule is {options.Schedule} and the precision {options.Precision}; expected {string.Join(", ", Enum.GetNames<Schedule>())}, and {string.Join(", ", Enum.GetNames<Precision>())}.");
        Require(data.PerEpoch >= 2, "training.empty", $"There is {data.PerEpoch} sample to learn from; normalisation needs two or more. Order more pictures.");
    }

    internal static void InRange(string name, double value, double low, double high) =>
        Require(value >= low && value <= high, "training.out_of_range", FormattableString.Invariant($"The training option {name} is {value}; expected {low} to {high}."));

    private static void Require(bool holds, string code, string message)
    {
        if (!holds)
        {
            throw new NeuroException(code, message);
        }
    }

    /// <summary>Names a run: what has the same makes the same steps.</summary>
    internal static string Fingerprint(ModelSpec spec, TrainingData data, TrainingOptions options, string? start, Distillation? distillation = null)
    {
        var choices = JsonSerializer.Serialize(options.OfSteps, NeuroJson.Options);
        var from = start is null ? "" : "\n" + HashOf(start);
        var by = distillation is null ? "" : FormattableString.Invariant($"\nteacher {HashOf(Path.Combine(distillation.Folder, ModelFolder.Weights))} {distillation.Temperature} {distillation.Weight}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{spec.Hash}\n{data.Hash}\n{choices}{from}{by}")));

        static string HashOf(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));
    }
}
