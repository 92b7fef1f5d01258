using System.Threading.Channels;

namespace Neuro.Cli.Headless;

/// <summary>Waits for a file to be saved: in place, or by another that is renamed over it, so the folder is watched, and the text decides.</summary>
internal sealed class SavedFile : IDisposable
{
    /// <summary>An editor's save is several changes.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(50);

    private readonly string path;
    private readonly FileSystemWatcher watcher;
    private readonly Channel<bool> changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private string? last;

    public SavedFile(string path)
    {
        this.path = Path.GetFullPath(path);
        watcher = new FileSystemWatcher(Path.GetDirectoryName(this.path)!, Path.GetFileName(this.path)) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size };
        watcher.Changed += (_, _) => changes.Writer.TryWrite(true);
        watcher.Created += (_, _) => changes.Writer.TryWrite(true);
        watcher.Renamed += (_, _) => changes.Writer.TryWrite(true);
        watcher.Error += (_, _) => changes.Writer.TryWrite(true);
        watcher.EnableRaisingEvents = true;
        changes.Writer.TryWrite(true);
    }

    /// <summary>The text, once it is another than the one returned before; the first at once.</summary>
    public async Task<string> NextAsync(CancellationToken cancel)
    {
        while (true)
        {
            await changes.Reader.ReadAsync(cancel);
            do
            {
                await Task.Delay(Quiet, cancel);
            }
            while (changes.Reader.TryRead(out _));

            if (Text() is { } text && text != last)
            {
                return last = text;
            }
        }
    }

    public void Dispose() => watcher.Dispose();

    /// <summary>Null while the file is away or being written, as it is when it has just been emptied: what ends that is another change.</summary>
    private string? Text()
    {
        try
        {
            return File.ReadAllText(path) is { Length: > 0 } text ? text : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
