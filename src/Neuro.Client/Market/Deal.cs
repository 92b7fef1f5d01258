using Neuro.Client.Data;
using Neuro.Client.Tokens;

namespace Neuro.Client.Market;

/// <summary>A request for quote on a listing and what came of it: offers, the accepted one's milestones, deliveries, payments. Its two parties alone see it.</summary>
/// <param name="Version">Of the listing, when it was asked for.</param>
/// <param name="Listing">Its title.</param>
/// <param name="You"><c>buyer</c> or <c>supplier</c>.</param>
/// <param name="Text">What the buyer wants.</param>
/// <param name="Wish">What the buyer would like to pay; binds nobody.</param>
/// <param name="State">
/// <c>open</c> (no offer yet), <c>offered</c>, <c>working</c> (accepted, the price is held), <c>completed</c>, <c>ended</c> (before everything was delivered), <c>declined</c>, <c>withdrawn</c> or <c>expired</c>.
/// </param>
/// <param name="FeeBasisPoints">The platform's part of what is paid; fixed when an offer is accepted.</param>
/// <param name="Expires">Until when it waits for an offer or an acceptance.</param>
/// <param name="OpenOffer">The offer that the other side may accept: always the newest.</param>
/// <param name="Due">Until when everything is to be delivered; what is not may be cancelled by the buyer from then on.</param>
/// <param name="Ends">When it ends by itself, and what is left of the hold comes back.</param>
/// <param name="EndAskedBy">The side that wants to end it before its time; it ends when the other wants it too.</param>
/// <param name="Held">Set aside for what is not paid yet.</param>
[TypeFormatterSource("DealFormatters")]
public sealed record Deal(
    Guid Id, Guid ListingId, int Version, string Listing, string Kind, string Buyer, string Supplier, string You, string Text, Ntk? Wish, string State, int FeeBasisPoints,
    DateTimeOffset? Expires, Guid? OpenOffer, IReadOnlyList<DealOffer> Offers, IReadOnlyList<DealMilestone> Milestones, DateTimeOffset? Due, DateTimeOffset? Ends, string? EndAskedBy,
    Ntk Held, Ntk Paid, Ntk Returned, DateTimeOffset CreatedAt);

/// <summary>Asks a listing's supplier for a quote.</summary>
/// <param name="Id">Made by the buyer: sent twice, it asks once.</param>
/// <param name="Text">What is wanted, 1 to 4000 characters.</param>
/// <param name="Until">How long to wait for an offer, at most 90 days.</param>
public sealed record DealRequest(Guid Id, Guid ListingId, string Text, DateTimeOffset Until, Ntk? Wish = null);

/// <summary>An offer, or a counter-offer, in a deal. It never changes; another one takes its place.</summary>
/// <param name="By"><c>buyer</c> or <c>supplier</c>; the other side may accept it while it is the newest.</param>
/// <param name="ApprovalDays">A delivery that the buyer does not answer for so many days is approved.</param>
public sealed record DealOffer(Guid Id, int Number, string By, Ntk Price, IReadOnlyList<MilestoneTerms> Milestones, int DeliveryDays, int ApprovalDays, string Note, DateTimeOffset Expires, DateTimeOffset At);

/// <summary>A part of the work with its part of the price.</summary>
/// <param name="Title">1 to 100 characters.</param>
public sealed record MilestoneTerms(string Title, Ntk Price);

/// <summary>Makes an offer or a counter-offer.</summary>
/// <param name="Id">Made by who offers: sent twice, it is made once.</param>
/// <param name="Price">What the buyer pays, fee included: the sum of the milestones.</param>
/// <param name="Milestones">1 to 20.</param>
/// <param name="DeliveryDays">Days from acceptance until everything is delivered, 1 to 365.</param>
/// <param name="Expires">Until when it can be accepted, at most 90 days.</param>
/// <param name="Note">At most 2000 characters.</param>
public sealed record OfferRequest(Guid Id, Ntk Price, IReadOnlyList<MilestoneTerms> Milestones, int DeliveryDays, DateTimeOffset Expires, string Note = "");

/// <summary>Accepts an offer: its whole price is held.</summary>
public sealed record OfferAcceptance(Guid OfferId);

/// <summary>A milestone of the accepted offer as it stands.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Fee">The platform's part of <paramref name="Price"/>.</param>
/// <param name="State"><c>waiting</c>, <c>delivered</c>, <c>rejected</c> (to be delivered again), <c>paid</c> or <c>cancelled</c>.</param>
public sealed record DealMilestone(int Number, string Title, Ntk Price, Ntk Fee, string State, IReadOnlyList<DealDelivery> Deliveries);

/// <summary>What a supplier delivered for a milestone. The buyer can read the artifact from then on.</summary>
/// <param name="State"><c>waiting</c> for the buyer's answer, <c>approved</c>, <c>rejected</c>, or <c>dropped</c> because the deal ended.</param>
/// <param name="Reason">Of a rejection.</param>
/// <param name="ApprovedFrom">From when on silence is approval.</param>
public sealed record DealDelivery(Guid Id, ArtifactRef? Artifact, string Note, string State, string? Reason, DateTimeOffset At, DateTimeOffset ApprovedFrom);

/// <summary>Delivers a milestone.</summary>
/// <param name="Id">Made by the supplier: sent twice, it is delivered once.</param>
/// <param name="Milestone">Its number.</param>
/// <param name="Sha256">An uploaded artifact; may be null where a listed generator, dataset or model is sold, since its licence comes with the last payment.</param>
/// <param name="Note">1 to 2000 characters.</param>
public sealed record DeliveryRequest(Guid Id, int Milestone, string? Sha256, string Note);

/// <summary>Approves a delivery, which pays its milestone.</summary>
public sealed record DeliveryApproval(Guid DeliveryId);

/// <summary>Rejects a delivery; the supplier may deliver again.</summary>
/// <param name="Reason">1 to 2000 characters.</param>
public sealed record DeliveryRejection(Guid DeliveryId, string Reason);
