using System.Text.Json.Nodes;

namespace Neuro.Client.Market;

/// <summary>A published, versioned recipe type that anyone may order datasets from.</summary>
/// <param name="Labels">The labels that its datasets carry, in the words of the docs: boxes, masks, depth …</param>
/// <param name="Defaults">A recipe with every knob at its default, without a catalogue: the document to start from.</param>
[TypeFormatterSource("MarketFormatters")]
public sealed record GeneratorListing(string Name, int Version, string Title, string Description, string License, IReadOnlyList<string> Labels, JsonObject Defaults);
