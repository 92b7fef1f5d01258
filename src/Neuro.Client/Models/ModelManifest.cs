namespace Neuro.Client.Models;

using Neuro.Client.Data;

/// <summary>A model that a training job made.</summary>
/// <param name="SpecHash">SHA-256 of the canonical model spec.</param>
/// <param name="DatasetId">What it was trained on; all zeros for a model whose scenes were rendered on the nodes that trained it.</param>
/// <param name="Package">A tar with model.onnx, model.safetensors, spec.json and card.json.</param>
/// <param name="ValidationAccuracy">On the held-out part of its dataset, or on scenes held back, as the platform measured it.</param>
[TypeFormatterSource("ModelFormatters")]
public sealed record ModelManifest(Guid Id, string Name, string SpecHash, Guid DatasetId, ArtifactRef Package, double ValidationAccuracy, Guid JobId, DateTimeOffset CreatedAt);
