namespace Neuro.Backend.Artifacts;

/// <summary>Files in a folder, in subfolders by the first two letters of their names.</summary>
internal sealed class FileByteStore(string folder) : IByteStore
{
    public Task PutAsync(string stored, FileStream file, string mediaType, CancellationToken cancel)
    {
        var path = PathOf(stored);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Move(file.Name, path, overwrite: true);
        return Task.CompletedTask;
    }

    public Task<Stream> OpenAsync(string stored, long offset, CancellationToken cancel) =>
        Task.FromResult<Stream>(new FileStream(PathOf(stored), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 0, FileOptions.Asynchronous) { Position = offset });

    public Task<bool> ExistsAsync(string stored, CancellationToken cancel) => Task.FromResult(File.Exists(PathOf(stored)));

    public Task DeleteAsync(string stored, CancellationToken cancel)
    {
        if (Directory.Exists(Path.GetDirectoryName(PathOf(stored))))
        {
            File.Delete(PathOf(stored));
        }

        return Task.CompletedTask;
    }

    public string PathOf(string stored) => Path.Combine(folder, stored[..2], stored);

    public Task<Uri?> AddressToGetAsync(string stored) => Task.FromResult<Uri?>(null);

    public Task<Uri?> AddressToPutAsync(string stored) => Task.FromResult<Uri?>(null);

    public Task<bool> RenameAsync(string from, string to, long bytes, CancellationToken cancel) => Task.FromResult(false);
}
