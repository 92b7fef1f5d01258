using Neuro.Client.Api;

namespace Neuro.Node.Work;

/// <summary>What a node keeps on disk: its secret key, downloaded artifacts, and the work in hand.</summary>
internal sealed class NodeFolder : IDisposable
{
    /// <summary>Held open by whoever uses the folder.</summary>
    public const string LockName = "node.lock";

    private const string ScratchName = "scratch";
    private static readonly TimeSpan WorthKeeping = TimeSpan.FromDays(1);

    private readonly FileStream claim;
    private readonly string scratch;

    public NodeFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            claim = new FileStream(System.IO.Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception taken) when (taken is IOException or UnauthorizedAccessException)
        {
            throw new NeuroException("node.folder_in_use", $"{path} cannot be used by this node ({taken.Message.TrimEnd('.')}). Stop the node that uses it, or give this one another --folder.", taken);
        }

        Path = path;
        Cache = DataFolder.Cache(path);
        scratch = System.IO.Path.Combine(path, ScratchName);
        DropOldWork();
        Key = ReadKey(path) ?? MakeKey();
    }

    public string Path { get; }

    public string Cache { get; }

    /// <summary>The ed25519 secret key: the node's identity, made on first run, readable by its user alone.</summary>
    public byte[] Key { get; }

    /// <summary>A folder for work on a shard; it holds what an earlier attempt of this node left there when it was cut off.</summary>
    public string Scratch(Guid shard) => Directory.CreateDirectory(System.IO.Path.Combine(scratch, shard.ToString("N"))).FullName;

    /// <summary>The home, in a node's folder, of the process that does the work, and the place of its temporary files.</summary>
    public static string Home(string folder) => System.IO.Path.Combine(folder, ScratchName, "home");

    public void Dispose() => claim.Dispose();

    // What a killed node left: nobody's temporary files; and a shard of yesterday has long been done by somebody else.
    private void DropOldWork()
    {
        foreach (var shard in Directory.CreateDirectory(scratch).GetDirectories().Where(shard => shard.FullName == System.IO.Path.GetFullPath(Home(Path)) || DateTime.UtcNow - shard.LastWriteTimeUtc > WorthKeeping))
        {
            shard.Delete(recursive: true);
        }
    }

    /// <summary>The secret key in a node's folder; null before its first run.</summary>
    public static byte[]? ReadKey(string folder)
    {
        var path = KeyPath(folder);
        if (!File.Exists(path))
        {
            return null;
        }

        var key = new byte[32];
        return Convert.TryFromBase64String(File.ReadAllText(path).Trim(), key, out var bytes) && bytes == 32
            ? key
            : throw new NeuroException("node.key_broken", $"{path} is not a node key any more. Restore it from a backup; or delete it, and the node joins as a new one without its history.");
    }

    private byte[] MakeKey()
    {
        var key = Ed25519.NewKey();
        DataFolder.WriteSecret(KeyPath(Path), Convert.ToBase64String(key));
        return key;
    }

    private static string KeyPath(string folder) => System.IO.Path.Combine(folder, "node.key");
}
