using Neuro.Client.Api;

namespace Neuro.Node.Work;

/// <summary>What a node keeps on disk: its secret key, downloaded artifacts, and a scratch folder that is emptied at start.</summary>
internal sealed class NodeFolder : IDisposable
{
    private readonly FileStream claim;

    public NodeFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            claim = new FileStream(System.IO.Path.Combine(path, "node.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception taken) when (taken is IOException or UnauthorizedAccessException)
        {
            throw new NeuroException("node.folder_in_use", $"{path} cannot be used by this node ({taken.Message.TrimEnd('.')}). Stop the node that uses it, or give this one another --folder.", taken);
        }

        Path = path;
        Cache = DataFolder.Cache(path);
        Scratch = System.IO.Path.Combine(path, "scratch");
        if (Directory.Exists(Scratch))
        {
            Directory.Delete(Scratch, recursive: true);
        }

        Key = ReadOrMakeKey();
    }

    public string Path { get; }

    public string Cache { get; }

    public string Scratch { get; }

    /// <summary>The ed25519 secret key: the node's identity, made on first run, readable by its user alone.</summary>
    public byte[] Key { get; }

    /// <summary>An empty folder for one attempt at a shard.</summary>
    public string NewScratch(Guid shard, int attempt) => Directory.CreateDirectory(System.IO.Path.Combine(Scratch, $"{shard:N}-{attempt}")).FullName;

    public void Dispose() => claim.Dispose();

    private byte[] ReadOrMakeKey()
    {
        var path = System.IO.Path.Combine(Path, "node.key");
        if (!File.Exists(path))
        {
            DataFolder.WriteSecret(path, Convert.ToBase64String(Ed25519.NewKey()));
        }

        var key = new byte[32];
        return Convert.TryFromBase64String(File.ReadAllText(path).Trim(), key, out var bytes) && bytes == 32
            ? key
            : throw new NeuroException("node.key_broken", $"{path} is not a node key any more. Restore it from a backup; or delete it, and the node joins as a new one without its history.");
    }
}
