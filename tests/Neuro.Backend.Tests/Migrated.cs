using Neuro.Backend.Storage;

namespace Neuro.Backend.Tests;

/// <summary>A SQLite database that has its tables and nothing in them: copying it takes a tenth of making it.</summary>
internal static class Migrated
{
    private static readonly Lazy<Task<string>> Template = new(MakeAsync);

    public static async Task CopyToAsync(string path) => File.Copy(await Template.Value, path);

    private static async Task<string> MakeAsync()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("neuro-migrated-").FullName, "neuro.db");
        await using var database = Database.Sqlite(path);
        await database.MigrateAsync(CancellationToken.None);
        return path;
    }
}
