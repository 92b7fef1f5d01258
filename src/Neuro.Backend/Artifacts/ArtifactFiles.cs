using System.Buffers;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Accounts;
using Neuro.Backend.Jobs;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Data;

namespace Neuro.Backend.Artifacts;

/// <summary>Bytes named by their SHA-256, as files, and who may read which.</summary>
/// <remarks>A file is written under a temporary name, checked, flushed to the disk and then renamed: what is there is whole.</remarks>
internal sealed class ArtifactFiles
{
    /// <summary>The largest artifact, bytes.</summary>
    public const long Largest = 8L << 30;
    private const int BufferBytes = 128 << 10;

    private readonly Database database;
    private readonly TimeProvider time;
    private readonly string folder;
    private readonly string incoming;

    public ArtifactFiles(Database database, TimeProvider time, string folder)
    {
        this.database = database;
        this.time = time;
        this.folder = folder;
        incoming = Path.Combine(folder, "incoming");
        Directory.CreateDirectory(incoming);
        foreach (var broken in Directory.EnumerateFiles(incoming))
        {
            File.Delete(broken);
        }
    }

    /// <summary>Where the bytes lie. The hash must have been checked to be one: it becomes a file name.</summary>
    public string PathOf(string sha256) => Path.Combine(folder, Checked(sha256)[..2], sha256);

    /// <exception cref="NeuroException"><c>artifact.bad_name</c></exception>
    public static string Checked(string sha256) => sha256.Length == 64 && sha256.All(char.IsAsciiHexDigitLower)
        ? sha256
        : throw new NeuroException("artifact.bad_name", $"'{(sha256.Length <= 80 ? sha256 : sha256[..80] + "…")}' is not the SHA-256 of an artifact; expected 64 lower-case hexadecimal digits.");

    public static NeuroException NotFound(string sha256) =>
        new("artifact.not_found", $"There is no artifact {sha256} that you may read. Upload it first, or check the hash.") { Status = 404 };

    /// <summary>Keeps what arrives if it is what its name says, and lets <paramref name="reader"/> read it.</summary>
    /// <exception cref="NeuroException"><c>artifact.hash_mismatch</c>, <c>artifact.too_large</c></exception>
    public async Task SaveAsync(string sha256, Stream body, string mediaType, string reader, CancellationToken cancel)
    {
        var path = PathOf(sha256);
        var temporary = Path.Combine(incoming, Guid.NewGuid().ToString("N"));
        try
        {
            var bytes = await ReceiveAsync(sha256, body, temporary, cancel);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Move(temporary, path, overwrite: true);
            await using var db = database.CreateDbContext();
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            await db.Database.ExecuteSqlAsync($"INSERT INTO artifacts (sha256, bytes, media_type, created_at) VALUES ({sha256}, {bytes}, {mediaType}, {now}) ON CONFLICT (sha256) DO NOTHING", cancel);
            await GrantAsync(db, sha256, reader, cancel);
            await transaction.CommitAsync(cancel);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public static Task GrantAsync(NeuroDb db, string sha256, string reader, CancellationToken cancel) =>
        db.Database.ExecuteSqlAsync($"INSERT INTO artifact_readers (sha256, reader) VALUES ({sha256}, {reader}) ON CONFLICT (sha256, reader) DO NOTHING", cancel);

    /// <summary>The artifact, if this reader may read it; else null, as if it were not there.</summary>
    public async Task<ArtifactRow?> FindAsync(string sha256, string reader, string? node, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        if (await db.Artifacts.AsNoTracking().SingleOrDefaultAsync(row => row.Sha256 == sha256, cancel) is not { } artifact || !File.Exists(PathOf(sha256)))
        {
            return null;
        }

        var mayRead = await db.ArtifactReaders.AnyAsync(row => row.Sha256 == sha256 && (row.Reader == reader || row.Reader == Caller.Everyone), cancel)
            || (node is not null && await db.Shards.AnyAsync(shard => shard.NodeId == node && shard.State == (int)ShardState.Leased && shard.Inputs.Contains(sha256), cancel));
        return mayRead ? artifact : null;
    }

    /// <summary>Those of <paramref name="outputs"/> that this node has not uploaded, or whose size is not what it says.</summary>
    public async Task<IReadOnlyList<ArtifactRef>> MissingAsync(IReadOnlyList<ArtifactRef> outputs, string node, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var (reader, hashes) = (Caller.NodeReader(node), outputs.Select(output => output.Sha256).ToList());
        var sizes = await (from artifact in db.Artifacts
                           join readable in db.ArtifactReaders on artifact.Sha256 equals readable.Sha256
                           where readable.Reader == reader && hashes.Contains(artifact.Sha256)
                           select artifact).ToDictionaryAsync(artifact => artifact.Sha256, artifact => artifact.Bytes, cancel);
        return [.. outputs.Where(output => sizes.GetValueOrDefault(output.Sha256, -1) != output.Bytes || !File.Exists(PathOf(output.Sha256)))];
    }

    private static async Task<long> ReceiveAsync(string sha256, Stream body, string temporary, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (int read; (read = await body.ReadAsync(buffer, cancel)) > 0;)
            {
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancel);
                if (file.Length > Largest)
                {
                    throw new NeuroException("artifact.too_large", $"An artifact has at most {Largest} bytes; more arrived. Split it.") { Status = 413 };
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        var found = Convert.ToHexStringLower(hash.GetCurrentHash());
        if (found != sha256)
        {
            throw new NeuroException("artifact.hash_mismatch", $"The artifact should be {sha256} but {found} arrived ({file.Length} bytes). Nothing was kept; send it again.");
        }

        file.Flush(flushToDisk: true);
        return file.Length;
    }
}
