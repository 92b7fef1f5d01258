using System.Text.Json;
using System.Text.Json.Serialization;

namespace Neuro.Kernels.Formats;

/// <summary>What a shard holds.</summary>
/// <param name="RecipeHash">SHA-256 of the recipe's canonical JSON.</param>
/// <param name="Seed">Of the dataset.</param>
/// <param name="First">Index of its first image.</param>
/// <param name="Count">Images.</param>
/// <param name="Objects">Labelled instances.</param>
/// <param name="ClassHistogram">Instances per class.</param>
/// <param name="Audit">What the second look at the written labels found; never a mismatch in a shard that was completed.</param>
/// <param name="Bytes">Size of the tar file.</param>
/// <param name="Sha256">Of the tar file, lower-case hex.</param>
public sealed record ShardSummary(string RecipeHash, ulong Seed, int First, int Count, int Objects, int[] ClassHistogram, Audit Audit, long Bytes, string Sha256);

/// <summary>What a shard is to hold, known before it is written.</summary>
/// <param name="RecipeHash">SHA-256 of the recipe's canonical JSON.</param>
/// <param name="Seed">Of the dataset.</param>
/// <param name="First">Index of its first image.</param>
/// <param name="Count">Images.</param>
/// <param name="Classes">Class names, by class id.</param>
public sealed record ShardContent(string RecipeHash, ulong Seed, int First, int Count, IReadOnlyList<string> Classes);

/// <summary><c>shard.json</c>: the last member, so that a shard that ends with it is complete.</summary>
/// <param name="Content">What it was to hold.</param>
/// <param name="Objects">Labelled instances.</param>
/// <param name="ClassHistogram">Instances per class.</param>
/// <param name="Audit">What the second look at the written labels found.</param>
internal sealed record ShardManifest(ShardContent Content, int Objects, int[] ClassHistogram, Audit Audit)
{
    public const string FileName = "shard.json";
    private const string Format = "neuro-shard";
    private const int Version = 1;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 8,
    };

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(
        new Json(Format, Version, Content.RecipeHash, Content.Seed, Content.First, Content.Count, Objects, Content.Classes, ClassHistogram, Audit), Options);

    /// <exception cref="ShardException"><c>shard.malformed</c>.</exception>
    public static ShardManifest Parse(ReadOnlySpan<byte> json, string shard)
    {
        try
        {
            return JsonSerializer.Deserialize<Json>(json, Options) is { Format: Format, Version: Version, Recipe: not null, First: >= 0, Count: >= 1, Classes: not null, ClassHistogram: not null, Audit: not null } read
                && read.First <= int.MaxValue - read.Count && read.Classes.Count == read.ClassHistogram.Length
                ? new ShardManifest(new ShardContent(read.Recipe, read.Seed, read.First, read.Count, read.Classes), read.Objects, read.ClassHistogram, read.Audit)
                : throw new JsonException($"it is no {Format} of version {Version}");
        }
        catch (JsonException wrong)
        {
            throw new ShardException("shard.malformed", $"{FileName} in {shard} cannot be used: {wrong.Message}", wrong);
        }
    }

    // A seed has 64 bits; a JSON number keeps 53 of them in most readers.
    private sealed record Json(
        string Format, int Version, string Recipe, [property: JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)] ulong Seed,
        int First, int Count, int Objects, IReadOnlyList<string> Classes, int[] ClassHistogram, Audit Audit);
}
