using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Artifacts;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Listings;

/// <summary>Where suppliers put things on offer, and take them off it.</summary>
/// <remarks>What a listing says and sells is its content, in versions that never change; price, stock and whether quotes are given are terms, which do.</remarks>
internal sealed partial class ListingDesk(Database database, Assets assets, ListingViews views, Gates gates, TimeProvider time)
{
    private const int ShortestName = 3;
    private const int LongestName = 40;
    private const int LongestText = 8000;
    private const long MostStock = 1_000_000_000;
    private const int MostVersions = 500;
    private const int GrantsAtOnce = 500;

    /// <summary>Puts something on offer, changes it, or lists it again. The same again changes nothing.</summary>
    /// <exception cref="NeuroException">
    /// <c>listing.bad_name</c>, <c>listing.bad_terms</c>, <c>listing.bad_asset</c>, <c>listing.name_taken</c>, <c>listing.id_taken</c>, <c>listing.exists_with_different_name</c>, <c>listing.too_many</c>,
    /// or that the asset is not the supplier's.
    /// </exception>
    public async Task<Listing> PublishAsync(Guid account, Guid id, ListingPublication publication, CancellationToken cancel)
    {
        Input.Id(id, "id");
        Check(publication);
        using (await gates.EnterAsync(account, cancel))
        {
            var known = await PlaceAsync(account, id, publication, cancel);
            var asset = await assets.FindAsync(account, publication.Kind, publication.Asset, cancel);
            var content = ContentHash(publication, asset);
            if (known?.ContentHash != content)
            {
                var seen = await asset.AppraiseAsync(cancel);
                await AddVersionAsync(account, id, publication, (known?.Version ?? 0) + 1, content, asset, seen, cancel);
            }
            else
            {
                await using var db = database.CreateDbContext();
                await db.Listings.Where(row => row.Id == id).ExecuteUpdateAsync(set => set
                    .SetProperty(row => row.PriceNano, publication.Price == null ? null : publication.Price.Value.Nano).SetProperty(row => row.Stock, publication.Stock)
                    .SetProperty(row => row.Quotes, publication.Quotes).SetProperty(row => row.Delisted, false), cancel);
            }
        }

        return await views.GetAsync(account, id, cancel);
    }

    /// <summary>Takes something off the offer; licences stay what they are, and deals go on.</summary>
    /// <exception cref="NeuroException"><c>listing.not_found</c></exception>
    public async Task<Listing> DelistAsync(Guid account, Guid id, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        return await db.Listings.Where(row => row.Id == id && row.AccountId == account).ExecuteUpdateAsync(set => set.SetProperty(row => row.Delisted, true), cancel) == 1
            ? await views.GetAsync(account, id, cancel)
            : throw ListingViews.NotFound(id);
    }

    private static void Check(ListingPublication publication)
    {
        Assets.CheckKind(Input.NotNull(publication.Kind, "kind"));
        var name = Input.NotNull(publication.Name, "name");
        if (name.Length is < ShortestName or > LongestName || !NamePattern().IsMatch(name))
        {
            throw new NeuroException(
                "listing.bad_name", $"'{Words.Clip(name, LongestName)}' ({name.Length} characters) is no name for a listing; expected {ShortestName} to {LongestName} small letters, digits and single hyphens between them, such as fridge-shelves.");
        }

        Input.Text(publication.Title, "title", 1, 100);
        Input.Text(publication.Description, "description", 0, LongestText);
        Input.Text(publication.Licence, "licence", 1, LongestText);
        Input.Range(publication.Price?.Nano ?? 1, "price in nano NTK", 1, Ntk.Supply.Nano);
        Input.Range(publication.Stock ?? 1, "stock", 1, MostStock);
        if (Assets.IsService(publication.Kind) ? !publication.Quotes || publication.Price is not null : publication.Price is null && !publication.Quotes)
        {
            throw new NeuroException("listing.bad_terms", Assets.IsService(publication.Kind)
                ? $"A {publication.Kind} listing is a service: it is sold by quotes and paid by milestones, so quotes is true and price is left out."
                : "A listing has a price, or gives quotes, or both; this one has neither.");
        }

        if (publication.Stock is not null && publication.Price is null)
        {
            throw new NeuroException("listing.bad_terms", $"stock is {publication.Stock}, but there is no price that it could be sold at. Set a price, or leave stock out.");
        }
    }

    /// <summary>The listing of this id, or null for a new one.</summary>
    private async Task<ListingRow?> PlaceAsync(Guid account, Guid id, ListingPublication publication, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        if (await db.Listings.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancel) is { } known)
        {
            return known.AccountId != account ? throw Taken(id)
                : (known.Name, known.Kind) == (publication.Name, publication.Kind) ? known
                : throw new NeuroException("listing.exists_with_different_name", $"Listing {id} is '{known.Name}', a {known.Kind}; name and kind of a listing stay. Use a new id for another listing.") { Status = 409 };
        }

        return await db.Listings.AsNoTracking().SingleOrDefaultAsync(row => row.AccountId == account && row.Name == publication.Name, cancel) is { } other
            ? throw new NeuroException("listing.name_taken", $"Your listing {other.Id} is named '{other.Name}' already. Publish its next version under that id, or take another name.") { Status = 409 }
            : null;
    }

    private async Task AddVersionAsync(Guid account, Guid id, ListingPublication publication, int version, string content, Asset asset, Appraisal? seen, CancellationToken cancel)
    {
        await using (var counting = database.CreateDbContext())
        {
            var versions = from row in counting.ListingVersions join listing in counting.Listings on row.ListingId equals listing.Id where listing.AccountId == account select row;
            if (await versions.CountAsync(cancel) >= MostVersions)
            {
                throw new NeuroException("listing.too_many", $"You have published {MostVersions} versions of listings, the most an account may. Go on with one of them.") { Status = 409 };
            }
        }

        // Before the version, and little by little: nobody reads under this name until a licence copies it, and a large dataset must not keep the ledger waiting.
        foreach (var some in asset.Artifacts.Chunk(GrantsAtOnce))
        {
            await database.WriteAsync(async db =>
            {
                foreach (var artifact in some)
                {
                    await ArtifactFiles.GrantAsync(db, artifact.Sha256, Licences.Reader(id, version), cancel);
                }
            }, cancel);
        }

        var now = time.GetUtcNow();
        try
        {
            await database.WriteAsync(async db =>
            {
                db.ListingVersions.Add(new ListingVersionRow
                {
                    ListingId = id,
                    Version = version,
                    Title = Words.Clip(publication.Title, 100),
                    Description = Words.Lines(publication.Description),
                    Licence = Words.Lines(publication.Licence),
                    Asset = asset.Name,
                    AssetId = asset.Id,
                    Card = seen is null ? null : JsonSerializer.Serialize(seen.Card, NeuroJson.Options),
                    HasPreview = seen?.Preview is not null,
                    At = now,
                });
                if (seen?.Preview is { } jpeg)
                {
                    db.ListingPreviews.Add(new ListingPreviewRow { ListingId = id, Version = version, Jpeg = jpeg });
                }

                var row = await db.Listings.SingleOrDefaultAsync(row => row.Id == id, cancel) ?? db.Listings.Add(new ListingRow { Id = id, AccountId = account, Name = publication.Name, Kind = publication.Kind, CreatedAt = now }).Entity;
                (row.Version, row.ContentHash, row.Delisted) = (version, content, false);
                (row.PriceNano, row.Stock, row.Quotes) = (publication.Price?.Nano, publication.Stock, publication.Quotes);
                await db.SaveChangesAsync(cancel);
            }, cancel);
        }
        catch (DbUpdateException)
        {
            await using var db = database.CreateDbContext();
            throw await db.Listings.AnyAsync(row => row.Id == id && row.AccountId != account, cancel) ? Taken(id) : new NeuroException("listing.busy", $"Listing {id} was being published elsewhere at the same time. Send the same request again.") { Status = 503 };
        }
    }

    private static string ContentHash(ListingPublication publication, Asset asset) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new[] { publication.Kind, publication.Title, publication.Description, publication.Licence, asset.Content })));

    private static NeuroException Taken(Guid id) => new("listing.id_taken", $"The id {id} is that of another's listing. Make a new id for yours.") { Status = 409 };

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*\\z")]
    private static partial Regex NamePattern();
}
