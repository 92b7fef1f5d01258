namespace Neuro.Kernels.Formats;

/// <summary>Shards of one recipe and seed, read as one run of images.</summary>
public sealed class Dataset
{
    private readonly string folder;
    private readonly ShardEntry[] shards;
    private readonly Lock gate = new();
    private readonly long[]?[] starts;

    private Dataset(string folder, IReadOnlyList<ShardEntry> shards)
    {
        this.folder = folder;
        this.shards = [.. shards];
        starts = new long[]?[shards.Count];
    }

    /// <summary>Class names by class id.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>SHA-256 of the recipe's canonical JSON: it names the dataset.</summary>
    public required string RecipeHash { get; init; }

    /// <summary>The seed that it was rendered with.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Instances per class.</summary>
    public required IReadOnlyList<int> ClassHistogram { get; init; }

    /// <summary>What the second look at the written labels found, over all shards.</summary>
    public required Audit Audit { get; init; }

    /// <summary>Images.</summary>
    public int Count => shards.Sum(shard => shard.Count);

    /// <summary>Labelled instances.</summary>
    public int Objects => shards.Sum(shard => shard.Objects);

    /// <summary>Size of all shards.</summary>
    public long Bytes => shards.Sum(shard => shard.Bytes);

    /// <summary>The shards, in order.</summary>
    public IReadOnlyList<ShardEntry> Shards => shards;

    /// <summary>Opens a dataset folder by its data card, or every <c>.tar</c> of a folder without one.</summary>
    /// <remarks>The shards are the truth: a card or an index that disagrees with them is passed over here, and made again by whoever next writes the folder.</remarks>
    /// <exception cref="ShardException"><c>dataset.empty</c>, <c>dataset.mixed</c>, <c>dataset.bad_card</c>, or what is wrong with a shard.</exception>
    public static Dataset Open(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new ShardException("shard.not_found", $"There is no folder {folder}.");
        }

        return DataCard.Read(folder) is { } card && card.Agrees(folder)
            ? new Dataset(folder, card.Shards) { ClassNames = card.Classes, RecipeHash = card.RecipeHash, Seed = card.Seed, ClassHistogram = card.ClassHistogram, Audit = card.Audit }
            : Open(Directory.EnumerateFiles(folder, "*.tar"));
    }

    /// <summary>Opens shards, in any order.</summary>
    /// <exception cref="ShardException"><c>dataset.empty</c>, <c>dataset.mixed</c>, or what is wrong with a shard.</exception>
    public static Dataset Open(IEnumerable<string> tarPaths)
    {
        ShardManifest? one = null;
        var (shards, histogram, audit) = (new List<ShardEntry>(), Array.Empty<int>(), Audit.None);
        foreach (var path in tarPaths)
        {
            var manifest = ShardReader.Manifest(path);
            one ??= manifest;
            CheckTogether(shards.Count == 0 ? path : shards[0].File, one, path, manifest);
            shards.Add(new ShardEntry(path, manifest.Content.First, manifest.Content.Count, manifest.Objects, new FileInfo(path).Length));
            histogram = [.. manifest.ClassHistogram.Select((count, id) => count + histogram.ElementAtOrDefault(id))];
            audit = audit.Plus(manifest.Audit);
        }

        if (one is null)
        {
            throw new ShardException("dataset.empty", "There are no shards to open; a dataset has at least one .tar file.");
        }

        shards.Sort((a, b) => a.First.CompareTo(b.First));
        foreach (var (before, after) in shards.Zip(shards.Skip(1)).Where(pair => pair.First.First + pair.First.Count > pair.Second.First))
        {
            throw new ShardException("dataset.mixed", $"{Path.GetFileName(before.File)} and {Path.GetFileName(after.File)} both hold image {after.First}; remove one of them.");
        }

        return new Dataset("", shards) { ClassNames = one.Content.Classes, RecipeHash = one.Content.RecipeHash, Seed = one.Content.Seed, ClassHistogram = histogram, Audit = audit };
    }

    /// <summary>All images in order, one in memory at a time.</summary>
    public IEnumerable<ShardImage> Images() => shards.SelectMany(shard => ShardReader.Read(PathOf(shard)));

    /// <summary>One image, read without those before it.</summary>
    /// <param name="index">Number of the image within its dataset.</param>
    /// <exception cref="ArgumentOutOfRangeException">No shard holds it.</exception>
    /// <exception cref="ShardException">What is wrong with its shard.</exception>
    public ShardImage Image(int index)
    {
        var number = Array.FindIndex(shards, shard => index >= shard.First && index < shard.First + shard.Count);
        if (number < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"The dataset holds images {shards[0].First} to {shards[^1].First + shards[^1].Count - 1}.");
        }

        var shard = shards[number];
        try
        {
            return ShardReader.At(PathOf(shard), index, Starts(number, byIndex: true)[index - shard.First]);
        }
        catch (ShardException)
        {
            // The index was wrong, or the shard is; the second look tells.
            return ShardReader.At(PathOf(shard), index, Starts(number, byIndex: false)[index - shard.First]);
        }
    }

    /// <summary>Where the images of a shard begin: looked up once, in the index if that may be trusted and in the shard if not.</summary>
    private long[] Starts(int number, bool byIndex)
    {
        lock (gate)
        {
            var found = byIndex ? starts[number] : null;
            found ??= byIndex && folder.Length > 0 ? DatasetIndex.Starts(folder, number, shards[number]) : null;
            return starts[number] = found ?? [.. ShardReader.Labels(PathOf(shards[number])).Select(image => image.Places.Min(place => place.Offset))];
        }
    }

    private string PathOf(ShardEntry shard) => Path.Combine(folder, shard.File);

    private static void CheckTogether(string first, ShardManifest one, string path, ShardManifest other)
    {
        var (a, b) = (one.Content, other.Content);
        if ((a.RecipeHash, a.Seed) != (b.RecipeHash, b.Seed) || !a.Classes.SequenceEqual(b.Classes))
        {
            throw new ShardException("dataset.mixed", $"{Path.GetFileName(first)} and {Path.GetFileName(path)} are shards of different datasets; keep each dataset in its own folder.");
        }
    }
}
