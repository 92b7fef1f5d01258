using System.Text.Json.Nodes;
using Neuro.Client.Data;

namespace Neuro.Client.Market;

/// <summary>A published, versioned recipe type that anyone may order datasets from.</summary>
/// <param name="Labels">The labels that its datasets carry, in the words of the docs: boxes, masks, depth …</param>
/// <param name="Defaults">A recipe with every knob at its default: the document to start from. Without a catalogue unless <paramref name="Catalogue"/> is given.</param>
/// <param name="Catalogue">The products that it shows, which anyone on the platform may read; none where the customer brings their own.</param>
/// <param name="Owner">The account that published it; none for those that every platform starts with.</param>
[TypeFormatterSource("MarketFormatters")]
public sealed record GeneratorListing(
    string Name, int Version, string Title, string Description, string License, IReadOnlyList<string> Labels, JsonObject Defaults, ArtifactRef? Catalogue = null, string? Owner = null);

/// <summary>A generator to be published under a name.</summary>
/// <param name="Title">What people call it, 1 to 100 characters.</param>
/// <param name="Description">What it makes, at most 1000 characters.</param>
/// <param name="License">Under which its pictures may be used, 1 to 100 characters.</param>
/// <param name="Recipe">The recipe to start from, with its catalogue, which must have been uploaded.</param>
public sealed record GeneratorPublication(string Title, string Description, string License, JsonObject Recipe);
