namespace Neuro.Client.Models;

using Neuro.Client.Data;

/// <summary>A model that a training job made.</summary>
/// <param name="SpecHash">SHA-256 of the canonical model spec.</param>
/// <param name="Package">A tar with model.onnx, model.safetensors, spec.json and card.json.</param>
/// <param name="ValidationAccuracy">On the held-out part of its dataset, as the platform measured it again before paying.</param>
[TypeFormatterSource("ModelFormatters")]
public sealed record ModelManifest(Guid Id, string Name, string SpecHash, Guid DatasetId, ArtifactRef Package, double ValidationAccuracy, Guid JobId, DateTimeOffset CreatedAt);
