using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Accounts;
using Neuro.Backend.Jobs;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Data;

namespace Neuro.Backend.Artifacts;

/// <summary>Bytes named by their SHA-256, and who may read which.</summary>
/// <remarks>
/// Whatever starts to name an artifact touches its row first, in the same transaction or before. The collector deletes a row only if it was not touched since it
/// looked, so one of the two is told no.
/// </remarks>
internal sealed class ArtifactFiles(Database database, IByteStore store, LocalCopies? copies, TimeProvider time)
{
    /// <summary>The largest artifact, bytes.</summary>
    public const long Largest = 8L << 30;

    /// <summary>What a reader is called that gave an upload up which still takes room.</summary>
    public const string Dropped = "dropped:";

    /// <exception cref="NeuroException"><c>artifact.bad_name</c></exception>
    public static string Checked(string sha256) => sha256.Length == 64 && sha256.All(char.IsAsciiHexDigitLower)
        ? sha256
        : throw new NeuroException("artifact.bad_name", $"'{(sha256.Length <= 80 ? sha256 : sha256[..80] + "…")}' is not the SHA-256 of an artifact; expected 64 lower-case hexadecimal digits.");

    public static NeuroException NotFound(string sha256) =>
        new("artifact.not_found", $"There is no artifact {sha256} that you may read. Upload it first, or check the hash.") { Status = 404 };

    public static string NameOf(ArtifactRow artifact) => artifact.Stored.Length > 0 ? artifact.Stored : artifact.Sha256;

    /// <summary>Says that something is about to name these.</summary>
    /// <exception cref="NeuroException"><c>artifact.not_found</c>: one of them has been collected.</exception>
    public static async Task TouchAsync(NeuroDb db, IReadOnlyCollection<string> hashes, DateTimeOffset now, CancellationToken cancel)
    {
        var names = hashes.Distinct(StringComparer.Ordinal).ToArray();
        if (names.Length == 0)
        {
            return;
        }

        if (db is PostgresNeuroDb)
        {
            // Two that touch the same rows in different orders would wait for each other for ever.
            await db.Database.ExecuteSqlAsync($"SELECT 1 FROM artifacts WHERE sha256 = ANY({names}) ORDER BY sha256 FOR UPDATE", cancel);
        }

        if (await db.Artifacts.Where(row => names.Contains(row.Sha256)).ExecuteUpdateAsync(set => set.SetProperty(row => row.TouchedAt, now), cancel) != names.Length)
        {
            var there = await db.Artifacts.Where(row => names.Contains(row.Sha256)).Select(row => row.Sha256).ToListAsync(cancel);
            throw NotFound(names.Except(there).First());
        }
    }

    /// <summary>Lets somebody read it.</summary>
    /// <exception cref="NeuroException"><c>artifact.not_found</c></exception>
    public static Task GrantAsync(NeuroDb db, string sha256, string reader, DateTimeOffset now, CancellationToken cancel) => GrantAsync(db, [(sha256, reader)], now, cancel);

    /// <summary>Lets several read what is named with them.</summary>
    /// <exception cref="NeuroException"><c>artifact.not_found</c></exception>
    public static async Task GrantAsync(NeuroDb db, IReadOnlyCollection<(string Sha256, string Reader)> granted, DateTimeOffset now, CancellationToken cancel)
    {
        await TouchAsync(db, [.. granted.Select(one => one.Sha256)], now, cancel);
        foreach (var (sha256, reader) in granted.Distinct().Order())
        {
            await db.Database.ExecuteSqlAsync(
                $"INSERT INTO artifact_readers (sha256, reader, granted) VALUES ({sha256}, {reader}, TRUE) ON CONFLICT (sha256, reader) DO UPDATE SET granted = TRUE", cancel);
        }
    }

    /// <summary>Takes an upload off the quota of whom it is charged to: somebody else has bought it.</summary>
    public static Task DischargeAsync(NeuroDb db, string sha256, string reader, CancellationToken cancel) =>
        db.ArtifactReaders.Where(row => row.Sha256 == sha256 && row.Reader == reader).ExecuteUpdateAsync(set => set.SetProperty(row => row.Granted, true).SetProperty(row => row.ChargedTo, (Guid?)null), cancel);

    /// <summary>The artifact, if this reader may read it; else null, as if it were not there.</summary>
    public async Task<ArtifactRow?> FindAsync(string sha256, string reader, string? node, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        if (await db.Artifacts.AsNoTracking().SingleOrDefaultAsync(row => row.Sha256 == sha256, cancel) is not { } artifact || !IsThere(artifact))
        {
            return null;
        }

        var mayRead = await db.ArtifactReaders.AnyAsync(row => row.Sha256 == sha256 && (row.Reader == reader || row.Reader == Caller.Everyone), cancel)
            || (node is not null && await db.Shards.AnyAsync(shard => shard.NodeId == node && shard.State == (int)ShardState.Leased && shard.Inputs.Contains(sha256), cancel));
        return mayRead ? artifact : null;
    }

    /// <summary>As an account sees it, to name it in a plan.</summary>
    /// <exception cref="NeuroException"><c>artifact.not_found</c></exception>
    public ArtifactRow Find(string sha256, Guid account)
    {
        using var db = database.CreateDbContext();
        var (name, reader) = (Checked(sha256), Caller.Reader(account));
        var mayRead = db.ArtifactReaders.Any(row => row.Sha256 == name && (row.Reader == reader || row.Reader == Caller.Everyone));
        var found = mayRead ? db.Artifacts.AsNoTracking().SingleOrDefault(row => row.Sha256 == name) : null;
        return found is not null && IsThere(found) ? found : throw NotFound(name);
    }

    /// <summary>A file with the bytes; fetched first where they lie in a bucket, which takes its time.</summary>
    /// <exception cref="NeuroException"><c>artifact.not_found</c>, <c>artifact.hash_mismatch</c>, <c>artifact.store_failed</c></exception>
    public string PathOf(string sha256)
    {
        using var db = database.CreateDbContext();
        var artifact = db.Artifacts.AsNoTracking().SingleOrDefault(row => row.Sha256 == sha256) ?? throw NotFound(sha256);
        return PathOf(artifact);
    }

    /// <inheritdoc cref="PathOf(string)"/>
    public string PathOf(ArtifactRow artifact) =>
        store.PathOf(NameOf(artifact)) ?? copies!.FetchAsync(NameOf(artifact), artifact.Sha256, artifact.Bytes, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>The bytes as a stream; null where they are got from <see cref="AddressAsync"/> instead.</summary>
    /// <exception cref="NeuroException"><c>artifact.not_found</c>: they were collected meanwhile.</exception>
    public async Task<Stream?> OpenAsync(ArtifactRow artifact, CancellationToken cancel)
    {
        try
        {
            return store.PathOf(NameOf(artifact)) is null ? null : await store.OpenAsync(NameOf(artifact), 0, cancel);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            throw NotFound(artifact.Sha256);
        }
    }

    /// <summary>Where the bytes can be got without the platform.</summary>
    public async Task<Uri> AddressAsync(ArtifactRow artifact) => (await store.AddressToGetAsync(NameOf(artifact)))!;

    /// <summary>
    /// Those of <paramref name="outputs"/> that this node has not uploaded, or whose size is not what it says. The others are kept for at least a day from now.
    /// </summary>
    public async Task<IReadOnlyList<ArtifactRef>> MissingAsync(IReadOnlyList<ArtifactRef> outputs, string node, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var (reader, hashes, now) = (Caller.NodeReader(node), outputs.Select(output => output.Sha256).ToList(), time.GetUtcNow());
        var uploaded = from artifact in db.Artifacts
                       join readable in db.ArtifactReaders on artifact.Sha256 equals readable.Sha256
                       where readable.Reader == reader && hashes.Contains(artifact.Sha256)
                       select artifact;
        var rows = await uploaded.AsNoTracking().ToDictionaryAsync(artifact => artifact.Sha256, cancel);
        var missing = new List<ArtifactRef>();
        foreach (var output in outputs)
        {
            if (!rows.TryGetValue(output.Sha256, out var row) || row.Bytes != output.Bytes || !await store.ExistsAsync(NameOf(row), cancel)
                || await db.Artifacts.Where(artifact => artifact.Sha256 == output.Sha256).ExecuteUpdateAsync(set => set.SetProperty(artifact => artifact.TouchedAt, now), cancel) == 0)
            {
                missing.Add(output);
            }
        }

        return missing;
    }

    /// <summary>Gives up an upload. The bytes go when nothing else keeps them, and count in the quota until then.</summary>
    /// <exception cref="NeuroException"><c>artifact.not_found</c>: this reader has not uploaded it.</exception>
    public Task DropAsync(string sha256, string reader, CancellationToken cancel) => database.WriteAsync(async db =>
    {
        // The row is held first, so that whoever grants it meanwhile comes before all of this or after it.
        await db.Artifacts.Where(row => row.Sha256 == sha256).ExecuteUpdateAsync(set => set.SetProperty(row => row.TouchedAt, row => row.TouchedAt), cancel);
        var mine = await db.ArtifactReaders.AsNoTracking().SingleOrDefaultAsync(row => row.Sha256 == sha256 && row.Reader == reader && row.ChargedTo != null, cancel)
            ?? throw NotFound(sha256);
        if (mine.Granted)
        {
            // It is part of something of theirs: they go on reading it.
            await DischargeAsync(db, sha256, reader, cancel);
            return;
        }

        var dropped = Dropped + reader;
        await db.ArtifactReaders.Where(row => row.Sha256 == sha256 && row.Reader == dropped).ExecuteDeleteAsync(cancel);
        await db.ArtifactReaders.Where(row => row.Sha256 == sha256 && row.Reader == reader).ExecuteUpdateAsync(set => set.SetProperty(row => row.Reader, dropped), cancel);
        if (!await db.ArtifactReaders.AnyAsync(row => row.Sha256 == sha256 && !row.Reader.StartsWith(Dropped), cancel))
        {
            await db.Artifacts.Where(row => row.Sha256 == sha256).ExecuteUpdateAsync(set => set.SetProperty(row => row.TouchedAt, DateTimeOffset.UnixEpoch), cancel);
        }
    }, cancel);

    private bool IsThere(ArtifactRow artifact) => store.PathOf(NameOf(artifact)) is not { } path || File.Exists(path);
}
