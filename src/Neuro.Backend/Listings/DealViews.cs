using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Listings;

/// <summary>Deals as their two parties see them; nobody else does.</summary>
internal sealed class DealViews(Database database)
{
    /// <exception cref="NeuroException"><c>deal.not_found</c></exception>
    public async Task CheckPartyAsync(Guid account, Guid id, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        if (!await db.Deals.AnyAsync(row => row.Id == id && (row.BuyerId == account || row.SupplierId == account), cancel))
        {
            throw new NeuroException("deal.not_found", $"You have no deal {id}. Yours are listed at /v1/deals.") { Status = 404 };
        }
    }

    /// <summary>A deal of which the account is known to be a party.</summary>
    public async Task<Deal> GetAsync(Guid account, Guid id, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        return await ViewAsync(db, account, id, cancel);
    }

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<Deal>> ListAsync(Guid account, int skip, int limit, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var ids = await db.Deals.Where(row => row.BuyerId == account || row.SupplierId == account).OrderByDescending(row => row.CreatedAt).ThenBy(row => row.Id)
            .Skip(skip).Take(limit).Select(row => row.Id).ToListAsync(cancel);
        var deals = new List<Deal>(ids.Count);
        foreach (var id in ids)
        {
            deals.Add(await ViewAsync(db, account, id, cancel));
        }

        return deals;
    }

    private static async Task<Deal> ViewAsync(NeuroDb db, Guid account, Guid id, CancellationToken cancel)
    {
        var thread = await DealThread.ReadAsync(db, id, cancel);
        var deal = thread.Deal;
        var names = await db.Accounts.Where(row => row.Id == deal.BuyerId || row.Id == deal.SupplierId).ToDictionaryAsync(row => row.Id, row => row.Name, cancel);
        return new(
            deal.Id, deal.ListingId, deal.Version, thread.Version.Title, thread.Listing.Kind, names[deal.BuyerId], names[deal.SupplierId], DealRules.Word(thread.PartyOf(account)),
            deal.Text, deal.WishNano is { } wish ? new Ntk(wish) : null, DealRules.Word(thread.State), deal.FeeBasisPoints, thread.Expires, thread.State == DealState.Offered ? deal.OfferId : null,
            thread.Offers.ConvertAll(View), thread.Milestones.ConvertAll(row => View(thread, row)), deal.DueAt, thread.IsOver ? null : thread.Ends,
            deal.EndAsked is { } by ? DealRules.Word((Party)by) : null, new(deal.HeldNano), new(deal.PaidNano), new(deal.ReturnedNano), deal.CreatedAt);
    }

    private static DealOffer View(DealOfferRow row) => new(
        row.Id, row.Number, DealRules.Word((Party)row.Party), new(row.PriceNano), DealThread.Terms(row), row.DeliveryDays, DealRules.ApprovalDays, row.Note, row.Expires, row.At);

    private static DealMilestone View(DealThread thread, DealMilestoneRow row) => new(
        row.Number, row.Title, new(row.PriceNano), new(row.FeeNano), DealRules.Word((MilestoneState)row.State), [.. thread.Deliveries.Where(delivery => delivery.Milestone == row.Number).Select(View)]);

    private static DealDelivery View(DealDeliveryRow row) => new(
        row.Id, row.Artifact is null ? null : JsonSerializer.Deserialize<ArtifactRef>(row.Artifact, NeuroJson.Options), row.Note, DealRules.Word((DeliveryState)row.State), row.Reason, row.At,
        DealThread.ApprovedFrom(row));
}
