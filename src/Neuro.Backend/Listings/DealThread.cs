using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Market;

namespace Neuro.Backend.Listings;

/// <summary>A deal with all that belongs to it, as it was read.</summary>
internal sealed class DealThread
{
    public required DealRow Deal { get; init; }

    public required ListingRow Listing { get; init; }

    /// <summary>The listing's version when it was asked for.</summary>
    public required ListingVersionRow Version { get; init; }

    /// <summary>In order.</summary>
    public required List<DealOfferRow> Offers { get; init; }

    /// <summary>In order.</summary>
    public required List<DealMilestoneRow> Milestones { get; init; }

    /// <summary>In order, milestone by milestone.</summary>
    public required List<DealDeliveryRow> Deliveries { get; init; }

    public DealState State => (DealState)Deal.State;

    public bool IsOver => State > DealState.Working;

    public static Guid HoldOf(Guid deal) => DerivedId.Of("deal-hold", deal);

    public DealOfferRow? Newest => Offers.Count > 0 ? Offers[^1] : null;

    /// <summary>Until when it waits for an offer or an acceptance.</summary>
    public DateTimeOffset? Expires => State switch
    {
        DealState.Open => Deal.Until,
        DealState.Offered => Newest!.Expires,
        _ => null,
    };

    /// <summary>When it ends by itself.</summary>
    public DateTimeOffset? Ends => Deal.DueAt?.AddDays(DealRules.DaysAfterDue);

    /// <summary>When the clock has something to do; null once it is over.</summary>
    public DateTimeOffset? NextAt => State switch
    {
        DealState.Working => Deliveries.Where(row => row.State == (int)DeliveryState.Waiting).Select(ApprovedFrom).Append(Ends!.Value).Min(),
        _ => Expires,
    };

    public static DateTimeOffset ApprovedFrom(DealDeliveryRow delivery) => delivery.At.AddDays(DealRules.ApprovalDays);

    public Party PartyOf(Guid account) => account == Deal.BuyerId ? Party.Buyer : Party.Supplier;

    public static async Task<DealThread> ReadAsync(NeuroDb db, Guid id, CancellationToken cancel)
    {
        var deal = await db.Deals.AsNoTracking().SingleAsync(row => row.Id == id, cancel);
        return new()
        {
            Deal = deal,
            Listing = await db.Listings.AsNoTracking().SingleAsync(row => row.Id == deal.ListingId, cancel),
            Version = await db.ListingVersions.AsNoTracking().SingleAsync(row => row.ListingId == deal.ListingId && row.Version == deal.Version, cancel),
            Offers = await db.DealOffers.AsNoTracking().Where(row => row.DealId == id).OrderBy(row => row.Number).ToListAsync(cancel),
            Milestones = await db.DealMilestones.AsNoTracking().Where(row => row.DealId == id).OrderBy(row => row.Number).ToListAsync(cancel),
            Deliveries = await db.DealDeliveries.AsNoTracking().Where(row => row.DealId == id).OrderBy(row => row.Milestone).ThenBy(row => row.Number).ToListAsync(cancel),
        };
    }

    public static IReadOnlyList<MilestoneTerms> Terms(DealOfferRow offer) => JsonSerializer.Deserialize<List<MilestoneTerms>>(offer.Milestones, NeuroJson.Options)!;
}
