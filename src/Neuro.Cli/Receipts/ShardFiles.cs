using System.Security.Cryptography;
using Neuro.Client.Api;

namespace Neuro.Cli.Receipts;

/// <summary>Files that may be what receipts name: one, or those of a dataset's folder, or of the cache, by what they hash to and not by their names.</summary>
internal sealed class ShardFiles
{
    private readonly Dictionary<string, string> paths = [];
    private readonly List<(string Hash, string Path)> shards = [];

    private ShardFiles(string place, bool isFolder) => (Place, IsFolder) = (place, isFolder);

    public string Place { get; }

    public bool IsFolder { get; }

    /// <summary>The files that are here as somebody's shards: each must be in a receipt.</summary>
    public IReadOnlyList<(string Hash, string Path)> Shards => shards;

    /// <param name="wanted">Hashes; in a folder, files so named are looked at too, as the cache names them.</param>
    /// <exception cref="NeuroException"><c>shard.not_found</c></exception>
    public static ShardFiles Find(string place, IEnumerable<string> wanted, CancellationToken cancel)
    {
        var files = new ShardFiles(place, Directory.Exists(place));
        if (!files.IsFolder && !File.Exists(place))
        {
            throw new NeuroException("shard.not_found", $"There is neither a file nor a folder {place}. Name a shard's tar, or the folder of a dataset.");
        }

        var tars = files.IsFolder ? Directory.EnumerateFiles(place, "*.tar").Order(StringComparer.Ordinal) : Enumerable.Repeat(place, 1);
        foreach (var path in tars)
        {
            files.shards.Add((files.Add(path, cancel), path));
        }

        foreach (var name in files.IsFolder ? wanted.Where(IsHash).Distinct() : [])
        {
            if (Path.Combine(place, name) is var path && !files.paths.ContainsKey(name) && File.Exists(path))
            {
                files.Add(path, cancel);
            }
        }

        return files;
    }

    public string? PathOf(string? hash) => hash is null ? null : paths.GetValueOrDefault(hash);

    /// <summary>Whether it is written as a SHA-256 is: then it may be a file's name.</summary>
    public static bool IsHash(string? text) => text is { Length: 64 } && text.All(char.IsAsciiHexDigitLower);

    private string Add(string path, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        using var file = File.OpenRead(path);
        var hash = Convert.ToHexStringLower(SHA256.HashData(file));
        paths.TryAdd(hash, path);
        return hash;
    }
}
