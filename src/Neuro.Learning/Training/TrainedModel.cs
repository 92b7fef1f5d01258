using System.Text.Json.Serialization;
using Neuro.Learning.Specs;

namespace Neuro.Learning.Training;

/// <summary>A finished training: the folder holds model.onnx, model.safetensors, spec.json and card.json.</summary>
/// <param name="ResumedFrom">The epoch whose checkpoint it went on from; 0 when it began anew.</param>
/// <param name="Notes">What a person should know, such as a checkpoint that could not be used.</param>
/// <param name="WaitShare">Share of the time in which steps waited for their samples.</param>
public sealed record TrainedModel(ModelSpec Spec, string Folder, ModelCard Card, int ResumedFrom, IReadOnlyList<string> Notes, double WaitShare);

/// <summary>What a model is and where it came from; card.json.</summary>
/// <param name="SpecHash">SHA-256 of the canonical spec.</param>
/// <param name="DataHash">SHA-256 of the pixels and labels it was trained on.</param>
/// <param name="TrainingCrops">Samples it learnt from.</param>
/// <param name="ValidationCrops">Samples of the same dataset, from other pictures, that it was measured on.</param>
/// <param name="Precision">What the convolutions were computed in.</param>
/// <param name="Recipes">Hashes of the recipes that its pictures were rendered by; none where they were not.</param>
/// <param name="Origin">The command that made it, or the file that it was imported from.</param>
/// <param name="Metrics">What it was measured to do, such as <c>top1</c>, 0 to 1; a name with a dot says on what.</param>
/// <param name="Receipts">The platform's signatures under the receipts of the work that made it, if it was ordered.</param>
public sealed record ModelCard(
    string Name, IReadOnlyList<string> Classes, string SpecHash, string DataHash, int TrainingCrops, int ValidationCrops, TrainingOptions Options, Precision Precision, IReadOnlyList<EpochMetrics> Epochs,
    IReadOnlyList<string>? Recipes = null, string? Origin = null, IReadOnlyDictionary<string, double>? Metrics = null, IReadOnlyList<string>? Receipts = null)
{
    /// <summary>The measured <c>top1</c>, or else the last epoch's accuracy on samples held back.</summary>
    [JsonIgnore]
    public double? Accuracy => Metrics?.TryGetValue("top1", out var measured) == true ? measured : Epochs.LastOrDefault()?.ValidationAccuracy;
}

/// <summary>One pass over the data. Accuracy on synthetic pictures does not predict accuracy on real ones: measure that apart.</summary>
/// <param name="Accuracy">Share of the samples, places or matched boxes that were given their class while learning.</param>
/// <param name="ValidationAccuracy">The task's measure on held-back samples: accuracy, AP of boxes or masks, mIoU. None when the dataset is too small to hold pictures back.</param>
public sealed record EpochMetrics(int Epoch, double Loss, double Accuracy, double? ValidationAccuracy)
{
    /// <summary>What the loss is the sum of, by name; none for a loss of one term.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, double>? Losses { get; init; }

    /// <summary>All that was measured on held-back samples, by name; none where that is <see cref="ValidationAccuracy"/> alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, double>? Measures { get; init; }
}
