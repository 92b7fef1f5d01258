using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Accounts;
using Neuro.Backend.Storage;
using Neuro.Client.Api;

namespace Neuro.Backend.Artifacts;

/// <summary>
/// How much an account's uploads may take in the store. Room is reserved before bytes are received, one reservation of an account after the other, so that many at
/// once cannot pass the limit together.
/// </summary>
internal sealed class Quota(Database database, PlatformOptions options, TimeProvider time)
{
    private const int MostUploads = 1000;

    /// <summary>Reserves what the upload says, and so begins it.</summary>
    /// <exception cref="NeuroException"><c>artifact.over_quota</c>, <c>artifact.too_many_uploads</c></exception>
    public Task BeginAsync(UploadRow upload, CancellationToken cancel) => database.WriteAsync(async db =>
    {
        await RoomAsync(db, upload.ChargedTo, upload.Bytes, cancel);
        if (await db.Uploads.CountAsync(row => row.ChargedTo == upload.ChargedTo, cancel) >= MostUploads)
        {
            throw new NeuroException("artifact.too_many_uploads",
                $"You have begun {MostUploads} uploads that have not ended, the most at once. Finish or cancel some; what is left alone for a day is cancelled by itself.") { Status = 429, RetryAfter = TimeSpan.FromMinutes(1) };
        }

        upload.TouchedAt = time.GetUtcNow();
        db.Uploads.Add(upload);
        await db.SaveChangesAsync(cancel);
    }, cancel);

    /// <summary>
    /// Reserves more for an upload that did not say how large it is: <paramref name="least"/> bytes in all, and up to <paramref name="most"/> where there is room.
    /// </summary>
    /// <exception cref="NeuroException"><c>artifact.over_quota</c>, <c>upload.not_found</c></exception>
    public Task GrowAsync(UploadRow upload, long least, long most, CancellationToken cancel) => database.WriteAsync(async db =>
    {
        var room = await RoomAsync(db, upload.ChargedTo, least - upload.Bytes, cancel);
        var (bytes, now) = (upload.Bytes + Math.Min(room, most - upload.Bytes), time.GetUtcNow());
        if (await db.Uploads.Where(row => row.Id == upload.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Bytes, bytes).SetProperty(row => row.TouchedAt, now), cancel) == 0)
        {
            throw Uploads.NotFound(upload.Sha256);
        }

        upload.Bytes = bytes;
    }, cancel);

    // How much the account may still reserve, which is at least what is wanted.
    private async Task<long> RoomAsync(NeuroDb db, Guid account, long wanted, CancellationToken cancel)
    {
        if (options.ArtifactQuotaBytes == 0)
        {
            return long.MaxValue;
        }

        if (db is PostgresNeuroDb)
        {
            // SQLite has one writer at a time anyway.
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({"quota/" + account}, 0))", cancel);
        }

        // What everyone may read was published: it is no longer this account's alone.
        var stored = db.Artifacts.Where(artifact => db.ArtifactReaders.Any(row => row.Sha256 == artifact.Sha256 && row.ChargedTo == account)
            && !db.ArtifactReaders.Any(row => row.Sha256 == artifact.Sha256 && row.Reader == Caller.Everyone));
        // In one statement: an upload that is admitted between two would be in neither.
        var used = await stored.Select(artifact => artifact.Bytes).Concat(db.Uploads.Where(row => row.ChargedTo == account).Select(row => row.Bytes)).SumAsync(cancel);
        return used + wanted <= options.ArtifactQuotaBytes ? options.ArtifactQuotaBytes - used : throw new NeuroException(
            "artifact.over_quota",
            $"Your uploads take {used} of {options.ArtifactQuotaBytes} bytes, those that have begun included; {wanted} more do not fit. Delete uploads that you do not need: their room is free some minutes later, when the platform has collected them.")
        { Status = 413 };
    }
}
