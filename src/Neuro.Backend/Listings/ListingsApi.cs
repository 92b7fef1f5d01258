using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Neuro.Backend.Accounts;
using Neuro.Backend.Portal;
using Neuro.Client.Market;

namespace Neuro.Backend.Listings;

internal static class ListingsApi
{
    private const int MostAtOnce = 500;

    public static void MapListings(this IEndpointRouteBuilder routes)
    {
        var listings = routes.MapGroup("/v1/listings").RequireAuthorization(Policies.Account).WithTags("Listings");
        listings.MapGet("/", GetListings).WithSummary("What is on offer, the newest first; mine=true lists your own, delisted ones too.");
        listings.MapGet("/{id}", GetListing).WithSummary("A listing with its card: what the platform measured of what is sold.");
        listings.MapGet("/{id}/preview", GetPreview).WithSummary("A small picture of what is sold, with a watermark, made by the platform.").Produces(StatusCodes.Status200OK, contentType: "image/jpeg");
        listings.MapPut("/{id}", Publish).Needs(Scopes.Publish, Roles.Supplier).WithSummary("Puts something of yours on offer; other content under the same id and name is the next version.");
        listings.MapPost("/{id}/delist", Delist).Needs(Scopes.Publish, Roles.Supplier).MovesMoney().WithSummary("Takes your listing off the offer; publish it to list it again.");
        listings.MapGet("/{id}/licensees", GetLicensees).WithSummary("Who bought your listing, the newest first.");
        listings.MapPost("/{id}/licences", Buy).Needs(Scopes.Trade, Roles.Consumer).MovesMoney().WithSummary("Buys a licence at the posted price that you saw.");
        var licences = routes.MapGroup("/v1/licences").RequireAuthorization(Policies.Account).WithTags("Listings");
        licences.MapGet("/", GetLicences).WithSummary("Your licences, the newest first.");
        licences.MapGet("/{id}", GetLicence).WithSummary("One of your licences, with the version that you bought.");
        MapDeals(routes.MapGroup("/v1/deals").RequireAuthorization(Policies.Account).WithTags("Deals"));
    }

    private static void MapDeals(RouteGroupBuilder deals)
    {
        deals.MapPost("/", Open).Needs(Scopes.Trade, Roles.Consumer).MovesMoney().WithSummary("Asks a listing's supplier for a quote.");
        deals.MapGet("/", GetDeals).WithSummary("Your deals, as buyer or supplier, the newest first.");
        deals.MapGet("/{id}", GetDeal).WithSummary("A deal of yours with its offers, milestones and deliveries.");
        deals.MapPost("/{id}/offers", Offer).MovesMoney().WithSummary("Makes an offer or a counter-offer, which takes the place of the one before it.");
        deals.MapPost("/{id}/accept", Accept).MovesMoney().WithSummary("Accepts the other side's offer; its whole price is held from the buyer.");
        deals.MapPost("/{id}/close", Close).MovesMoney().WithSummary("Before anything is accepted: the supplier declines, the buyer withdraws.");
        deals.MapPost("/{id}/deliveries", Deliver).MovesMoney().WithSummary("Delivers a milestone; what the buyer does not answer for 7 days is approved.");
        deals.MapPost("/{id}/approve", Approve).MovesMoney().WithSummary("Approves a delivery, which pays its milestone.");
        deals.MapPost("/{id}/reject", Reject).MovesMoney().WithSummary("Rejects a delivery with a reason; the supplier may deliver again.");
        deals.MapPost("/{id}/cancel", Cancel).MovesMoney().WithSummary("After the delivery deadline: the buyer takes back what was not delivered.");
        deals.MapPost("/{id}/end", End).MovesMoney().WithSummary("Asks to end the deal, or agrees to it; once both sides want it, what is held comes back.");
    }

    /// <summary>A page of a list.</summary>
    internal sealed record Page(int Skip = 0, int Limit = 100)
    {
        public Page Checked()
        {
            Input.Range(Skip, "skip", 0, int.MaxValue);
            Input.Range(Limit, "limit", 1, MostAtOnce);
            return this;
        }
    }

    private static async Task<Ok<IReadOnlyList<Listing>>> GetListings([AsParameters] Page page, ClaimsPrincipal user, ListingViews views, CancellationToken cancel, string? kind = null, bool mine = false) =>
        TypedResults.Ok(await views.ListAsync(user.AccountId(), kind, mine, page.Checked().Skip, page.Limit, cancel));

    private static async Task<Ok<Listing>> GetListing(Guid id, ClaimsPrincipal user, ListingViews views, CancellationToken cancel) => TypedResults.Ok(await views.GetAsync(user.AccountId(), id, cancel));

    private static async Task<FileContentHttpResult> GetPreview(Guid id, ListingViews views, CancellationToken cancel) => TypedResults.Bytes(await views.PreviewAsync(id, cancel), "image/jpeg");

    private static async Task<Ok<Listing>> Publish(Guid id, ListingPublication listing, ClaimsPrincipal user, ListingDesk desk, CancellationToken cancel) =>
        TypedResults.Ok(await desk.PublishAsync(user.AccountId(), id, listing, cancel));

    private static async Task<Ok<Listing>> Delist(Guid id, ClaimsPrincipal user, ListingDesk desk, CancellationToken cancel) => TypedResults.Ok(await desk.DelistAsync(user.AccountId(), id, cancel));

    private static async Task<Ok<IReadOnlyList<Licensee>>> GetLicensees(Guid id, [AsParameters] Page page, ClaimsPrincipal user, ListingViews views, CancellationToken cancel) =>
        TypedResults.Ok(await views.LicenseesAsync(user.AccountId(), id, page.Checked().Skip, page.Limit, cancel));

    private static async Task<Ok<Licence>> Buy(Guid id, LicencePurchase purchase, ClaimsPrincipal user, Licences licences, CancellationToken cancel) =>
        TypedResults.Ok(await licences.BuyAsync(user.AccountId(), id, purchase, cancel));

    private static async Task<Ok<IReadOnlyList<Licence>>> GetLicences([AsParameters] Page page, ClaimsPrincipal user, ListingViews views, CancellationToken cancel) =>
        TypedResults.Ok(await views.LicencesAsync(user.AccountId(), page.Checked().Skip, page.Limit, cancel));

    private static async Task<Ok<Licence>> GetLicence(Guid id, ClaimsPrincipal user, ListingViews views, CancellationToken cancel) => TypedResults.Ok(await views.LicenceAsync(user.AccountId(), id, cancel));

    private static async Task<Ok<Deal>> Open(DealRequest request, ClaimsPrincipal user, DealDesk deals, CancellationToken cancel) => TypedResults.Ok(await deals.OpenAsync(user.AccountId(), request, cancel));

    private static async Task<Ok<IReadOnlyList<Deal>>> GetDeals([AsParameters] Page page, ClaimsPrincipal user, DealDesk deals, CancellationToken cancel) =>
        TypedResults.Ok(await deals.ListAsync(user.AccountId(), page.Checked().Skip, page.Limit, cancel));

    private static async Task<Ok<Deal>> GetDeal(Guid id, ClaimsPrincipal user, DealDesk deals, CancellationToken cancel) => TypedResults.Ok(await deals.GetAsync(user.AccountId(), id, cancel));

    private static async Task<Ok<Deal>> Offer(Guid id, OfferRequest offer, ClaimsPrincipal user, DealDesk deals, CancellationToken cancel) => TypedResults.Ok(await deals.OfferAsync(user.AccountId(), id, offer, cancel));

    private static async Task<Ok<Deal>> Accept(Guid id, OfferAcceptance acceptance, ClaimsPrincipal user, DealDesk deals, CancellationToken cancel) =>
        TypedResults.Ok(await deals.AcceptAsync(user.AccountId(), id, acceptance, cancel));

    private static async Task<Ok<Deal>> Close(Guid id, ClaimsPrincipal user, DealDesk deals, CancellationToken cancel) => TypedResults.Ok(await deals.CloseAsync(user.AccountId(), id, cancel));

    private static async Task<Ok<Deal>> Deliver(Guid id, DeliveryRequest delivery, ClaimsPrincipal user, DealDesk deals, CancellationToken cancel) =>
        TypedResults.Ok(await deals.DeliverAsync(user.AccountId(), id, delivery, cancel));

    private static async Task<Ok<Deal>> Approve(Guid id, DeliveryApproval approval, ClaimsPrincipal user, DealDesk deals, CancellationToken cancel) =>
        TypedResults.Ok(await deals.ApproveAsync(user.AccountId(), id, approval, cancel));

    private static async Task<Ok<Deal>> Reject(Guid id, DeliveryRejection rejection, ClaimsPrincipal user, DealDesk deals, CancellationToken cancel) =>
        TypedResults.Ok(await deals.RejectAsync(user.AccountId(), id, rejection, cancel));

    private static async Task<Ok<Deal>> Cancel(Guid id, ClaimsPrincipal user, DealDesk deals, CancellationToken cancel) => TypedResults.Ok(await deals.CancelAsync(user.AccountId(), id, cancel));

    private static async Task<Ok<Deal>> End(Guid id, ClaimsPrincipal user, DealDesk deals, CancellationToken cancel) => TypedResults.Ok(await deals.EndAsync(user.AccountId(), id, cancel));
}
