using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Artifacts;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Market;
using Neuro.Client.Models;

namespace Neuro.Backend.Listings;

/// <summary>What a listing sells.</summary>
/// <param name="Name">A generator's name, the id of a dataset or a model; null for a service.</param>
/// <param name="Id">The dataset or model; for a generator an id that follows from its name. Empty for a service.</param>
/// <param name="Content">What it is now, in a few characters: of a generator its version too.</param>
/// <param name="Artifacts">What its buyer may download.</param>
/// <param name="AppraiseAsync">Looks at it.</param>
internal sealed record Asset(string? Name, Guid Id, string Content, IReadOnlyList<ArtifactRef> Artifacts, Func<CancellationToken, Task<Appraisal?>> AppraiseAsync);

/// <summary>Finds what a supplier wants to sell among what is the supplier's own.</summary>
internal sealed class Assets(Database database, ArtifactFiles files, PlatformOptions options)
{
    private const int MostClassNames = 1000;
    private static readonly string[] Goods = ["generator", "dataset", "model"];
    private static readonly string[] Services = ["labelling", "custom-generator", "custom-model"];

    public static bool IsService(string kind) => Services.Contains(kind);

    /// <exception cref="NeuroException"><c>request.out_of_range</c></exception>
    public static void CheckKind(string kind)
    {
        if (!Goods.Contains(kind) && !IsService(kind))
        {
            throw new NeuroException("request.out_of_range", $"kind is '{Words.Clip(kind, 40)}'; expected {string.Join(", ", Goods)}, {string.Join(", ", Services)}.");
        }
    }

    /// <exception cref="NeuroException"><c>listing.bad_asset</c>, or that there is no such thing of this account.</exception>
    public async Task<Asset> FindAsync(Guid account, string kind, string? name, CancellationToken cancel)
    {
        if (IsService(kind) != name is null)
        {
            throw new NeuroException("listing.bad_asset", $"asset is {(name is null ? "missing" : $"'{Words.Clip(name, 40)}'")}; {kind} {(name is null ? "listings name what they sell: a generator's name or the id of a dataset or a model" : "is a service and has none")}.");
        }

        return kind switch
        {
            "generator" => await GeneratorAsync(account, name!, cancel),
            "dataset" => await DatasetAsync(account, name!, cancel),
            "model" => await ModelAsync(account, name!, cancel),
            _ => new(null, Guid.Empty, "", [], _ => Task.FromResult<Appraisal?>(null)),
        };
    }

    private async Task<Asset> GeneratorAsync(Guid account, string name, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var row = await db.Generators.AsNoTracking().Where(row => row.Name == name && row.AccountId == account).OrderByDescending(row => row.Version).FirstOrDefaultAsync(cancel)
            ?? throw new NeuroException("generator.not_found", $"You have no generator '{Words.Clip(name, 40)}'. Publish it first.") { Status = 404 };
        var generator = JsonSerializer.Deserialize<GeneratorListing>(row.Document, NeuroJson.Options)!;
        return new(row.Name, DerivedId.Of("generator/" + row.Name), $"{row.Name} {row.ContentHash}", [], stop => LookAsync(appraiser => appraiser.GeneratorAsync(generator, files.PathOf, stop)));
    }

    private async Task<Asset> DatasetAsync(Guid account, string name, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var id = Guid.TryParse(name, out var parsed) ? parsed : Guid.Empty;
        var document = await db.Datasets.Where(row => row.Id == id && row.AccountId == account).Select(row => row.Document).SingleOrDefaultAsync(cancel)
            ?? throw new NeuroException("dataset.not_found", $"You have made no dataset '{Words.Clip(name, 40)}'. What you sell is yours: a dataset that a job of yours made, by its id.") { Status = 404 };
        var dataset = JsonSerializer.Deserialize<DatasetManifest>(document, NeuroJson.Options)!;
        return new(id.ToString(), id, id.ToString(), dataset.Shards, stop => LookAsync(appraiser => appraiser.DatasetAsync(dataset, files.PathOf, stop)));
    }

    private async Task<Asset> ModelAsync(Guid account, string name, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var id = Guid.TryParse(name, out var parsed) ? parsed : Guid.Empty;
        var document = await db.Models.Where(row => row.Id == id && row.AccountId == account).Select(row => row.Document).SingleOrDefaultAsync(cancel)
            ?? throw new NeuroException("model.not_found", $"You have made no model '{Words.Clip(name, 40)}'. What you sell is yours: a model that a job of yours trained, by its id.") { Status = 404 };
        var model = JsonSerializer.Deserialize<ModelManifest>(document, NeuroJson.Options)!;
        return new(id.ToString(), id, id.ToString(), [model.Package], stop => LookAsync(appraiser => appraiser.ModelAsync(model, files.PathOf, stop)));
    }

    private async Task<Appraisal?> LookAsync(Func<IAppraiser, Task<Appraisal>> look)
    {
        if (options.Appraiser is not { } appraiser)
        {
            return null;
        }

        var seen = await look(appraiser);
        return seen.Preview is not { Length: > Appraisal.LargestPreview }
            ? seen with { Card = seen.Card with { ClassNames = seen.Card.ClassNames is { Count: > MostClassNames } many ? [.. many.Take(MostClassNames)] : seen.Card.ClassNames } }
            : throw new InvalidOperationException($"The appraiser made a preview of {seen.Preview.Length} bytes.");
    }
}
