using System.Text;

namespace Neuro.Kernels.Formats.Exchange;

/// <summary>The folder that an export fills: under a <c>.partial</c> name until it is whole; without <see cref="Complete"/> nothing is left.</summary>
internal sealed class ExportFolder : IDisposable
{
    private readonly string final;
    private readonly string root;

    private ExportFolder(string final)
    {
        this.final = final;
        root = final + ".partial";
    }

    /// <exception cref="ExchangeException"><c>export.not_empty</c>.</exception>
    /// <exception cref="ShardException"><c>shard.unwritable</c>.</exception>
    public static ExportFolder Create(string path)
    {
        var folder = new ExportFolder(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        return Disk.Write(path, () =>
        {
            if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
            {
                throw new ExchangeException("export.not_empty", $"{path} is not empty; export into a new folder, so that nothing old is taken for new.");
            }

            folder.Dispose();
            Directory.CreateDirectory(folder.root);
            return folder;
        });
    }

    /// <summary>Gives the folder its name.</summary>
    public void Complete() => Guarded(() =>
    {
        if (Directory.Exists(final))
        {
            Directory.Delete(final);
        }

        Directory.Move(root, final);
    });

    public void Dispose()
    {
        if (Directory.Exists(root))
        {
            Directory.Delete(root, recursive: true);
        }
    }

    /// <summary>The full path of a name here; its folders are made.</summary>
    public string PathOf(string name)
    {
        var path = Path.Combine(root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    public void Write(string name, byte[] bytes) => File.WriteAllBytes(PathOf(name), bytes);

    /// <summary>Writes text as UTF-8 without a mark.</summary>
    public void Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    /// <exception cref="ShardException"><c>shard.disk_full</c>, <c>shard.unwritable</c>.</exception>
    public void Guarded(Action write) => Disk.Write(final, () =>
    {
        write();
        return true;
    });
}
