using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Neuro.Client.Api;

namespace Neuro.Client.Jobs;

/// <summary>What a customer orders: data, never code.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(RenderSpec), RenderSpec.KindName)]
[JsonDerivedType(typeof(TrainSpec), TrainSpec.KindName)]
[JsonDerivedType(typeof(DilocoSpec), DilocoSpec.KindName)]
public abstract record JobSpec
{
    /// <summary>The kind of work: <c>render</c>, <c>train</c> or <c>diloco</c>.</summary>
    [JsonIgnore]
    public abstract string Kind { get; }

    private protected static JsonObject ParseDocument(string json, string what)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject ?? throw new NeuroException("job.not_json", $"The {what} is not a JSON object but: {Short(json)}");
        }
        catch (JsonException wrong)
        {
            throw new NeuroException("job.not_json", $"The {what} is not JSON ({wrong.Message.TrimEnd('.')}): {Short(json)}", wrong);
        }
    }

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "…";
}

/// <summary>Renders a dataset: images 0 … <paramref name="Count"/> − 1 of (recipe, seed).</summary>
/// <param name="Recipe">A recipe document; its <c>catalogue</c> names an uploaded artifact by SHA-256.</param>
[method: JsonConstructor]
public sealed record RenderSpec(JsonObject Recipe, ulong Seed, int Count) : JobSpec
{
    public const string KindName = "render";

    /// <param name="recipe">A recipe document as JSON text.</param>
    /// <exception cref="NeuroException"><c>job.not_json</c></exception>
    public RenderSpec(string recipe, ulong seed, int count)
        : this(ParseDocument(recipe, "recipe"), seed, count)
    {
    }

    [JsonIgnore]
    public override string Kind => KindName;
}

/// <summary>Trains a classifier on the products of a dataset.</summary>
/// <param name="Dataset">The dataset to train on; the customer must own it.</param>
/// <param name="Model">A model spec document.</param>
/// <param name="Epochs">How often each sample is seen.</param>
/// <param name="Seed">Seed of initial weights, order and augmentation.</param>
[method: JsonConstructor]
public sealed record TrainSpec(Guid Dataset, JsonObject Model, int Epochs, ulong Seed) : JobSpec
{
    public const string KindName = "train";

    /// <param name="model">A model spec document as JSON text.</param>
    /// <exception cref="NeuroException"><c>job.not_json</c></exception>
    public TrainSpec(Guid dataset, string model, int epochs, ulong seed)
        : this(dataset, ParseDocument(model, "model spec"), epochs, seed)
    {
    }

    [JsonIgnore]
    public override string Kind => KindName;
}
