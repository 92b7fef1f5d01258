using System.Text.Json;
using System.Text.Json.Serialization;

namespace Neuro.Kernels.Formats;

/// <summary>What a dataset folder says about itself, <c>card.json</c>; <c>README.md</c> says the same to people.</summary>
public sealed record DataCard
{
    internal const string FileName = "card.json";
    internal const string ReadmeName = "README.md";
    internal const string RecipeName = "recipe.json";

    private const string Format = "neuro-dataset";
    private const long MaxBytes = 256L << 20;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>The generator that made it.</summary>
    public required string Generator { get; init; }

    /// <summary>The generator's version.</summary>
    public required int GeneratorVersion { get; init; }

    /// <summary>The recipe, every knob.</summary>
    public required JsonElement Recipe { get; init; }

    /// <summary>SHA-256 of the recipe's canonical JSON.</summary>
    public required string RecipeHash { get; init; }

    /// <summary>The seed; text in JSON, whose numbers keep 53 bits in most readers.</summary>
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public required ulong Seed { get; init; }

    /// <summary>What the catalogue is called.</summary>
    public required string Catalogue { get; init; }

    /// <summary>SHA-256 of the packed catalogue.</summary>
    public required string CatalogueHash { get; init; }

    /// <summary>Images.</summary>
    public required int Images { get; init; }

    /// <summary>Labelled instances.</summary>
    public required int Objects { get; init; }

    /// <summary>Class names, by class id.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>A number for each class: classes of the same number are easily taken for each other. Empty where it is not known.</summary>
    public IReadOnlyList<int> Confusables { get; init; } = [];

    /// <summary>Instances per class.</summary>
    public required IReadOnlyList<int> ClassHistogram { get; init; }

    /// <summary>The optional pixel maps of every image.</summary>
    public required IReadOnlyList<string> Maps { get; init; }

    /// <summary>The audit certificate: what the second look at the written labels found.</summary>
    public required Audit Audit { get; init; }

    /// <summary>The shards, in order.</summary>
    public required IReadOnlyList<ShardEntry> Shards { get; init; }

    /// <summary>Reads the card of a folder; none where there is none.</summary>
    /// <exception cref="ShardException"><c>dataset.bad_card</c>.</exception>
    public static DataCard? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var file = File.OpenRead(path);
            var read = file.Length <= MaxBytes ? JsonSerializer.Deserialize<Json>(file, Options) : throw new JsonException($"it is {file.Length:N0} bytes");
            return read is { Format: Format, Version: 1 } && read.Card.Classes.Count == read.Card.ClassHistogram.Count && read.Card.Confusables.Count is var known && (known == 0 || known == read.Card.Classes.Count)
                ? read.Card
                : throw new JsonException($"it is no {Format} of version 1");
        }
        catch (Exception wrong) when (wrong is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ShardException("dataset.bad_card", $"{path} cannot be used: {wrong.Message.TrimEnd('.')}. Delete it, and the shards are read without it.", wrong);
        }
    }

    /// <summary>Writes the card, its readme and the recipe, each under a passing name first.</summary>
    internal void Write(string folder)
    {
        Replace(folder, RecipeName, JsonSerializer.SerializeToUtf8Bytes(Recipe, Options));
        Replace(folder, ReadmeName, System.Text.Encoding.UTF8.GetBytes(DataCardReadme.Write(this)));
        Replace(folder, FileName, JsonSerializer.SerializeToUtf8Bytes(new Json(Format, 1, this), Options));
    }

    /// <summary>Whether the folder's shards are those of the card, by name and size.</summary>
    internal bool Agrees(string folder) =>
        Shards.Count > 0
        && !File.Exists(Path.Combine(folder, ShardEntry.NameOf(Shards.Count)))
        && Shards.Select((shard, number) => shard.File == ShardEntry.NameOf(number) && new FileInfo(Path.Combine(folder, shard.File)) is { Exists: true } file && file.Length == shard.Bytes).All(same => same);

    private static void Replace(string folder, string name, byte[] content)
    {
        var passing = Path.Combine(folder, name + ".partial");
        File.WriteAllBytes(passing, content);
        File.Move(passing, Path.Combine(folder, name), overwrite: true);
    }

    private sealed record Json(string Format, int Version, DataCard Card);
}
