using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Models;

namespace Neuro.Backend.Jobs;

/// <summary>What jobs made: datasets and models, as those see them who made or bought them.</summary>
internal sealed class ProductViews(Database database)
{
    public static NeuroException DatasetNotFound(Guid id) => new("dataset.not_found", $"You have no dataset {id}. A dataset is there once its render job has succeeded.") { Status = 404 };

    /// <summary>The datasets that an account made, has bought or has redeemed a licence of.</summary>
    public static IQueryable<DatasetRow> DatasetsOf(NeuroDb db, Guid account) => db.Datasets.AsNoTracking().Where(row => row.AccountId == account
        || db.Licences.Any(licence => licence.AccountId == account && licence.AssetId == row.Id) || db.DatasetReaders.Any(reader => reader.DatasetId == row.Id && reader.AccountId == account));

    /// <summary>The models that an account made or has a licence of.</summary>
    private static IQueryable<ModelRow> ModelsOf(NeuroDb db, Guid account) =>
        db.Models.AsNoTracking().Where(row => row.AccountId == account || db.Licences.Any(licence => licence.AccountId == account && licence.AssetId == row.Id));

    public async Task<IReadOnlyList<DatasetManifest>> DatasetsAsync(Guid account, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var documents = await DatasetsOf(db, account).OrderByDescending(row => row.CreatedAt).Select(row => row.Document).ToListAsync(cancel);
        return documents.ConvertAll(Read<DatasetManifest>);
    }

    public async Task<DatasetManifest> DatasetAsync(Guid account, Guid id, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var document = await DatasetsOf(db, account).Where(row => row.Id == id).Select(row => row.Document).SingleOrDefaultAsync(cancel);
        return document is null ? throw DatasetNotFound(id) : Read<DatasetManifest>(document);
    }

    public async Task<IReadOnlyList<ModelManifest>> ModelsAsync(Guid account, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var documents = await ModelsOf(db, account).OrderByDescending(row => row.CreatedAt).Select(row => row.Document).ToListAsync(cancel);
        return documents.ConvertAll(Read<ModelManifest>);
    }

    public async Task<ModelManifest> ModelAsync(Guid account, Guid id, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var document = await ModelsOf(db, account).Where(row => row.Id == id).Select(row => row.Document).SingleOrDefaultAsync(cancel);
        return document is null
            ? throw new NeuroException("model.not_found", $"You have no model {id}. A model is there once its train job has succeeded.") { Status = 404 }
            : Read<ModelManifest>(document);
    }

    private static T Read<T>(string document) => JsonSerializer.Deserialize<T>(document, NeuroJson.Options)!;
}
