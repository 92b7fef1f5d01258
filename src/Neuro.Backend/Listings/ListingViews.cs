using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Market;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Listings;

/// <summary>What is on offer, as anyone sees it, and licences, as their two sides see them.</summary>
internal sealed class ListingViews(Database database)
{
    public static NeuroException NotFound(Guid id) => new("listing.not_found", $"There is no listing {id} of this kind for you. What is on offer is listed at /v1/listings.") { Status = 404 };

    /// <summary>A listing's newest version with its terms, listed or not.</summary>
    /// <exception cref="NeuroException"><c>listing.not_found</c></exception>
    public async Task<Listing> GetAsync(Guid account, Guid id, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var found = await Newest(db, account).SingleOrDefaultAsync(found => found.Listing.Id == id, cancel) ?? throw NotFound(id);
        return View(found, whole: true);
    }

    public async Task<IReadOnlyList<Listing>> ListAsync(Guid account, string? kind, bool mine, int skip, int limit, CancellationToken cancel)
    {
        if (kind is not null)
        {
            Assets.CheckKind(kind);
        }

        await using var db = database.CreateDbContext();
        var found = await Newest(db, account).Where(found => (mine ? found.Listing.AccountId == account : !found.Listing.Delisted) && (kind == null || found.Listing.Kind == kind))
            .OrderByDescending(found => found.Listing.CreatedAt).ThenBy(found => found.Listing.Id).Skip(skip).Take(limit).ToListAsync(cancel);
        return found.ConvertAll(one => View(one, whole: false));
    }

    /// <exception cref="NeuroException"><c>preview.not_found</c></exception>
    public async Task<byte[]> PreviewAsync(Guid id, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        return await (from listing in db.Listings
                      join preview in db.ListingPreviews on new { ListingId = listing.Id, listing.Version } equals new { preview.ListingId, preview.Version }
                      where listing.Id == id
                      select preview.Jpeg).SingleOrDefaultAsync(cancel)
            ?? throw new NeuroException("preview.not_found", $"There is no preview of a listing {id}. Datasets and generators have one.") { Status = 404 };
    }

    /// <summary>Who bought this account's listing, the newest first.</summary>
    /// <exception cref="NeuroException"><c>listing.not_found</c></exception>
    public async Task<IReadOnlyList<Licensee>> LicenseesAsync(Guid account, Guid id, int skip, int limit, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        if (!await db.Listings.AnyAsync(row => row.Id == id && row.AccountId == account, cancel))
        {
            throw NotFound(id);
        }

        var rows = await (from licence in db.Licences
                          join buyer in db.Accounts on licence.AccountId equals buyer.Id
                          where licence.ListingId == id
                          orderby licence.At descending, licence.Id
                          select new { licence, buyer.Name }).AsNoTracking().Skip(skip).Take(limit).ToListAsync(cancel);
        return rows.ConvertAll(row => new Licensee(row.Name, row.licence.Version, new(row.licence.PriceNano), new(row.licence.FeeNano), row.licence.At));
    }

    /// <summary>An account's licences, the newest first.</summary>
    public async Task<IReadOnlyList<Licence>> LicencesAsync(Guid account, int skip, int limit, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        return (await Bought(db, account).OrderByDescending(bought => bought.Licence.At).ThenBy(bought => bought.Licence.Id).Skip(skip).Take(limit).ToListAsync(cancel)).ConvertAll(bought => View(bought, whole: false));
    }

    /// <exception cref="NeuroException"><c>licence.not_found</c></exception>
    public async Task<Licence> LicenceAsync(Guid account, Guid id, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var bought = await Bought(db, account).SingleOrDefaultAsync(bought => bought.Licence.Id == id, cancel)
            ?? throw new NeuroException("licence.not_found", $"You have no licence {id}. Yours are listed at /v1/licences.") { Status = 404 };
        return View(bought, whole: true);
    }

    private sealed class Found
    {
        public required ListingRow Listing { get; init; }

        public required ListingVersionRow Version { get; init; }

        public required string Supplier { get; init; }

        public bool ShowsAsset { get; init; }
    }

    private sealed class BoughtOne
    {
        public required LicenceRow Licence { get; init; }

        public required ListingRow Listing { get; init; }

        public required ListingVersionRow Version { get; init; }

        public required string Supplier { get; init; }
    }

    private static IQueryable<Found> Newest(NeuroDb db, Guid account) =>
        (from listing in db.Listings
         join version in db.ListingVersions on new { ListingId = listing.Id, listing.Version } equals new { version.ListingId, version.Version }
         join supplier in db.Accounts on listing.AccountId equals supplier.Id
         select new Found
         {
             Listing = listing,
             Version = version,
             Supplier = supplier.Name,
             ShowsAsset = listing.AccountId == account || db.Licences.Any(licence => licence.AccountId == account && licence.ListingId == listing.Id && licence.AssetId == version.AssetId),
         }).AsNoTracking();

    private static IQueryable<BoughtOne> Bought(NeuroDb db, Guid account) =>
        (from licence in db.Licences
         join listing in db.Listings on licence.ListingId equals listing.Id
         join version in db.ListingVersions on new { licence.ListingId, licence.Version } equals new { version.ListingId, version.Version }
         join supplier in db.Accounts on listing.AccountId equals supplier.Id
         where licence.AccountId == account
         select new BoughtOne { Licence = licence, Listing = listing, Version = version, Supplier = supplier.Name }).AsNoTracking();

    private static Licence View(BoughtOne bought, bool whole)
    {
        var found = new Found { Listing = bought.Listing, Version = bought.Version, Supplier = bought.Supplier, ShowsAsset = true };
        return new(bought.Licence.Id, View(found, whole), new(bought.Licence.PriceNano), new(bought.Licence.FeeNano), bought.Licence.FeeBasisPoints, bought.Licence.DealId, bought.Licence.At);
    }

    private static Listing View(Found found, bool whole)
    {
        var (listing, version) = (found.Listing, found.Version);
        var card = version.Card is null ? null : JsonSerializer.Deserialize<AssetCard>(version.Card, NeuroJson.Options)!;
        return new(
            listing.Id, listing.Kind, listing.Name, version.Version, found.Supplier, version.Title, version.Description, version.Licence, listing.Delisted ? "delisted" : "listed",
            listing.PriceNano is { } price ? new Ntk(price) : null, listing.Stock is { } stock ? Math.Max(0, stock - listing.Sold) : null, listing.Quotes, Fees.BasisPoints[listing.Kind],
            whole || card is null ? card : card with { ClassNames = null }, version.HasPreview, found.ShowsAsset ? version.Asset : null, version.At);
    }
}
