using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Neuro.Backend.Accounts;
using Neuro.Backend.Artifacts;
using Neuro.Backend.Ledger;
using Neuro.Backend.Market;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Listings;

/// <summary>Requests for quotes: offers and counter-offers, acceptance with a hold, deliveries, payment by milestones.</summary>
/// <remarks>Every command first does what time has done meanwhile, then looks whether it was done before, then whether the rules allow it. Each step is one transaction with what it moves.</remarks>
internal sealed class DealDesk(Database database, Ledger.Ledger ledger, ArtifactFiles files, DealViews views, Gates gates, TimeProvider time, ILogger<DealDesk> logger)
{
    private const int LongestText = 4000;
    private const int MostOffers = 50;
    private const int MostOpen = 100;
    private const int MostAtOnce = 200;

    /// <summary>Opens a deal once, however often it is sent.</summary>
    /// <exception cref="NeuroException">
    /// <c>listing.not_found</c>, <c>listing.own</c>, <c>listing.delisted</c>, <c>listing.no_quotes</c>, <c>listing.already_licensed</c>, <c>deal.too_many</c>, <c>deal.exists_with_different_content</c>.
    /// </exception>
    public async Task<Deal> OpenAsync(Guid account, DealRequest request, CancellationToken cancel)
    {
        Input.Id(request.Id, "id");
        Input.Id(request.ListingId, "listingId");
        Input.Text(request.Text, "text", 1, LongestText);
        Input.Range(request.Wish?.Nano ?? 1, "wish in nano NTK", 1, Ntk.Supply.Nano);
        using (await gates.EnterAsync(request.Id, cancel))
        {
            await using var db = database.CreateDbContext();
            if (await db.Deals.AsNoTracking().SingleOrDefaultAsync(row => row.Id == request.Id, cancel) is { } before)
            {
                if ((before.BuyerId, before.ListingId, before.Text, before.WishNano, before.Until) != (account, request.ListingId, Words.Lines(request.Text), request.Wish?.Nano, request.Until.ToMillisecond()))
                {
                    throw Different("deal", request.Id);
                }
            }
            else
            {
                db.Deals.Add(await NewAsync(db, account, request, cancel));
                await db.SaveChangesAsync(cancel);
            }
        }

        return await GetAsync(account, request.Id, cancel);
    }

    /// <exception cref="NeuroException"><c>deal.not_found</c></exception>
    public async Task<Deal> GetAsync(Guid account, Guid id, CancellationToken cancel)
    {
        await views.CheckPartyAsync(account, id, cancel);
        await AdvanceAsync(rows => rows.Where(row => row.Id == id), cancel);
        return await views.GetAsync(account, id, cancel);
    }

    public async Task<IReadOnlyList<Deal>> ListAsync(Guid account, int skip, int limit, CancellationToken cancel)
    {
        await AdvanceAsync(rows => rows.Where(row => row.BuyerId == account || row.SupplierId == account), cancel);
        return await views.ListAsync(account, skip, limit, cancel);
    }

    /// <summary>Makes an offer, which takes the place of the one before it.</summary>
    /// <exception cref="NeuroException"><c>offer.bad_sum</c>, <c>offer.exists_with_different_content</c>, <c>deal.wrong_state</c>, <c>deal.too_many_offers</c>.</exception>
    public Task<Deal> OfferAsync(Guid account, Guid id, OfferRequest request, CancellationToken cancel) => ActAsync(account, id, () => DealChecks.Check(request), (thread, by, now) =>
    {
        var terms = JsonSerializer.Serialize(request.Milestones.Select(terms => terms with { Title = Words.Clip(terms.Title, 100) }), NeuroJson.Options);
        var offer = new DealOfferRow
        {
            Id = request.Id,
            DealId = id,
            Number = thread.Offers.Count + 1,
            Party = (int)by,
            PriceNano = request.Price.Nano,
            Milestones = terms,
            DeliveryDays = request.DeliveryDays,
            Note = Words.Lines(request.Note),
            Expires = request.Expires.ToMillisecond(),
            At = now,
        };
        if (thread.Offers.Find(row => row.Id == request.Id) is { } before)
        {
            return (before.Party, before.PriceNano, before.Milestones, before.DeliveryDays, before.Note, before.Expires) == (offer.Party, offer.PriceNano, terms, offer.DeliveryDays, offer.Note, offer.Expires)
                ? null
                : throw Different("offer", request.Id);
        }

        DealRules.Check(thread.State, DealCommand.Offer, by);
        DealChecks.CheckAhead(request.Expires, "expires", now);
        if (thread.Offers.Count >= MostOffers)
        {
            throw new NeuroException("deal.too_many_offers", $"There are {MostOffers} offers in this deal, the most it may have. Accept the newest, or close the deal.") { Status = 409 };
        }

        var change = new DealChange(thread, now);
        change.Offer(offer);
        return change;
    }, cancel);

    /// <summary>Accepts the other side's offer while it is the newest; its price is held from the buyer.</summary>
    /// <exception cref="NeuroException"><c>offer.not_open</c>, <c>offer.own</c>, <c>deal.wrong_state</c>, <c>deal.buyer_cannot_pay</c>, <c>ledger.insufficient_funds</c>.</exception>
    public Task<Deal> AcceptAsync(Guid account, Guid id, OfferAcceptance request, CancellationToken cancel) => ActAsync(account, id, () => Input.Id(request.OfferId, "offerId"), (thread, by, now) =>
    {
        if (thread.Milestones.Count > 0 && thread.Newest!.Id == request.OfferId && thread.Newest.Party != (int)by)
        {
            return null;
        }

        DealRules.Check(thread.State, DealCommand.Accept, by);
        if (thread.Newest!.Id != request.OfferId)
        {
            throw new NeuroException("offer.not_open", $"{request.OfferId} is not the offer that is open in this deal; that is {thread.Newest.Id}, at {new Ntk(thread.Newest.PriceNano)} NTK.") { Status = 409 };
        }

        if (thread.Newest.Party == (int)by)
        {
            throw new NeuroException("offer.own", $"Offer {request.OfferId} is your own; the other side accepts it.") { Status = 409 };
        }

        var change = new DealChange(thread, now);
        change.Accept(by);
        return change;
    }, cancel);

    /// <summary>Before anything is accepted: the supplier declines, the buyer withdraws.</summary>
    public Task<Deal> CloseAsync(Guid account, Guid id, CancellationToken cancel) => ActAsync(account, id, () => { }, (thread, by, now) =>
        thread.State == (by == Party.Buyer ? DealState.Withdrawn : DealState.Declined) ? null : Step(thread, DealCommand.Close, by, now, change => change.Close(by)), cancel);

    /// <summary>Delivers a milestone; the buyer can read the artifact from then on.</summary>
    /// <exception cref="NeuroException"><c>milestone.not_open</c>, <c>deal.too_late</c>, <c>deal.too_many_deliveries</c>, <c>delivery.no_artifact</c>, <c>artifact.not_found</c>, <c>delivery.exists_with_different_content</c>.</exception>
    public async Task<Deal> DeliverAsync(Guid account, Guid id, DeliveryRequest request, CancellationToken cancel)
    {
        await views.CheckPartyAsync(account, id, cancel);
        Input.Id(request.Id, "id");
        Input.Text(request.Note, "note", 1, DealChecks.LongestNote);
        var artifact = request.Sha256 is null ? null : await ArtifactAsync(account, request.Sha256, cancel);
        return await ActAsync(account, id, () => { }, (thread, by, now) =>
        {
            var note = Words.Lines(request.Note);
            if (by == Party.Supplier && thread.Deliveries.Find(row => row.Id == request.Id) is { } before)
            {
                return (before.Milestone, before.Sha256, before.Note) == (request.Milestone, request.Sha256, note) ? null : throw Different("delivery", request.Id);
            }

            DealRules.Check(thread.State, DealCommand.Deliver, by);
            DealChecks.CheckDelivery(thread, request, now);
            var change = new DealChange(thread, now);
            change.Deliver(thread.Milestones[request.Milestone - 1], new()
            {
                Id = request.Id,
                DealId = id,
                Milestone = request.Milestone,
                Number = thread.Deliveries.Count(row => row.Milestone == request.Milestone) + 1,
                Artifact = artifact is null ? null : JsonSerializer.Serialize(artifact, NeuroJson.Options),
                Sha256 = artifact?.Sha256,
                Note = note,
                At = now,
            });
            return change;
        }, cancel);
    }

    /// <summary>Approves a delivery: its milestone is paid.</summary>
    /// <exception cref="NeuroException"><c>delivery.not_found</c>, <c>delivery.decided</c>, <c>deal.wrong_state</c>.</exception>
    public Task<Deal> ApproveAsync(Guid account, Guid id, DeliveryApproval request, CancellationToken cancel) => ActAsync(account, id, () => Input.Id(request.DeliveryId, "deliveryId"), (thread, by, now) =>
        by == Party.Buyer && Answered(thread, request.DeliveryId) is { State: (int)DeliveryState.Approved } ? null
            : Step(thread, DealCommand.Approve, by, now, change => change.Approve(Unanswered(thread, request.DeliveryId), by)), cancel);

    /// <summary>Rejects a delivery; the supplier may deliver again.</summary>
    /// <exception cref="NeuroException"><c>delivery.not_found</c>, <c>delivery.decided</c>, <c>deal.wrong_state</c>.</exception>
    public Task<Deal> RejectAsync(Guid account, Guid id, DeliveryRejection request, CancellationToken cancel) => ActAsync(account, id, () => DealChecks.Check(request), (thread, by, now) =>
        by == Party.Buyer && Answered(thread, request.DeliveryId) is { State: (int)DeliveryState.Rejected } before && before.Reason == Words.Lines(request.Reason) ? null
            : Step(thread, DealCommand.Reject, by, now, change => change.Reject(Unanswered(thread, request.DeliveryId), Words.Lines(request.Reason))), cancel);

    /// <summary>After the delivery deadline: the buyer takes back what was not delivered.</summary>
    /// <exception cref="NeuroException"><c>deal.not_due</c>, <c>deal.nothing_to_cancel</c>, <c>deal.wrong_state</c>.</exception>
    public Task<Deal> CancelAsync(Guid account, Guid id, CancellationToken cancel) => ActAsync(account, id, () => { }, (thread, by, now) =>
    {
        var undelivered = thread.Milestones.Exists(row => row.State is (int)MilestoneState.Waiting or (int)MilestoneState.Rejected);
        if (by == Party.Buyer && !undelivered && thread.Milestones.Exists(row => row.State == (int)MilestoneState.Cancelled))
        {
            return null;
        }

        DealRules.Check(thread.State, DealCommand.Cancel, by);
        if (now < thread.Deal.DueAt)
        {
            throw new NeuroException("deal.not_due", $"The supplier has until {thread.Deal.DueAt:yyyy-MM-dd HH:mm} UTC to deliver; cancel after that, or agree to end the deal.") { Status = 409 };
        }

        return undelivered ? Step(thread, DealCommand.Cancel, by, now, change => change.Cancel())
            : throw new NeuroException("deal.nothing_to_cancel", "Every milestone is delivered or paid; approve or reject what waits for your answer.") { Status = 409 };
    }, cancel);

    /// <summary>Asks to end the deal, or agrees to it.</summary>
    public Task<Deal> EndAsync(Guid account, Guid id, CancellationToken cancel) => ActAsync(account, id, () => { }, (thread, by, now) =>
        thread.Deal.EndAsked is { } asked && (asked == (int)by || thread.State == DealState.Ended) ? null : Step(thread, DealCommand.End, by, now, change => change.End(by)), cancel);

    /// <summary>Does what time has done to deals that nobody looks at. One that cannot go on keeps no other from it.</summary>
    public Task SweepAsync(CancellationToken cancel) => AdvanceAsync(rows => rows, cancel);

    private async Task AdvanceAsync(Func<IQueryable<DealRow>, IQueryable<DealRow>> which, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        await using var db = database.CreateDbContext();
        foreach (var id in await which(db.Deals).Where(row => row.NextAt <= now).OrderBy(row => row.NextAt).Select(row => row.Id).Take(MostAtOnce).ToListAsync(cancel))
        {
            try
            {
                using (await gates.EnterAsync(id, cancel))
                {
                    await SettleAsync(id);
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                logger.LogError(failure, "Deal {Deal} could not go on; it will be tried again", id);
            }
        }
    }

    private async Task<Deal> ActAsync(Guid account, Guid id, Action check, Func<DealThread, Party, DateTimeOffset, DealChange?> act, CancellationToken cancel)
    {
        await views.CheckPartyAsync(account, id, cancel);
        check();
        using (await gates.EnterAsync(id, cancel))
        {
            var (thread, now) = await SettleAsync(id);
            var by = thread.PartyOf(account);
            if (act(thread, by, now) is { } change)
            {
                await CommitAsync(change, by);
            }
        }

        return await views.GetAsync(account, id, cancel);
    }

    /// <summary>Does what time has done, each step a transaction, in the order in which it happened; the deal as it is then.</summary>
    private async Task<(DealThread Thread, DateTimeOffset Now)> SettleAsync(Guid id)
    {
        await using var db = database.CreateDbContext();
        while (true)
        {
            var (thread, now) = (await DealThread.ReadAsync(db, id, CancellationToken.None), time.GetUtcNow().ToMillisecond());
            if (!(thread.NextAt <= now))
            {
                return (thread, now);
            }

            var change = new DealChange(thread, now);
            var silent = thread.State == DealState.Working ? thread.Deliveries.Where(row => row.State == (int)DeliveryState.Waiting).MinBy(row => row.At) : null;
            if (silent is not null && DealThread.ApprovedFrom(silent) == thread.NextAt && now < thread.Ends!.Value.AddDays(DealRules.HoldGraceDays))
            {
                change.Approve(silent, Party.Clock);
            }
            else
            {
                change.Lapse();
            }

            await CommitAsync(change, Party.Clock);
        }
    }

    // Begun is finished, whoever hangs up: what follows at this gate must see it.
    private async Task CommitAsync(DealChange change, Party by)
    {
        if (change.Transfers.Count == 0)
        {
            await database.CommitAsync(change.WriteAsync, CancellationToken.None);
            return;
        }

        var results = await ledger.SubmitAsync(change.Transfers, change.WriteAsync, CancellationToken.None);
        if (by == Party.Supplier && Array.Exists(results, result => result.Code == TransferCode.InsufficientFunds))
        {
            // How much the buyer has is not for the supplier to know.
            throw new NeuroException("deal.buyer_cannot_pay", "The buyer does not have the price free at the moment; nothing was accepted. Try again later, or make another offer.") { Status = 409 };
        }

        results.ThrowIfRefused("this deal");
    }

    private async Task<DealRow> NewAsync(NeuroDb db, Guid account, DealRequest request, CancellationToken cancel)
    {
        var now = time.GetUtcNow().ToMillisecond();
        DealChecks.CheckAhead(request.Until, "until", now);
        var listing = await db.Listings.AsNoTracking().SingleOrDefaultAsync(row => row.Id == request.ListingId, cancel) ?? throw ListingViews.NotFound(request.ListingId);
        if (listing.AccountId == account)
        {
            throw new NeuroException("listing.own", $"'{listing.Name}' is your own listing; there is nobody to ask.") { Status = 409 };
        }

        Licences.CheckListed(listing);
        if (!listing.Quotes)
        {
            throw new NeuroException("listing.no_quotes", $"'{listing.Name}' is sold at its posted price alone.") { Status = 409 };
        }

        var asset = await db.ListingVersions.Where(row => row.ListingId == listing.Id && row.Version == listing.Version).Select(row => row.AssetId).SingleAsync(cancel);
        await Licences.CheckUnlicensedAsync(db, account, listing, asset, cancel);
        if (await db.Deals.CountAsync(row => row.BuyerId == account && row.NextAt != null, cancel) >= MostOpen)
        {
            throw new NeuroException("deal.too_many", $"You have {MostOpen} deals that are not over, the most a buyer may. Close one first.") { Status = 409 };
        }

        return new()
        {
            Id = request.Id,
            ListingId = listing.Id,
            Version = listing.Version,
            BuyerId = account,
            SupplierId = listing.AccountId,
            Text = Words.Lines(request.Text),
            WishNano = request.Wish?.Nano,
            Until = request.Until.ToMillisecond(),
            NextAt = request.Until.ToMillisecond(),
            FeeBasisPoints = Fees.BasisPoints[listing.Kind],
            CreatedAt = now,
        };
    }

    private async Task<ArtifactRef> ArtifactAsync(Guid account, string sha256, CancellationToken cancel)
    {
        var found = await files.FindAsync(ArtifactFiles.Checked(sha256), Caller.Reader(account), null, cancel) ?? throw ArtifactFiles.NotFound(sha256);
        return new(sha256, found.Bytes, sha256[..12], found.MediaType);
    }

    private static DealChange Step(DealThread thread, DealCommand command, Party by, DateTimeOffset now, Action<DealChange> step)
    {
        DealRules.Check(thread.State, command, by);
        var change = new DealChange(thread, now);
        step(change);
        return change;
    }

    private static DealDeliveryRow Answered(DealThread thread, Guid id) => thread.Deliveries.Find(row => row.Id == id)
        ?? throw new NeuroException("delivery.not_found", $"There is no delivery {id} in this deal.") { Status = 404 };

    private static DealDeliveryRow Unanswered(DealThread thread, Guid id) => Answered(thread, id) is { State: (int)DeliveryState.Waiting } waiting
        ? waiting
        : throw new NeuroException("delivery.decided", $"Delivery {id} is {DealRules.Word((DeliveryState)Answered(thread, id).State)} already; that stays.") { Status = 409 };

    private static NeuroException Different(string what, Guid id) =>
        new(what + ".exists_with_different_content", $"The id {id} was used before for another {what}. Use a new id for a new one.") { Status = 409 };

    // As the database keeps it.
}
