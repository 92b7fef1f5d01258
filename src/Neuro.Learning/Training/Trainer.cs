using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Neuro.Client.Api;
using Neuro.Client.Models;
using Neuro.Learning.Exchange;
using Neuro.Learning.Runtime;
using Neuro.Learning.Specs;

namespace Neuro.Learning.Training;

/// <summary>Trains a model spec on crops and leaves a finished model in a folder.</summary>
public static class Trainer
{
    internal const string CheckpointFolder = "checkpoints";

    /// <summary>Trains, or goes on from the newest good checkpoint in <paramref name="folder"/> where spec, data and options are the same.</summary>
    /// <param name="spec">A model for crops of this size and these classes.</param>
    /// <param name="data">What to learn.</param>
    /// <param name="options">How to learn it.</param>
    /// <param name="folder">For checkpoints after each epoch and the finished model; what it holds of an older model is replaced at the end.</param>
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
        var checkpoints = Path.Combine(folder, CheckpointFolder);
        var resumed = Checkpoint.Newest(checkpoints, fingerprint, notes);
        using var run = new TrainingRun(spec, data, options, resumed, weights is null ? null : Safetensors.Read(weights).Tensors, new ProgressMeter(progress, time ?? TimeProvider.System), teacher);
        while (run.Epoch < options.Epochs)
        {
            run.RunEpoch(cancel);
            run.Snapshot(fingerprint).Save(checkpoints);
        }

        var card = new ModelCard(spec.Name, data.ClassNames, spec.Hash, data.Hash, data.PerEpoch, data.Validation.Count, options, run.Precision, run.Metrics);
        ModelFolder.Write(folder, spec, run.Weights(), card);
        return new(spec, folder, card, resumed?.Epoch ?? 0, notes, run.WaitShare);
    }

    private static void Check(ModelSpec spec, TrainingData data, TrainingOptions options)
    {
        Require(spec.Task == ModelTask.Classify, "model.not_trainable", $"The model '{spec.Name}' is made to {spec.Task.Name()}; crops train models that classify.");
        Require(spec.Input[1] == data.Size && spec.Input[2] == data.Size, "training.size_mismatch",
            $"The model reads {spec.Input[2]} × {spec.Input[1]} pixels, but the crops are made for {data.Size} × {data.Size}. Make both with the same size.");
        Require(spec.Classes == data.Classes, "training.classes_mismatch",
            $"The model tells {spec.Classes} classes apart, but the dataset has {data.Classes}. Make the model for the dataset's classes.");
        InRange("epochs", options.Epochs, 1, 10_000);
        InRange("batchSize", options.BatchSize, 2, 4096);
        InRange("learningRate", options.LearningRate, 1e-8, 10);
        InRange("warmUp", options.WarmUp, 0, 1);
        InRange("weightDecay", options.WeightDecay, 0, 1);
        InRange("labelSmoothing", options.LabelSmoothing, 0, 0.9);
        InRange("threads", options.Threads, 0, 1024);
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

    private static string Fingerprint(ModelSpec spec, TrainingData data, TrainingOptions options, string? start, Distillation? distillation)
    {
        var choices = JsonSerializer.Serialize(options with { Threads = 0 }, NeuroJson.Options);
        var from = start is null ? "" : "\n" + HashOf(start);
        var by = distillation is null ? "" : FormattableString.Invariant($"\nteacher {HashOf(Path.Combine(distillation.Folder, ModelFolder.Weights))} {distillation.Temperature} {distillation.Weight}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{spec.Hash}\n{data.Hash}\n{choices}{from}{by}")));

        static string HashOf(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));
    }
}
