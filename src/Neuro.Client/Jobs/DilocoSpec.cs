using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Neuro.Client.Api;

namespace Neuro.Client.Jobs;

/// <summary>Trains a classifier across nodes by DiLoCo: in each round every part of the data is trained on by one node for some steps, and only what that changed is sent.</summary>
/// <param name="Model">A model spec document.</param>
/// <param name="Nodes">Parts of the data, as many as nodes can work at once.</param>
/// <param name="Rounds">How often the nodes' changes are put together.</param>
/// <param name="Steps">Steps of 32 samples that each part takes in a round.</param>
/// <param name="Seed">Of initial weights, order, augmentation, and of the scenes where they are rendered on the nodes.</param>
/// <remarks>Exactly one of <see cref="Dataset"/> and <see cref="Recipe"/> says what is learnt.</remarks>
[method: JsonConstructor]
public sealed record DilocoSpec(JsonObject Model, int Nodes, int Rounds, int Steps, ulong Seed) : JobSpec
{
    public const string KindName = "diloco";

    /// <param name="model">A model spec document as JSON text.</param>
    /// <exception cref="NeuroException"><c>job.not_json</c></exception>
    public DilocoSpec(string model, int nodes, int rounds, int steps, ulong seed)
        : this(ParseDocument(model, "model spec"), nodes, rounds, steps, seed)
    {
    }

    /// <summary>A dataset that the customer owns; each node fetches it and trains on its part.</summary>
    public Guid? Dataset { get; init; }

    /// <summary>A recipe document whose scenes each node renders for itself: recipes travel, pixels do not. Its <c>catalogue</c> names an uploaded artifact by SHA-256.</summary>
    public JsonObject? Recipe { get; init; }

    /// <summary>The share of a round's parts, rounded up, with which it may be closed once its time is over.</summary>
    /// <value>0.75</value>
    public double Quorum { get; init; } = 0.75;

    /// <summary>How long all parts of a round are waited for.</summary>
    /// <value>10 minutes</value>
    public TimeSpan RoundTime { get; init; } = TimeSpan.FromMinutes(10);

    [JsonIgnore]
    public override string Kind => KindName;
}
