using System.Data;
using System.Data.Common;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Storage;

namespace Neuro.Backend.Artifacts;

/// <summary>Deletes artifacts that nothing names any more.</summary>
/// <remarks>
/// It looks at one snapshot of the database; then deletes rows, each only if nobody touched it since, and notes in the same transaction what their bytes are
/// called; then deletes bytes that are so noted.
/// Bytes that are uploaded again meanwhile have another name. So it may be stopped anywhere, run twice at once, and run while everything else goes on.
/// </remarks>
internal sealed partial class Collector(Database database, IByteStore store, PlatformOptions options)
{
    /// <summary>How long after an upload, or after it was last granted or named, an artifact is kept in any case.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromDays(1);

    // Locks are held for as long as so many rows take.
    private const int RowsATime = 50;

    /// <summary>An artifact that nothing keeps, as the snapshot has it.</summary>
    internal sealed record Found(string Sha256, long Bytes, string Stored, DateTimeOffset? Touched);

    /// <param name="Given">Given up by those who uploaded them, but kept by something that names them.</param>
    internal sealed record Survey(IReadOnlyList<Found> Unnamed, IReadOnlyDictionary<string, Counted> Kept, IReadOnlyList<string> Given);

    /// <param name="dryRun">Only looks.</param>
    public async Task<CollectionReport> RunAsync(bool dryRun, CancellationToken cancel)
    {
        var survey = await LookAsync(cancel);
        if (dryRun)
        {
            return new(survey.Unnamed.Aggregate(default(Counted), (sum, found) => sum + found.Bytes), survey.Kept);
        }

        var collected = await DeleteRowsAsync(survey, cancel);
        await DeleteBytesAsync(cancel);
        return new(collected, survey.Kept);
    }

    /// <summary>What is kept by what, and what by nothing.</summary>
    internal async Task<Survey> LookAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var snapshot = connection is SqliteConnection sqlite
            ? sqlite.BeginTransaction(deferred: true)
            : await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        var now = options.Time.GetUtcNow();
        var (unnamed, kept) = (new Dictionary<string, Found>(StringComparer.Ordinal), new SortedDictionary<string, Counted>(StringComparer.Ordinal));
        var given = await GivenAsync(snapshot, cancel);
        await ReadArtifactsAsync(snapshot, now - Grace, unnamed, kept, given, cancel);
        var byText = unnamed.GetAlternateLookup<ReadOnlySpan<char>>();
        await foreach (var (because, text) in ArtifactNames.ReadAsync(snapshot, now - options.ReceiptTerm))
        {
            cancel.ThrowIfCancellationRequested();
            foreach (var match in HashPattern().EnumerateMatches(text))
            {
                if (byText.Remove(text.AsSpan(match.Index, match.Length), out _, out var found))
                {
                    kept[because] = kept.GetValueOrDefault(because) + found.Bytes;
                }
            }
        }

        return new([.. unnamed.Values], kept, [.. given.Where(sha256 => !unnamed.ContainsKey(sha256))]);
    }

    /// <summary>Deletes the rows of what nothing keeps, if that is still so.</summary>
    internal async Task<Counted> DeleteRowsAsync(Survey survey, CancellationToken cancel)
    {
        var collected = default(Counted);
        foreach (var some in survey.Unnamed.Chunk(RowsATime))
        {
            var gone = await database.WriteAsync(async db =>
            {
                var deleted = new List<Found>();
                foreach (var found in some)
                {
                    // The same bytes may have gone, come and been given up again since: touched at the same time, but stored under another name.
                    var unchanged = db.Artifacts.Where(row => row.Sha256 == found.Sha256 && row.TouchedAt == found.Touched && (row.Stored == found.Stored || (row.Stored == "" && found.Stored == row.Sha256)));
                    if (await unchanged.ExecuteDeleteAsync(cancel) == 1)
                    {
                        await db.ArtifactReaders.Where(row => row.Sha256 == found.Sha256).ExecuteDeleteAsync(cancel);
                        db.Discarded.Add(new DiscardedRow { Stored = found.Stored, At = options.Time.GetUtcNow() });
                        deleted.Add(found);
                    }
                }

                await db.SaveChangesAsync(cancel);
                return deleted;
            }, cancel);
            collected = gone.Aggregate(collected, (sum, found) => sum + found.Bytes);
        }

        await using var context = database.CreateDbContext();
        foreach (var sha256 in survey.Given)
        {
            await context.ArtifactReaders.Where(row => row.Sha256 == sha256 && row.Reader.StartsWith(ArtifactFiles.Dropped)).ExecuteDeleteAsync(cancel);
        }

        return collected;
    }

    /// <summary>Deletes bytes that nothing points at.</summary>
    internal async Task DeleteBytesAsync(CancellationToken cancel)
    {
        var now = options.Time.GetUtcNow();
        await using var db = database.CreateDbContext();
        foreach (var stored in await db.Discarded.Where(row => row.At <= now).OrderBy(row => row.At).Select(row => row.Stored).ToListAsync(cancel))
        {
            await store.DeleteAsync(stored, cancel);
            await db.Discarded.Where(row => row.Stored == stored).ExecuteDeleteAsync(cancel);
        }
    }

    // What is young is not looked for in any text; what was given up and is young goes on counting.
    private static async Task ReadArtifactsAsync(
        DbTransaction snapshot, DateTimeOffset since, Dictionary<string, Found> old, SortedDictionary<string, Counted> kept, HashSet<string> given, CancellationToken cancel)
    {
        await using var command = Command(snapshot, "SELECT sha256, bytes, stored, created_at, touched_at FROM artifacts");
        await using var rows = await command.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel))
        {
            var (sha256, bytes) = (rows.GetString(0), rows.GetInt64(1));
            var touched = rows.IsDBNull(4) ? (DateTimeOffset?)null : DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(4));
            if ((touched ?? DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(3))) > since)
            {
                kept["new"] = kept.GetValueOrDefault("new") + bytes;
                given.Remove(sha256);
            }
            else
            {
                old.Add(sha256, new(sha256, bytes, rows.GetString(2) is { Length: > 0 } stored ? stored : sha256, touched));
            }
        }
    }

    private static async Task<HashSet<string>> GivenAsync(DbTransaction snapshot, CancellationToken cancel)
    {
        var given = new HashSet<string>(StringComparer.Ordinal);
        await using var command = Command(snapshot, $"SELECT sha256 FROM artifact_readers WHERE reader LIKE '{ArtifactFiles.Dropped}%'");
        await using var rows = await command.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel))
        {
            given.Add(rows.GetString(0));
        }

        return given;
    }

    private static DbCommand Command(DbTransaction snapshot, string sql)
    {
        var command = snapshot.Connection!.CreateCommand();
        command.Transaction = snapshot;
        command.CommandText = sql;
        return command;
    }

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex HashPattern();
}
