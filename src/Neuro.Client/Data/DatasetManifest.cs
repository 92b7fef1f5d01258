using System.Text.Json.Nodes;

namespace Neuro.Client.Data;

/// <summary>A dataset that a job made: its recipe, seed and count name it, its shards hold the pixels.</summary>
/// <param name="Shards">One WebDataset tar per shard, in order.</param>
/// <param name="Catalogue">SHA-256 of the product catalogue, an artifact.</param>
[TypeFormatterSource("DataFormatters")]
public sealed record DatasetManifest(
    Guid Id, string Name, string RecipeHash, ulong Seed, int Count, JsonObject Recipe, string Catalogue, IReadOnlyList<ArtifactRef> Shards, Guid JobId, DateTimeOffset CreatedAt)
{
    /// <summary>The size of all shards in bytes.</summary>
    public long Bytes => Shards.Sum(shard => shard.Bytes);
}
