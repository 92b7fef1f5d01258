namespace Neuro.Kernels.Formats;

/// <summary>Shards of one recipe and seed, read as one run of images.</summary>
public sealed class Dataset
{
    private readonly IReadOnlyList<(string Path, ShardManifest Manifest)> shards;

    private Dataset(IReadOnlyList<(string Path, ShardManifest Manifest)> shards)
    {
        this.shards = shards;
    }

    /// <summary>Class names by class id.</summary>
    public IReadOnlyList<string> ClassNames => shards[0].Manifest.Content.Classes;

    /// <summary>SHA-256 of the recipe's canonical JSON: it names the dataset.</summary>
    public string RecipeHash => shards[0].Manifest.Content.RecipeHash;

    /// <summary>The seed that it was rendered with.</summary>
    public ulong Seed => shards[0].Manifest.Content.Seed;

    /// <summary>Images.</summary>
    public int Count => shards.Sum(shard => shard.Manifest.Content.Count);

    /// <summary>Labelled instances.</summary>
    public int Objects => shards.Sum(shard => shard.Manifest.Objects);

    /// <summary>Instances per class.</summary>
    public IReadOnlyList<int> ClassHistogram => [.. Enumerable.Range(0, ClassNames.Count).Select(id => shards.Sum(shard => shard.Manifest.ClassHistogram[id]))];

    /// <summary>What the second look at the written labels found, over all shards.</summary>
    public Audit Audit => shards.Aggregate(Audit.None, (sum, shard) => sum.Plus(shard.Manifest.Audit));

    /// <summary>Size of all shards.</summary>
    public long Bytes => shards.Sum(shard => new FileInfo(shard.Path).Length);

    /// <summary>Opens every <c>.tar</c> of a folder.</summary>
    /// <exception cref="ShardException"><c>dataset.empty</c>, <c>dataset.mixed</c>, or what is wrong with a shard.</exception>
    public static Dataset Open(string folder) => Directory.Exists(folder)
        ? Open(Directory.EnumerateFiles(folder, "*.tar"))
        : throw new ShardException("shard.not_found", $"There is no folder {folder}.");

    /// <summary>Opens shards, in any order.</summary>
    /// <exception cref="ShardException"><c>dataset.empty</c>, <c>dataset.mixed</c>, or what is wrong with a shard.</exception>
    public static Dataset Open(IEnumerable<string> tarPaths)
    {
        var shards = tarPaths.Select(path => (Path: path, Manifest: ShardReader.Manifest(path))).OrderBy(shard => shard.Manifest.Content.First).ToList();
        if (shards.Count == 0)
        {
            throw new ShardException("dataset.empty", "There are no shards to open; a dataset has at least one .tar file.");
        }

        foreach (var (before, after) in shards.Zip(shards.Skip(1)))
        {
            CheckTogether(before, after);
        }

        return new Dataset(shards);
    }

    /// <summary>All images in order, one in memory at a time.</summary>
    public IEnumerable<ShardImage> Images() => shards.SelectMany(shard => ShardReader.Read(shard.Path));

    private static void CheckTogether((string Path, ShardManifest Manifest) before, (string Path, ShardManifest Manifest) after)
    {
        var (a, b) = (before.Manifest.Content, after.Manifest.Content);
        var names = $"{Path.GetFileName(before.Path)} and {Path.GetFileName(after.Path)}";
        if ((a.RecipeHash, a.Seed) != (b.RecipeHash, b.Seed) || !a.Classes.SequenceEqual(b.Classes))
        {
            throw new ShardException("dataset.mixed", $"{names} are shards of different datasets; keep each dataset in its own folder.");
        }

        if (a.First + a.Count > b.First)
        {
            throw new ShardException("dataset.mixed", $"{names} both hold image {b.First}; remove one of them.");
        }
    }
}
