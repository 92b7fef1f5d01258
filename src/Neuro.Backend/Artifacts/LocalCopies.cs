using System.Collections.Concurrent;
using System.Security.Cryptography;
using Neuro.Client.Api;

namespace Neuro.Backend.Artifacts;

/// <summary>
/// Copies on this machine of artifacts that lie in a bucket, each checked against its hash when it arrives. What was not asked for in the last hour makes room, the
/// longest unused first.
/// </summary>
internal sealed class LocalCopies
{
    private static readonly TimeSpan InUse = TimeSpan.FromHours(1);
    private readonly IByteStore store;
    private readonly string folder;
    private readonly long most;
    private readonly TimeProvider time;
    private readonly SemaphoreSlim fetching = new(1);
    private readonly ConcurrentDictionary<string, DateTimeOffset> used = new(StringComparer.Ordinal);

    /// <param name="most">Bytes to keep.</param>
    public LocalCopies(IByteStore store, string folder, TimeProvider time, long most = 20L << 30)
    {
        (this.store, this.folder, this.most, this.time) = (store, folder, most, time);
        Directory.CreateDirectory(folder);
        foreach (var broken in Directory.EnumerateFiles(folder, "*.part"))
        {
            File.Delete(broken);
        }
    }

    /// <summary>The path of the copy, fetched if it is not here.</summary>
    /// <exception cref="NeuroException"><c>artifact.hash_mismatch</c>: the bytes in the store are others.</exception>
    public async Task<string> FetchAsync(string stored, string sha256, long bytes, CancellationToken cancel)
    {
        var path = Path.Combine(folder, sha256);
        await fetching.WaitAsync(cancel);
        try
        {
            used[sha256] = time.GetUtcNow();
            if (!File.Exists(path))
            {
                MakeRoom(bytes);
                await FetchAsync(stored, sha256, path, cancel);
            }

            return path;
        }
        finally
        {
            fetching.Release();
        }
    }

    private async Task FetchAsync(string stored, string sha256, string path, CancellationToken cancel)
    {
        var partial = path + ".part";
        try
        {
            await using (var file = File.Create(partial))
            {
                await using (var stream = await store.OpenAsync(stored, 0, cancel))
                {
                    await stream.CopyToAsync(file, cancel);
                }

                file.Position = 0;
                var found = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));
                if (found != sha256)
                {
                    throw new NeuroException("artifact.hash_mismatch",
                        $"The artifact should be {sha256}, but what lies in the store is {found} ({file.Length} bytes). Upload it again.");
                }
            }

            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private void MakeRoom(long bytes)
    {
        var recent = time.GetUtcNow() - InUse;
        var files = new DirectoryInfo(folder).GetFiles().OrderBy(file => used.GetValueOrDefault(file.Name)).ToList();
        var total = files.Sum(file => file.Length);
        foreach (var file in files.TakeWhile(file => used.GetValueOrDefault(file.Name) < recent))
        {
            if (total <= most - bytes)
            {
                return;
            }

            total -= file.Length;
            file.Delete();
            used.TryRemove(file.Name, out _);
        }
    }
}
