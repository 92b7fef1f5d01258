using System.Buffers;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Data;

namespace Neuro.Backend.Artifacts;

/// <summary>Who uploads: as whom they read it afterwards, and the account in whose quota it counts.</summary>
internal sealed record Uploader(string Reader, Guid Account);

/// <summary>Brings bytes into the store: whole in one request, or in parts that survive broken connections and restarts of either side.</summary>
/// <remarks>
/// What arrives is written to a file of the upload's own, so that two who bring the same bytes do not meet before the end. A part is checked and flushed to the
/// disk before its row says that it is there; what lies behind that is cut off when the next part comes.
/// An artifact is admitted under a name of its own (<see cref="ArtifactRow.Stored"/>) in one transaction that also ends the upload. Until then the upload's row
/// leads the sweeper to whatever it left.
/// </remarks>
internal sealed class Uploads
{
    /// <summary>The largest part, bytes.</summary>
    public const long LargestPart = 64 << 20;

    private const int BufferBytes = 128 << 10;

    /// <summary>How long an upload that nobody goes on with is kept.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);
    private readonly Database database;
    private readonly IByteStore store;
    private readonly LocalCopies? copies;
    private readonly Quota quota;
    private readonly TimeProvider time;
    private readonly string incoming;

    public Uploads(Database database, IByteStore store, LocalCopies? copies, Quota quota, TimeProvider time, string folder)
    {
        (this.database, this.store, this.copies, this.quota, this.time) = (database, store, copies, quota, time);
        incoming = Path.Combine(folder, "incoming");
        Directory.CreateDirectory(incoming);
    }

    public static NeuroException NotFound(string sha256) =>
        new("upload.not_found", $"You have no upload of {sha256} that has begun. Begin it with POST /v1/artifacts/{{sha256}}/upload; it may also have ended, or lain untouched for a day.") { Status = 404 };

    /// <summary>Begins an upload, or says how far the one that was begun is, or that the artifact is there.</summary>
    /// <exception cref="NeuroException"><c>artifact.too_large</c>, <c>artifact.wrong_size</c>, <c>artifact.over_quota</c>, <c>artifact.too_many_uploads</c></exception>
    public async Task<UploadState> BeginAsync(string sha256, long bytes, string mediaType, Uploader who, CancellationToken cancel)
    {
        CheckSize(bytes);
        if (await FindWholeAsync(sha256, bytes, who, cancel))
        {
            return new(bytes, true, LargestPart);
        }

        if (await FindAsync(sha256, who, cancel) is { } begun)
        {
            if (begun.Bytes == bytes)
            {
                return await StateAsync(begun, cancel);
            }

            await EndAsync(begun, cancel); // One of the two sizes was wrong; the hash will tell.
        }

        var upload = new UploadRow { Id = Guid.CreateVersion7(), Sha256 = sha256, Reader = who.Reader, ChargedTo = who.Account, MediaType = mediaType, Bytes = bytes, Resumable = true };
        await File.Create(PathOf(upload)).DisposeAsync();
        try
        {
            await quota.BeginAsync(upload, cancel);
        }
        catch (Exception failure)
        {
            File.Delete(PathOf(upload));
            if (failure is not DbUpdateException || await FindAsync(sha256, who, cancel) is not { } other)
            {
                throw;
            }

            upload = other; // Begun twice at once.
        }

        return await StateAsync(upload, cancel);
    }

    /// <summary>How far an upload is.</summary>
    /// <exception cref="NeuroException"><c>upload.not_found</c></exception>
    public async Task<UploadState> StateAsync(string sha256, Uploader who, CancellationToken cancel) =>
        await StateAsync(await FindAsync(sha256, who, cancel) ?? throw NotFound(sha256), cancel);

    /// <summary>Takes the next part, and with the last one admits the artifact.</summary>
    /// <param name="digest">SHA-256 of the part.</param>
    /// <param name="complete">Nothing comes after it.</param>
    /// <exception cref="NeuroException">
    /// <c>upload.not_found</c>, <c>artifact.upload_busy</c>, <c>artifact.wrong_offset</c>, <c>artifact.wrong_size</c>, <c>artifact.part_broken</c>: nothing of the
    /// part was kept. <c>artifact.hash_mismatch</c>: nothing at all was.
    /// </exception>
    public async Task<UploadState> AppendAsync(string sha256, Uploader who, long offset, bool complete, ReadOnlyMemory<byte> digest, Stream body, CancellationToken cancel)
    {
        var upload = await FindAsync(sha256, who, cancel) ?? throw NotFound(sha256);
        await using var file = Lock(upload);
        upload = await FindAsync(sha256, who, cancel) ?? throw NotFound(sha256); // Again, now that nobody else moves it.
        var arrived = Math.Min(upload.Arrived, file.Length);
        if (complete && arrived == 0 && offset > 0 && offset == upload.Bytes && await AdoptAsync(upload, cancel))
        {
            return new(upload.Bytes, true, LargestPart);
        }

        if (offset != arrived)
        {
            throw new NeuroException("artifact.wrong_offset",
                $"The part begins at byte {offset}, but {arrived} bytes are here. Ask for the upload's state and send from there.") { Status = 409 };
        }

        var now = await WriteAsync(upload, file, arrived, digest, body, cancel);
        if (!complete)
        {
            return new(now, false, LargestPart);
        }

        if (now != upload.Bytes)
        {
            throw new NeuroException("artifact.wrong_size",
                $"The upload was to have {upload.Bytes} bytes, and {now} are here. Send the rest, or begin again with the right size.");
        }

        file.Position = 0;
        await CheckAsync(upload, Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel)), cancel);
        await store.PutAsync(StoredAs(upload), file, upload.MediaType, cancel);
        await AdmitAsync(upload, upload.Bytes, cancel);
        return new(upload.Bytes, true, LargestPart);
    }

    /// <summary>Forgets an upload and what has arrived of it.</summary>
    /// <exception cref="NeuroException"><c>upload.not_found</c></exception>
    public async Task CancelAsync(string sha256, Uploader who, CancellationToken cancel) =>
        await EndAsync(await FindAsync(sha256, who, cancel) ?? throw NotFound(sha256), cancel);

    /// <summary>Takes a whole artifact in one request and keeps it if it is what its name says.</summary>
    /// <param name="bytes">Its size, or null if the request does not say.</param>
    /// <exception cref="NeuroException">
    /// <c>artifact.hash_mismatch</c>, <c>artifact.too_large</c>, <c>artifact.over_quota</c>, <c>artifact.too_many_uploads</c>
    /// </exception>
    public async Task SaveAsync(string sha256, long? bytes, Stream body, string mediaType, Uploader who, CancellationToken cancel)
    {
        CheckSize(bytes ?? 0);
        var upload = new UploadRow { Id = Guid.CreateVersion7(), Sha256 = sha256, Reader = who.Reader, ChargedTo = who.Account, MediaType = mediaType, Bytes = bytes ?? 0 };
        await using var file = Lock(upload);
        try
        {
            await quota.BeginAsync(upload, cancel);
            await CheckAsync(upload, await ReceiveAsync(upload, body, file, cancel), cancel);
            file.Flush(flushToDisk: true);
            var length = file.Length;
            await store.PutAsync(StoredAs(upload), file, mediaType, cancel);
            await AdmitAsync(upload, length, cancel);
        }
        catch
        {
            await EndAsync(upload, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Clears away what this process left when it last stopped: uploads that end with their connection.</summary>
    public async Task CleanAsync(CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        foreach (var path in Directory.EnumerateFiles(incoming))
        {
            var upload = Guid.TryParseExact(Path.GetFileName(path), "N", out var id)
                ? await db.Uploads.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancel)
                : null;
            if (upload is { Resumable: false })
            {
                // One that is open is just arriving at another replica.
                await ((await IsIdleAsync(path)) ? EndAsync(upload, cancel) : Task.CompletedTask);
            }
            else if (upload is null)
            {
                File.Delete(path);
            }
        }
    }

    private static async Task<bool> IsIdleAsync(string path)
    {
        try
        {
            await using var alone = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Ends uploads that nobody has gone on with for a day; returns how many.</summary>
    public async Task<int> SweepAsync(CancellationToken cancel)
    {
        var over = time.GetUtcNow() - Kept;
        await using var db = database.CreateDbContext();
        var stale = await db.Uploads.AsNoTracking().Where(row => row.TouchedAt <= over).ToListAsync(cancel);
        foreach (var upload in stale)
        {
            await EndAsync(upload, cancel);
        }

        return stale.Count;
    }

    /// <summary>What the bytes of an upload are called in the store.</summary>
    internal static string StoredAs(UploadRow upload) => $"{upload.Sha256}.{upload.Id:N}";

    // No slash: not every store reads one back in the source of a copy.
    private static string StagedAs(UploadRow upload) => $"incoming.{upload.Id:N}";

    private static void CheckSize(long bytes)
    {
        if (bytes > ArtifactFiles.Largest)
        {
            throw new NeuroException("artifact.too_large", $"The artifact has {bytes} bytes; one has at most {ArtifactFiles.Largest}. Split it.") { Status = 413 };
        }
    }

    private string PathOf(UploadRow upload) => Path.Combine(incoming, upload.Id.ToString("N"));

    private async Task<UploadRow?> FindAsync(string sha256, Uploader who, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        return await db.Uploads.AsNoTracking().SingleOrDefaultAsync(row => row.Reader == who.Reader && row.Sha256 == sha256 && row.Resumable, cancel);
    }

    // One that can be read is kept for another day; one whose bytes were lost may be brought again.
    private async Task<bool> FindWholeAsync(string sha256, long bytes, Uploader who, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var mine = db.ArtifactReaders.Where(reader => reader.Sha256 == sha256 && reader.Reader == who.Reader);
        var known = await db.Artifacts.AsNoTracking().Where(row => row.Sha256 == sha256 && mine.Any()).SingleOrDefaultAsync(cancel);
        if (known is null || !await store.ExistsAsync(ArtifactFiles.NameOf(known), cancel))
        {
            return false;
        }

        if (known.Bytes != bytes)
        {
            throw new NeuroException("artifact.wrong_size",
                $"{sha256} has {known.Bytes} bytes, not {bytes}. It is here already; there is nothing to send.") { Status = 409 };
        }

        var now = time.GetUtcNow();
        return await db.Artifacts.Where(row => row.Sha256 == sha256).ExecuteUpdateAsync(set => set.SetProperty(row => row.TouchedAt, now), cancel) == 1;
    }

    private async Task<UploadState> StateAsync(UploadRow upload, CancellationToken cancel)
    {
        var file = new FileInfo(PathOf(upload));
        await using var db = database.CreateDbContext();
        var arrived = await db.Uploads.Where(row => row.Id == upload.Id).Select(row => row.Arrived).SingleOrDefaultAsync(cancel);
        return new(Math.Min(arrived, file.Exists ? file.Length : 0), false, LargestPart, await store.AddressToPutAsync(StagedAs(upload)));
    }

    // Open for itself alone, also to other processes: it is the lock of the upload. Windows would not let it be moved or deleted without saying so.
    private FileStream Lock(UploadRow upload)
    {
        try
        {
            return new FileStream(PathOf(upload), FileMode.OpenOrCreate, FileAccess.ReadWrite, OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None, 0);
        }
        catch (IOException busy) when (File.Exists(PathOf(upload)) && Failures.Describe(busy) is null)
        {
            throw new NeuroException("artifact.upload_busy",
                $"Another part of {upload.Sha256} is just arriving. Ask for the upload's state in a second.", busy) { Status = 409, RetryAfter = TimeSpan.FromSeconds(1) };
        }
    }

    private async Task<long> WriteAsync(UploadRow upload, FileStream file, long arrived, ReadOnlyMemory<byte> digest, Stream body, CancellationToken cancel)
    {
        file.SetLength(arrived);
        file.Position = arrived;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            await CopyAsync(body, file, hash, length => length <= upload.Bytes ? Task.CompletedTask : throw new NeuroException(
                "artifact.wrong_size", $"The upload was to have {upload.Bytes} bytes, and more would be here. Nothing of this part was kept."), cancel);
            if (!CryptographicOperations.FixedTimeEquals(hash.GetCurrentHash(), digest.Span))
            {
                throw new NeuroException("artifact.part_broken",
                    $"The part from byte {arrived} on ({file.Length - arrived} bytes) is not what its Content-Digest says. Nothing of it was kept; send it again.");
            }
        }
        catch
        {
            file.SetLength(arrived);
            throw;
        }

        file.Flush(flushToDisk: true);
        var (now, length) = (time.GetUtcNow(), file.Length);
        await using var db = database.CreateDbContext();
        return await db.Uploads.Where(row => row.Id == upload.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Arrived, length).SetProperty(row => row.TouchedAt, now), cancel) == 1
            ? length
            : throw NotFound(upload.Sha256);
    }

    private async Task<string> ReceiveAsync(UploadRow upload, Stream body, FileStream file, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await CopyAsync(body, file, hash, async length =>
        {
            CheckSize(length);
            if (length > upload.Bytes)
            {
                await quota.GrowAsync(upload, length, Math.Min(length + LargestPart, ArtifactFiles.Largest), cancel);
            }
        }, cancel);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <param name="check">Asked before each piece is written, with the length that the file will have.</param>
    private static async Task CopyAsync(Stream body, FileStream file, IncrementalHash hash, Func<long, Task> check, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (int read; (read = await body.ReadAsync(buffer, cancel)) > 0;)
            {
                await check(file.Length + read);
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancel);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Ends an upload whose bytes are not what its name says.</summary>
    private async Task CheckAsync(UploadRow upload, string found, CancellationToken cancel)
    {
        if (found != upload.Sha256)
        {
            await EndAsync(upload, cancel);
            throw new NeuroException("artifact.hash_mismatch", $"The artifact should be {upload.Sha256} but {found} arrived. Nothing was kept; send it again.");
        }
    }

    // Bytes that were put into the bucket without us: they get a name that only we write to, and are read again.
    private async Task<bool> AdoptAsync(UploadRow upload, CancellationToken cancel)
    {
        if (copies is null || !await store.RenameAsync(StagedAs(upload), StoredAs(upload), upload.Bytes, cancel))
        {
            return false;
        }

        try
        {
            await copies.FetchAsync(StoredAs(upload), upload.Sha256, upload.Bytes, cancel);
        }
        catch (NeuroException wrong) when (wrong.Code == "artifact.hash_mismatch")
        {
            await EndAsync(upload, cancel);
            throw;
        }

        await AdmitAsync(upload, upload.Bytes, cancel);
        return true;
    }

    private async Task AdmitAsync(UploadRow upload, long bytes, CancellationToken cancel)
    {
        var (stored, now) = (StoredAs(upload), time.GetUtcNow());
        await database.WriteAsync(async db =>
        {
            if (await db.Uploads.Where(row => row.Id == upload.Id).ExecuteDeleteAsync(cancel) == 0)
            {
                throw NotFound(upload.Sha256);
            }

            // Somebody else's bytes stay, if they are still there; ours then go.
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO artifacts (sha256, bytes, media_type, created_at, stored, touched_at)
                VALUES ({upload.Sha256}, {bytes}, {upload.MediaType}, {now.ToUnixTimeMilliseconds()}, {stored}, {now.ToUnixTimeMilliseconds()})
                ON CONFLICT (sha256) DO UPDATE SET touched_at = excluded.touched_at
                """, cancel);
            var row = await db.Artifacts.AsNoTracking().SingleAsync(artifact => artifact.Sha256 == upload.Sha256, cancel);
            var (rest, other) = (stored, ArtifactFiles.NameOf(row));
            if (other != stored && store.PathOf(other) is { } path && !File.Exists(path))
            {
                await db.Artifacts.Where(artifact => artifact.Sha256 == upload.Sha256).ExecuteUpdateAsync(set => set.SetProperty(artifact => artifact.Stored, stored), cancel);
                rest = other;
            }

            if (other != stored)
            {
                db.Discarded.Add(new DiscardedRow { Stored = rest, At = now });
            }

            DiscardStaged(db, upload, now);
            await db.SaveChangesAsync(cancel);
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO artifact_readers (sha256, reader, granted, charged_to) VALUES ({upload.Sha256}, {upload.Reader}, FALSE, {upload.ChargedTo})
                ON CONFLICT (sha256, reader) DO UPDATE SET charged_to = excluded.charged_to
                """, cancel);
            var dropped = ArtifactFiles.Dropped + upload.Reader;
            await db.ArtifactReaders.Where(reader => reader.Sha256 == upload.Sha256 && reader.Reader == dropped).ExecuteDeleteAsync(cancel);
        }, cancel);
        File.Delete(PathOf(upload));
    }

    // Until its address is over, something may be put there again.
    private void DiscardStaged(NeuroDb db, UploadRow upload, DateTimeOffset now)
    {
        if (copies is not null && upload.Resumable)
        {
            db.Discarded.Add(new DiscardedRow { Stored = StagedAs(upload), At = now + IByteStore.AddressTime });
        }
    }

    // Whoever takes the upload's row away decides: here, or where the artifact is admitted.
    private async Task EndAsync(UploadRow upload, CancellationToken cancel)
    {
        await database.WriteAsync(async db =>
        {
            if (await db.Uploads.Where(row => row.Id == upload.Id).ExecuteDeleteAsync(cancel) == 1)
            {
                var now = time.GetUtcNow();
                db.Discarded.Add(new DiscardedRow { Stored = StoredAs(upload), At = now });
                DiscardStaged(db, upload, now);
                await db.SaveChangesAsync(cancel);
            }
        }, cancel);
        File.Delete(PathOf(upload));
    }
}
