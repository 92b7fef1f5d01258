using System.Data.Common;
using System.Text.Json;
using Neuro.Backend.Accounts;
using Neuro.Backend.Ledger;
using Neuro.Backend.Market;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Listings;

/// <summary>One step of a deal: what it moves and what its rows are then, to be committed together or not at all.</summary>
/// <remarks>The rows that were read are changed in memory; <see cref="WriteAsync"/> writes them if the deal still is at the revision that was read.</remarks>
internal sealed class DealChange(DealThread thread, DateTimeOffset now)
{
    private readonly List<Func<DbTransaction, Task>> rows = [];

    public List<TransferRequest> Transfers { get; } = [];

    private DealRow Deal => thread.Deal;

    public void Offer(DealOfferRow offer)
    {
        thread.Offers.Add(offer);
        Deal.OfferId = offer.Id;
        Become(DealCommand.Offer, (Party)offer.Party, DealState.Offered);
        rows.Add(transaction => transaction.ExecuteAsync(
            $"""
            INSERT INTO deal_offers (deal_id, id, number, party, price_nano, milestones, delivery_days, note, expires, at)
            VALUES ({Deal.Id}, {offer.Id}, {offer.Number}, {offer.Party}, {offer.PriceNano}, {offer.Milestones}, {offer.DeliveryDays}, {offer.Note}, {Ms(offer.Expires)}, {Ms(offer.At)})
            """));
    }

    /// <summary>Holds the price of the newest offer and opens its milestones.</summary>
    public void Accept(Party by)
    {
        var offer = thread.Newest!;
        Deal.DueAt = now.AddDays(offer.DeliveryDays);
        Deal.FeeBasisPoints = Fees.BasisPoints[thread.Listing.Kind];
        Deal.HeldNano = offer.PriceNano;
        foreach (var (index, terms) in DealThread.Terms(offer).Index())
        {
            var milestone = new DealMilestoneRow { DealId = Deal.Id, Number = index + 1, Title = terms.Title, PriceNano = terms.Price.Nano, FeeNano = terms.Price.BasisPoints(Deal.FeeBasisPoints).Nano };
            thread.Milestones.Add(milestone);
            rows.Add(transaction => transaction.ExecuteAsync(
                $"""
                INSERT INTO deal_milestones (deal_id, number, title, price_nano, fee_nano, state)
                VALUES ({Deal.Id}, {milestone.Number}, {milestone.Title}, {milestone.PriceNano}, {milestone.FeeNano}, {milestone.State})
                """));
        }

        Become(DealCommand.Accept, by, DealState.Working);
        Transfers.Add(TransferRequest.Hold(DealThread.HoldOf(Deal.Id), Deal.BuyerId, null, new(offer.PriceNano), thread.Ends!.Value.AddDays(DealRules.HoldGraceDays), Words.Clip($"Held for {thread.Version.Title}", 200)));
    }

    public void Close(Party by) => Become(DealCommand.Close, by, by == Party.Buyer ? DealState.Withdrawn : DealState.Declined);

    public void Deliver(DealMilestoneRow milestone, DealDeliveryRow delivery)
    {
        thread.Deliveries.Add(delivery);
        Become(DealCommand.Deliver, Party.Supplier, DealState.Working);
        Set(milestone, MilestoneState.Delivered);
        rows.Add(transaction => transaction.ExecuteAsync(
            $"""
            INSERT INTO deal_deliveries (deal_id, id, milestone, number, artifact, sha256, note, state, reason, at)
            VALUES ({Deal.Id}, {delivery.Id}, {delivery.Milestone}, {delivery.Number}, {delivery.Artifact}, {delivery.Sha256}, {delivery.Note}, {delivery.State}, {delivery.Reason}, {Ms(delivery.At)})
            """));
        if (delivery.Sha256 is { } sha256)
        {
            rows.Add(transaction => transaction.ExecuteAsync($"INSERT INTO artifact_readers (sha256, reader) VALUES ({sha256}, {Caller.Reader(Deal.BuyerId)}) ON CONFLICT (sha256, reader) DO NOTHING"));
        }
    }

    /// <summary>Pays a delivered milestone, the supplier's share and the fee; after the last one the deal is over.</summary>
    public void Approve(DealDeliveryRow delivery, Party by)
    {
        var milestone = thread.Milestones[delivery.Milestone - 1];
        Set(delivery, DeliveryState.Approved, null);
        Set(milestone, MilestoneState.Paid);
        var words = Words.Clip($"{milestone.Title}: {thread.Version.Title}", 190);
        Transfers.Add(TransferRequest.Post(DerivedId.Of("deal-pay", Deal.Id, milestone.Number), DealThread.HoldOf(Deal.Id), Deal.SupplierId, new(milestone.PriceNano - milestone.FeeNano), words));
        if (milestone.FeeNano > 0)
        {
            Transfers.Add(TransferRequest.Post(DerivedId.Of("deal-fee", Deal.Id, milestone.Number), DealThread.HoldOf(Deal.Id), SystemAccounts.Fees, new(milestone.FeeNano), "Fee, " + words));
        }

        (Deal.HeldNano, Deal.PaidNano) = (Deal.HeldNano - milestone.PriceNano, Deal.PaidNano + milestone.PriceNano);
        var open = thread.Milestones.Exists(row => row.State < (int)MilestoneState.Paid);
        var whole = thread.Milestones.TrueForAll(row => row.State == (int)MilestoneState.Paid);
        Become(DealCommand.Approve, by, open ? DealState.Working : whole ? DealState.Completed : DealState.Ended);
        if (whole)
        {
            License();
        }
        else if (!open)
        {
            GiveBack();
        }
    }

    public void Reject(DealDeliveryRow delivery, string reason)
    {
        Set(delivery, DeliveryState.Rejected, reason);
        Set(thread.Milestones[delivery.Milestone - 1], MilestoneState.Rejected);
        Become(DealCommand.Reject, Party.Buyer, DealState.Working);
    }

    /// <summary>Takes back what was not delivered; a delivery that waits for its answer keeps the deal alive.</summary>
    public void Cancel()
    {
        foreach (var milestone in thread.Milestones.Where(row => row.State is (int)MilestoneState.Waiting or (int)MilestoneState.Rejected))
        {
            Set(milestone, MilestoneState.Cancelled);
        }

        var waits = thread.Milestones.Exists(row => row.State == (int)MilestoneState.Delivered);
        Become(DealCommand.Cancel, Party.Buyer, waits ? DealState.Working : DealState.Ended);
        if (!waits)
        {
            GiveBack();
        }
    }

    /// <summary>Notes that one side wants to end it, or ends it when both do.</summary>
    public void End(Party by)
    {
        if (Deal.EndAsked is null)
        {
            Deal.EndAsked = (int)by;
            Become(DealCommand.End, by, DealState.Working);
            return;
        }

        Stop(DealCommand.End, by, DealState.Ended);
    }

    /// <summary>Ends it because its time is over.</summary>
    public void Lapse() => Stop(DealCommand.Lapse, Party.Clock, thread.State == DealState.Working ? DealState.Ended : DealState.Expired);

    public async Task WriteAsync(DbTransaction transaction)
    {
        var next = thread.NextAt is { } at ? Ms(at) : (long?)null;
        var due = Deal.DueAt is { } day ? Ms(day) : (long?)null;
        var changed = await transaction.ExecuteAsync(
            $"""
            UPDATE deals SET revision = revision + 1, state = {Deal.State}, fee_basis_points = {Deal.FeeBasisPoints}, next_at = {next}, offer_id = {Deal.OfferId}, due_at = {due},
                end_asked = {Deal.EndAsked}, held_nano = {Deal.HeldNano}, paid_nano = {Deal.PaidNano}, returned_nano = {Deal.ReturnedNano}
            WHERE id = {Deal.Id} AND revision = {Deal.Revision}
            """);
        if (changed != 1)
        {
            throw new NeuroException("deal.busy", $"Deal {Deal.Id} was changed elsewhere at the same time; nothing was done. Look at it again.") { Status = 503 };
        }

        foreach (var row in rows)
        {
            await row(transaction);
        }
    }

    private void Stop(DealCommand command, Party by, DealState to)
    {
        foreach (var delivery in thread.Deliveries.Where(row => row.State == (int)DeliveryState.Waiting))
        {
            Set(delivery, DeliveryState.Dropped, null);
        }

        foreach (var milestone in thread.Milestones.Where(row => row.State < (int)MilestoneState.Paid))
        {
            Set(milestone, MilestoneState.Cancelled);
        }

        Become(command, by, to);
        GiveBack();
    }

    private void Become(DealCommand command, Party by, DealState to)
    {
        if (!DealRules.Allows(thread.State, command, by, to))
        {
            throw new InvalidOperationException($"A deal that is {thread.State} does not become {to} by {command} of {by}.");
        }

        Deal.State = (int)to;
    }

    private void GiveBack()
    {
        // Past the hold's own deadline the ledger gives back by itself.
        if (Deal.HeldNano > 0 && now < thread.Ends!.Value.AddDays(DealRules.HoldGraceDays))
        {
            Transfers.Add(TransferRequest.Void(DerivedId.Of("deal-rest", Deal.Id), DealThread.HoldOf(Deal.Id), Words.Clip($"Back from {thread.Version.Title}", 200)));
        }

        (Deal.ReturnedNano, Deal.HeldNano) = (Deal.ReturnedNano + Deal.HeldNano, 0);
    }

    /// <summary>What the listing sells goes to the buyer with the last payment.</summary>
    private void License()
    {
        if (thread.Version.AssetId == Guid.Empty)
        {
            return;
        }

        var licence = new LicenceRow
        {
            Id = DerivedId.Of("deal-licence", Deal.Id),
            ListingId = Deal.ListingId,
            Version = Deal.Version,
            AccountId = Deal.BuyerId,
            AssetId = thread.Version.AssetId,
            PriceNano = Deal.PaidNano,
            FeeNano = thread.Milestones.Sum(row => row.FeeNano),
            FeeBasisPoints = Deal.FeeBasisPoints,
            DealId = Deal.Id,
            At = now,
        };
        rows.Add(async transaction =>
        {
            if (await Licences.WriteAsync(transaction, licence))
            {
                await transaction.ExecuteAsync($"UPDATE listings SET sold = sold + 1 WHERE id = {licence.ListingId}");
            }
        });
    }

    private void Set(DealMilestoneRow milestone, MilestoneState state)
    {
        milestone.State = (int)state;
        rows.Add(transaction => transaction.ExecuteAsync($"UPDATE deal_milestones SET state = {(int)state} WHERE deal_id = {Deal.Id} AND number = {milestone.Number}"));
    }

    private void Set(DealDeliveryRow delivery, DeliveryState state, string? reason)
    {
        (delivery.State, delivery.Reason) = ((int)state, reason);
        rows.Add(transaction => transaction.ExecuteAsync($"UPDATE deal_deliveries SET state = {(int)state}, reason = {reason} WHERE deal_id = {Deal.Id} AND id = {delivery.Id}"));
    }

    private static long Ms(DateTimeOffset time) => time.ToUnixTimeMilliseconds();
}
