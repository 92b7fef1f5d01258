using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Accounts;
using Neuro.Backend.Ledger;
using Neuro.Backend.Market;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Listings;

/// <summary>Sells licences at the posted price: payment, fee, licence, stock and the right to read are one transaction.</summary>
internal sealed class Licences(Database database, Ledger.Ledger ledger, ListingViews views, Gates gates, TimeProvider time)
{
    /// <summary>The reader that stands for all buyers of a version: no caller has this name; a licence copies its rights to the buyer.</summary>
    public static string Reader(Guid listing, int version) => $"listing:{listing}/{version}";

    /// <summary>Buys once, however often it is sent.</summary>
    /// <exception cref="NeuroException">
    /// <c>listing.not_found</c>, <c>listing.own</c>, <c>listing.already_licensed</c>, <c>listing.delisted</c>, <c>listing.no_price</c>, <c>listing.version_changed</c>, <c>listing.price_changed</c>,
    /// <c>listing.sold_out</c>, <c>licence.exists_with_different_content</c>, <c>ledger.insufficient_funds</c>.
    /// </exception>
    public async Task<Licence> BuyAsync(Guid account, Guid listing, LicencePurchase purchase, CancellationToken cancel)
    {
        Input.Id(purchase.Id, "id");
        Input.Range(purchase.Version, "version", 1, int.MaxValue);
        Input.Range(purchase.Price.Nano, "price in nano NTK", 1, Ntk.Supply.Nano);
        using (await gates.EnterAsync(listing, cancel))
        {
            if (!await IsBoughtAsync(account, listing, purchase, cancel))
            {
                var (seller, licence) = await OnSaleAsync(account, listing, purchase, cancel);
                await SellAsync(seller, licence);
            }
        }

        return await views.LicenceAsync(account, purchase.Id, cancel);
    }

    /// <summary>Writes a licence down and lets its buyer read what it is of, inside the transaction that pays it; false when the buyer has one of the same asset by the same listing.</summary>
    public static async Task<bool> WriteAsync(DbTransaction transaction, LicenceRow licence)
    {
        var at = licence.At.ToUnixTimeMilliseconds();
        var written = await transaction.ExecuteAsync(
            $"""
            INSERT INTO licences (id, listing_id, version, account_id, asset_id, price_nano, fee_nano, fee_basis_points, deal_id, at)
            VALUES ({licence.Id}, {licence.ListingId}, {licence.Version}, {licence.AccountId}, {licence.AssetId}, {licence.PriceNano}, {licence.FeeNano}, {licence.FeeBasisPoints}, {licence.DealId}, {at})
            ON CONFLICT (listing_id, account_id, asset_id) DO NOTHING
            """);
        var (buyer, sold) = (Caller.Reader(licence.AccountId), Reader(licence.ListingId, licence.Version));
        await transaction.ExecuteAsync($"INSERT INTO artifact_readers (sha256, reader) SELECT sha256, {buyer} FROM artifact_readers WHERE reader = {sold} ON CONFLICT (sha256, reader) DO NOTHING");
        return written == 1;
    }

    private async Task<bool> IsBoughtAsync(Guid account, Guid listing, LicencePurchase purchase, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        return await db.Licences.AsNoTracking().SingleOrDefaultAsync(row => row.Id == purchase.Id, cancel) is { } before
            && ((before.AccountId, before.ListingId, before.Version, before.PriceNano, before.DealId) == (account, listing, purchase.Version, purchase.Price.Nano, null)
                ? true
                : throw new NeuroException("licence.exists_with_different_content", $"The id {purchase.Id} was used before for another purchase. Use a new id for a new purchase.") { Status = 409 });
    }

    private async Task<(ListingRow Listing, LicenceRow Licence)> OnSaleAsync(Guid account, Guid id, LicencePurchase purchase, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var listing = await db.Listings.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancel) ?? throw ListingViews.NotFound(id);
        var asset = await db.ListingVersions.Where(row => row.ListingId == id && row.Version == listing.Version).Select(row => row.AssetId).SingleAsync(cancel);
        if (listing.AccountId == account)
        {
            throw Refused("own", $"'{listing.Name}' is your own listing; you need no licence of it.");
        }

        await CheckUnlicensedAsync(db, account, listing, asset, cancel);
        CheckListed(listing);
        var price = listing.PriceNano is { } nano ? new Ntk(nano) : throw Refused("no_price", $"'{listing.Name}' has no posted price. Ask its supplier for a quote.");
        if (listing.Version != purchase.Version)
        {
            throw Refused("version_changed", $"'{listing.Name}' is at version {listing.Version} now, at {price} NTK; you saw version {purchase.Version}. Look at it again and buy that.");
        }

        if (price != purchase.Price)
        {
            throw Refused("price_changed", $"'{listing.Name}' costs {price} NTK now; you saw {purchase.Price}. Buy at that price, or leave it.");
        }

        if (listing.Sold >= listing.Stock)
        {
            throw SoldOut(listing.Name, listing.Stock.Value);
        }

        var rate = Fees.BasisPoints[listing.Kind];
        var licence = new LicenceRow
        {
            Id = purchase.Id,
            ListingId = id,
            Version = listing.Version,
            AccountId = account,
            AssetId = asset,
            PriceNano = price.Nano,
            FeeNano = price.BasisPoints(rate).Nano,
            FeeBasisPoints = rate,
            At = time.GetUtcNow(),
        };
        return (listing, licence);
    }

    /// <exception cref="NeuroException"><c>listing.delisted</c></exception>
    public static void CheckListed(ListingRow listing)
    {
        if (listing.Delisted)
        {
            throw Refused("delisted", $"'{listing.Name}' is not on offer any more. Look for another at /v1/listings.");
        }
    }

    /// <exception cref="NeuroException"><c>listing.already_licensed</c></exception>
    public static async Task CheckUnlicensedAsync(NeuroDb db, Guid account, ListingRow listing, Guid asset, CancellationToken cancel)
    {
        if (asset != Guid.Empty && await db.Licences.AsNoTracking().FirstOrDefaultAsync(row => row.AccountId == account && row.ListingId == listing.Id && row.AssetId == asset, cancel) is { } licence)
        {
            throw Refused("already_licensed", $"You have a licence of '{listing.Name}' since {licence.At:yyyy-MM-dd}: {licence.Id}. One is enough.");
        }
    }

    private async Task SellAsync(ListingRow listing, LicenceRow licence)
    {
        var words = Words.Clip($"Licence of {listing.Name} v{licence.Version}", 190);
        // The buyer pays the whole price and the supplier the fee out of it, so that a refusal names the price that was seen.
        var linked = new List<TransferRequest> { TransferRequest.Transfer(DerivedId.Of("licence-pay", licence.Id), licence.AccountId, listing.AccountId, new(licence.PriceNano), words) };
        if (licence.FeeNano > 0)
        {
            linked.Add(TransferRequest.Transfer(DerivedId.Of("licence-fee", licence.Id), listing.AccountId, SystemAccounts.Fees, new(licence.FeeNano), "Fee, " + words));
        }

        // Begun is finished, whoever hangs up: what follows at this gate must see it.
        (await ledger.SubmitAsync(linked, transaction => TakeAsync(transaction, listing, licence), CancellationToken.None)).ThrowIfRefused("this licence");
    }

    /// <summary>One licence less in stock, if the terms are still those that were seen; else nothing is paid.</summary>
    private static async Task TakeAsync(DbTransaction transaction, ListingRow listing, LicenceRow licence)
    {
        var taken = await transaction.ExecuteAsync(
            $"""
            UPDATE listings SET sold = sold + 1
            WHERE id = {listing.Id} AND version = {licence.Version} AND price_nano = {licence.PriceNano} AND delisted = {false} AND (stock IS NULL OR sold < stock)
            """);
        if (taken != 1)
        {
            throw Refused("busy", $"'{listing.Name}' was changed while you bought it; nothing was paid. Look at it again.", status: 503);
        }

        if (!await WriteAsync(transaction, licence))
        {
            throw Refused("already_licensed", $"You have a licence of '{listing.Name}' already. One is enough.");
        }
    }

    private static NeuroException SoldOut(string name, long stock) => Refused("sold_out", $"All {stock} licences of '{name}' are sold. Ask its supplier for more.");

    private static NeuroException Refused(string code, string sentence, int status = 409) => new("listing." + code, sentence) { Status = status };
}
