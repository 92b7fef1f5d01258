using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Storage;
using Neuro.Client.Api;

namespace Neuro.Backend.Treasury;

/// <summary>What an operator has set, by name.</summary>
internal sealed class TreasurySettings(Database database)
{
    /// <summary>Null when nothing was set.</summary>
    public async Task<T?> ReadAsync<T>(string name, CancellationToken cancel)
        where T : class
    {
        await using var db = database.CreateDbContext();
        var document = await db.TreasurySettings.Where(row => row.Name == name).Select(row => row.Document).SingleOrDefaultAsync(cancel);
        return document is null ? null : JsonSerializer.Deserialize<T>(document, NeuroJson.Options);
    }

    public async Task WriteAsync<T>(string name, T value, CancellationToken cancel)
    {
        var document = JsonSerializer.Serialize(value, NeuroJson.Options);
        await using var db = database.CreateDbContext();
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO treasury_settings (name, document) VALUES ({name}, {document}) ON CONFLICT (name) DO UPDATE SET document = excluded.document", cancel);
    }
}
