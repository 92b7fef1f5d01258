namespace Neuro.Kernels.Formats;

/// <summary>Grows a dataset in a folder, shard by shard: <c>shard-000000.tar</c> …, the index, and at the end the data card.</summary>
/// <remarks>
/// One writer a folder: a lock that the system gives back when its process ends, however it ends. A shard appears when it is whole, so whatever stops a writer, the next goes on after the last whole shard.
/// </remarks>
internal sealed class DatasetWriter : IDisposable
{
    private const string LockFile = ".lock";

    private readonly string folder;
    private readonly ShardContent identity;
    private readonly FileStream claim;
    private readonly DatasetIndex index;
    private readonly List<ShardEntry> shards;
    private readonly int[] histogram;
    private readonly MemoryStream room = new();
    private Audit audit = Audit.None;

    private DatasetWriter(string folder, ShardContent identity, IReadOnlyList<string> maps, FileStream claim)
    {
        this.folder = folder;
        this.identity = identity;
        this.claim = claim;
        histogram = new int[identity.Classes.Count];
        shards = [.. WholeShards()];
        index = Guarded(() => DatasetIndex.Open(folder, ShardMember.KindsOf(maps), shards));
    }

    /// <summary>Images in whole shards.</summary>
    public int Count { get; private set; }

    /// <summary>Opens a new folder, or one with shards of the same recipe, seed and classes.</summary>
    /// <exception cref="ShardException"><c>dataset.locked</c>, <c>dataset.another</c>, <c>dataset.mixed</c>, <c>shard.unwritable</c>, or what is wrong with a shard there.</exception>
    public static DatasetWriter Open(string folder, string recipeHash, ulong seed, IReadOnlyList<string> classes, IReadOnlyList<string> maps)
    {
        var claim = Claim(folder);
        try
        {
            return new DatasetWriter(folder, new ShardContent(recipeHash, seed, 0, 0, classes), maps, claim);
        }
        catch
        {
            claim.Dispose();
            throw;
        }
    }

    /// <summary>Starts the next shard.</summary>
    public ShardWriter BeginShard(int count) => new(Path.Combine(folder, ShardEntry.NameOf(shards.Count)), identity with { First = Count, Count = count }, room);

    /// <summary>Appends the next image to the shard that was begun.</summary>
    public void Append(ShardWriter shard, EncodedImage image) => index.Add(shards.Count, image.Labels, shard.Append(image));

    /// <summary>Completes the shard and its part of the index.</summary>
    public void EndShard(ShardWriter shard)
    {
        var summary = shard.Complete();
        shards.Add(new ShardEntry(ShardEntry.NameOf(shards.Count), summary.First, summary.Count, summary.Objects, summary.Bytes));
        Add(summary.ClassHistogram, summary.Audit, summary.Count);
        Guarded(() =>
        {
            index.EndShard();
            return true;
        });
    }

    /// <summary>Completes the index and writes the data card of what is in the folder now.</summary>
    public DataCard Complete(Func<IReadOnlyList<ShardEntry>, IReadOnlyList<int>, Audit, DataCard> describe) => Guarded(() =>
    {
        index.Complete();
        var card = describe(shards, histogram, audit);
        card.Write(folder);
        return card;
    });

    public void Dispose()
    {
        index.Dispose();
        claim.Dispose();
    }

    private static FileStream Claim(string folder)
    {
        const int WouldBlockLinux = 11;
        const int WouldBlockMac = 35;
        const int SharingViolationWindows = 32;
        Disk.Write(folder, () => Directory.CreateDirectory(folder));
        try
        {
            return new FileStream(Path.Combine(folder, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken) when ((taken.HResult & 0xFFFF) is WouldBlockLinux or WouldBlockMac or SharingViolationWindows)
        {
            throw new ShardException("dataset.locked", $"Another process writes the dataset in {folder}. Wait for it or choose another folder.", taken);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new ShardException("shard.unwritable", $"{folder} cannot be written: {refused.Message}", refused);
        }
    }

    private IEnumerable<ShardEntry> WholeShards()
    {
        foreach (var path in ShardEntry.FilesIn(folder))
        {
            var manifest = ShardReader.Manifest(path);
            var content = manifest.Content;
            if ((content.RecipeHash, content.Seed) != (identity.RecipeHash, identity.Seed) || !content.Classes.SequenceEqual(identity.Classes))
            {
                throw new ShardException("dataset.another", $"{folder} holds a dataset of {Named(content)}; this one is of {Named(identity)}. Choose another folder.");
            }

            if (content.First != Count)
            {
                throw new ShardException("dataset.mixed", $"{path} begins with image {content.First}; image {Count} was to follow. A shard is missing or was put there: restore it, or delete the shards from here on.");
            }

            var entry = new ShardEntry(Path.GetFileName(path), content.First, content.Count, manifest.Objects, new FileInfo(path).Length);
            Add(manifest.ClassHistogram, manifest.Audit, content.Count);
            yield return entry;
        }
    }

    private void Add(int[] classes, Audit found, int images)
    {
        for (var id = 0; id < histogram.Length; id++)
        {
            histogram[id] += classes[id];
        }

        audit = audit.Plus(found);
        Count += images;
    }

    private static string Named(ShardContent content) =>
        $"recipe {content.RecipeHash[..Math.Min(12, content.RecipeHash.Length)]}…, seed {content.Seed}, {content.Classes.Count} classes";

    private T Guarded<T>(Func<T> write) => Disk.Write(folder, write);
}
