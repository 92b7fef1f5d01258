using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Models;

namespace Neuro.Backend.Jobs;

/// <summary>What jobs made: datasets and models, as their owner sees them.</summary>
internal sealed class ProductViews(Database database)
{
    public static NeuroException DatasetNotFound(Guid id) => new("dataset.not_found", $"You have no dataset {id}. A dataset is there once its render job has succeeded.") { Status = 404 };

    /// <summary>An account's own datasets, and those that it has redeemed a licence of.</summary>
    public static IQueryable<DatasetRow> Readable(NeuroDb db, Guid account) =>
        db.Datasets.AsNoTracking().Where(row => row.AccountId == account || db.DatasetReaders.Any(reader => reader.DatasetId == row.Id && reader.AccountId == account));

    public async Task<IReadOnlyList<DatasetManifest>> DatasetsAsync(Guid account, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var documents = await Readable(db, account).OrderByDescending(row => row.CreatedAt).Select(row => row.Document).ToListAsync(cancel);
        return documents.ConvertAll(Read<DatasetManifest>);
    }

    public async Task<DatasetManifest> DatasetAsync(Guid account, Guid id, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var document = await Readable(db, account).Where(row => row.Id == id).Select(row => row.Document).SingleOrDefaultAsync(cancel);
        return document is null ? throw DatasetNotFound(id) : Read<DatasetManifest>(document);
    }

    public async Task<IReadOnlyList<ModelManifest>> ModelsAsync(Guid account, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var documents = await db.Models.Where(row => row.AccountId == account).OrderByDescending(row => row.CreatedAt).Select(row => row.Document).ToListAsync(cancel);
        return documents.ConvertAll(Read<ModelManifest>);
    }

    public async Task<ModelManifest> ModelAsync(Guid account, Guid id, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var document = await db.Models.Where(row => row.Id == id && row.AccountId == account).Select(row => row.Document).SingleOrDefaultAsync(cancel);
        return document is null
            ? throw new NeuroException("model.not_found", $"You have no model {id}. A model is there once its train job has succeeded.") { Status = 404 }
            : Read<ModelManifest>(document);
    }

    private static T Read<T>(string document) => JsonSerializer.Deserialize<T>(document, NeuroJson.Options)!;
}
