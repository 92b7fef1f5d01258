using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Artifacts;
using Neuro.Client.Api;

namespace Neuro.Backend.Storage;

/// <summary>What a backup holds.</summary>
/// <param name="Artifacts">How many artifacts it has now.</param>
/// <param name="Copied">How many of them were new.</param>
/// <param name="Missing">Artifacts that the database names and the folder lacks.</param>
public sealed record BackupReport(long Transfers, int Artifacts, int Copied, IReadOnlyList<string> Missing);

/// <summary>Copies an embedded platform, running or not, into a folder that is a data folder itself: to restore it, start a platform over it.</summary>
/// <remarks>The database first, as of one moment, then the artifacts that it names: what comes later is not named. Into the same folder again, only new artifacts are copied.</remarks>
internal static class Backup
{
    public static async Task<BackupReport> RunAsync(string dataFolder, string target, IProgress<int> progress, CancellationToken cancel)
    {
        DataFolder.Create(target);
        var (copy, file) = (Path.Combine(target, "neuro.db.new"), Path.Combine(target, "neuro.db"));
        File.Delete(copy);
        await using (var source = Database.Sqlite(Path.Combine(dataFolder, "neuro.db")))
        await using (var connection = (SqliteConnection)await source.OpenAsync(cancel))
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "VACUUM INTO $file";
            command.Parameters.AddWithValue("$file", copy);
            await command.ExecuteNonQueryAsync(cancel);
        }

        foreach (var old in new[] { "-wal", "-shm" })
        {
            File.Delete(file + old);
        }

        File.Move(copy, file, overwrite: true);
        foreach (var secret in new[] { "first-user.key", "node-owner.key", Path.Combine("keys", "receipts.ed25519"), Path.Combine("keys", "tokens.hmac") })
        {
            if (File.Exists(Path.Combine(dataFolder, secret)))
            {
                DataFolder.WriteSecret(Path.Combine(target, secret), await File.ReadAllTextAsync(Path.Combine(dataFolder, secret), cancel));
            }
        }

        return await CopyArtifactsAsync(dataFolder, target, file, progress, cancel);
    }

    private static async Task<BackupReport> CopyArtifactsAsync(string dataFolder, string target, string file, IProgress<int> progress, CancellationToken cancel)
    {
        var (all, copied, missing) = (0, 0, new List<string>());
        var (source, copy) = (new FileByteStore(Path.Combine(dataFolder, "artifacts")), new FileByteStore(Path.Combine(target, "artifacts")));
        await using var database = Database.Sqlite(file);
        await using var db = database.CreateDbContext();
        var count = await db.Artifacts.CountAsync(cancel);
        await foreach (var artifact in db.Artifacts.AsNoTracking().AsAsyncEnumerable().WithCancellation(cancel))
        {
            var name = ArtifactFiles.NameOf(artifact);
            var (from, to) = (source.PathOf(name), copy.PathOf(name));
            all++;
            progress.Report((int)((long)all * Platform.Thousandths / count));
            if (File.Exists(to) && new FileInfo(to).Length == artifact.Bytes)
            {
                continue;
            }

            if (!File.Exists(from))
            {
                missing.Add(artifact.Sha256);
                continue;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(from, to + ".new", overwrite: true);
            File.Move(to + ".new", to, overwrite: true);
            copied++;
        }

        return new(await db.Transfers.MaxAsync(row => (long?)row.Sequence, cancel) ?? 0, all, copied, missing);
    }
}
