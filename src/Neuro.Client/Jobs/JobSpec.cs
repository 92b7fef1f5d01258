using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Neuro.Client.Jobs;

/// <summary>What a customer orders: data, never code.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(RenderSpec), RenderSpec.KindName)]
[JsonDerivedType(typeof(TrainSpec), TrainSpec.KindName)]
public abstract record JobSpec
{
    /// <summary>The kind of work: <c>render</c> or <c>train</c>.</summary>
    [JsonIgnore]
    public abstract string Kind { get; }
}

/// <summary>Renders a dataset: images 0 … <paramref name="Count"/> − 1 of (recipe, seed).</summary>
/// <param name="Recipe">A recipe document; its <c>catalogue</c> names an uploaded artifact by SHA-256.</param>
public sealed record RenderSpec(JsonObject Recipe, ulong Seed, int Count) : JobSpec
{
    public const string KindName = "render";

    [JsonIgnore]
    public override string Kind => KindName;
}

/// <summary>Trains a classifier on the products of a dataset.</summary>
/// <param name="Dataset">The dataset to train on; the customer must own it.</param>
/// <param name="Model">A model spec document.</param>
/// <param name="Epochs">How often each sample is seen.</param>
/// <param name="Seed">Seed of initial weights, order and augmentation.</param>
public sealed record TrainSpec(Guid Dataset, JsonObject Model, int Epochs, ulong Seed) : JobSpec
{
    public const string KindName = "train";

    [JsonIgnore]
    public override string Kind => KindName;
}
