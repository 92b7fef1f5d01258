using System.Globalization;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Listings;

/// <summary>What offers, deliveries and answers must be like, whatever the state of their deal.</summary>
internal static class DealChecks
{
    public const int LongestNote = 2000;
    private const int MostMilestones = 20;
    private const int MostDeliveries = 100;
    private const int LongestDelivery = 365;
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(90);

    public static void CheckDelivery(DealThread thread, DeliveryRequest request, DateTimeOffset now)
    {
        Input.Range(request.Milestone, "milestone", 1, thread.Milestones.Count);
        var state = (MilestoneState)thread.Milestones[request.Milestone - 1].State;
        if (state is not (MilestoneState.Waiting or MilestoneState.Rejected))
        {
            throw new NeuroException("milestone.not_open", $"Milestone {request.Milestone} is {DealRules.Word(state)}; deliver one that waits or was rejected.") { Status = 409 };
        }

        if (request.Sha256 is null && thread.Version.AssetId == Guid.Empty)
        {
            throw new NeuroException("delivery.no_artifact", $"sha256 is missing; a {thread.Listing.Kind} delivery is an artifact. Upload it and name it.");
        }

        if (now.AddDays(DealRules.ApprovalDays) > thread.Ends)
        {
            throw new NeuroException("deal.too_late", $"The deal ends on {thread.Ends:yyyy-MM-dd HH:mm} UTC, and the buyer has {DealRules.ApprovalDays} days to answer a delivery; it is too late for one.") { Status = 409 };
        }

        if (thread.Deliveries.Count >= MostDeliveries)
        {
            throw new NeuroException("deal.too_many_deliveries", $"There were {MostDeliveries} deliveries in this deal, the most it may have. Agree to end it.") { Status = 409 };
        }
    }

    public static void Check(OfferRequest request)
    {
        Input.Id(request.Id, "id");
        Input.Range(request.Price.Nano, "price in nano NTK", 1, Ntk.Supply.Nano);
        Input.Range(request.DeliveryDays, "deliveryDays", 1, LongestDelivery);
        Input.Text(request.Note, "note", 0, LongestNote);
        Input.Range(Input.NotNull(request.Milestones, "milestones").Count, "the number of milestones", 1, MostMilestones);
        var sum = Int128.Zero;
        foreach (var terms in request.Milestones)
        {
            Input.Text(Input.NotNull(terms, "milestones[]").Title, "milestones[].title", 1, 100);
            Input.Range(terms.Price.Nano, "milestones[].price in nano NTK", 1, Ntk.Supply.Nano);
            sum += terms.Price.Nano;
        }

        if (sum != request.Price.Nano)
        {
            throw new NeuroException("offer.bad_sum", string.Create(CultureInfo.InvariantCulture, $"The milestones add up to {(decimal)sum / Ntk.NanoPerNtk:0.#########} NTK, and price is {request.Price}; they are the parts of the price."));
        }
    }

    public static void Check(DeliveryRejection request)
    {
        Input.Id(request.DeliveryId, "deliveryId");
        Input.Text(request.Reason, "reason", 1, LongestNote);
    }

    public static void CheckAhead(DateTimeOffset moment, string field, DateTimeOffset now) => Input.Range(moment.ToUniversalTime(), field, now + TimeSpan.FromSeconds(1), now + LongestWait);
}
