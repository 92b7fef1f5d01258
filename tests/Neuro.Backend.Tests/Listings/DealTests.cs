using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Backend.Listings;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Listings;

/// <summary>Requests for quotes, from the first word to the last payment.</summary>
public sealed class DealTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task WholeLife_OfferCounterAcceptDeliverRejectApprove_PaysByMilestones(string engine)
    {
        await using var stage = await Stage.OpenAsync(engine);
        var (ada, bo) = (stage.Supplier, stage.Buyer);
        var deal = await stage.AskAsync();
        (deal.State, deal.You, deal.FeeBasisPoints, deal.Supplier, deal.Wish).ShouldBe(("open", "buyer", 500, "Ada", Ntk.Of(40)));
        deal = await ada.Api.OfferAsync(deal.Id, stage.Offer(60, 20, 40), Cancel);
        deal = await bo.Api.OfferAsync(deal.Id, stage.Offer(50, 20, 30), Cancel);
        (deal.State, deal.Offers.Count, deal.Offers[1].ApprovalDays).ShouldBe(("offered", 2, 7));
        (await Wares.RefusedAsync(() => bo.Api.AcceptAsync(deal.Id, new(deal.Offers[0].Id), Cancel))).ShouldBe("offer.not_open");
        (await Wares.RefusedAsync(() => bo.Api.AcceptAsync(deal.Id, new(deal.Offers[1].Id), Cancel))).ShouldBe("offer.own");
        deal = await ada.Api.AcceptAsync(deal.Id, new(deal.OpenOffer!.Value), Cancel);
        (deal.State, deal.Held, deal.Due).ShouldBe(("working", Ntk.Of(50), stage.Now.AddDays(10)));
        (await bo.BalanceAsync(Cancel)).ShouldBe(new Balance("Bo", Ntk.Of(50), Ntk.Of(50)));

        var work = await ada.Artifacts.UploadAsync(Guid.NewGuid().ToByteArray(), "labels.zip", cancel: Cancel);
        (await Wares.RefusedAsync(() => bo.Artifacts.DownloadAsync(work, Cancel))).ShouldBe("artifact.not_found");
        deal = await ada.Api.DeliverAsync(deal.Id, new(Guid.NewGuid(), 1, work.Sha256, "half of it"), Cancel);
        await bo.Artifacts.DownloadAsync(work, Cancel);
        var first = deal.Milestones[0].Deliveries[0];
        deal = await bo.Api.RejectAsync(deal.Id, new(first.Id, "boxes too wide"), Cancel);
        (deal.Milestones[0].State, deal.Milestones[0].Deliveries[0].Reason, deal.Paid).ShouldBe(("rejected", "boxes too wide", Ntk.Zero));
        (await Wares.RefusedAsync(() => bo.Api.ApproveAsync(deal.Id, new(first.Id), Cancel))).ShouldBe("delivery.decided");
        foreach (var milestone in new[] { 1, 2 })
        {
            deal = await ada.Api.DeliverAsync(deal.Id, new(Guid.NewGuid(), milestone, work.Sha256, "again"), Cancel);
            deal = await bo.Api.ApproveAsync(deal.Id, new(deal.Milestones[milestone - 1].Deliveries[^1].Id), Cancel);
        }

        (deal.State, deal.Paid, deal.Held, deal.Returned).ShouldBe(("completed", Ntk.Of(50), Ntk.Zero, Ntk.Zero));
        deal.Milestones.Select(milestone => (milestone.State, milestone.Fee)).ShouldBe([("paid", Ntk.Of(1)), ("paid", Ntk.Of(1.5m))]);
        (await ada.BalanceAsync(Cancel)).Available.ShouldBe(Ntk.Of(47.5m));
        (await bo.BalanceAsync(Cancel)).Total.ShouldBe(Ntk.Of(50));
        await stage.CheckAsync();
    }

    [Fact]
    public async Task EveryCommand_SentTwiceOrAtOnce_IsDoneOnce()
    {
        await using var stage = await Stage.OpenAsync();
        var (ada, bo) = (stage.Supplier, stage.Buyer);
        var request = new DealRequest(Guid.NewGuid(), stage.Listing.Id, "ten boxes", stage.Now.AddDays(3));
        var offer = stage.Offer(50, 20, 30);
        var work = await ada.Artifacts.UploadAsync(Guid.NewGuid().ToByteArray(), "labels.zip", cancel: Cancel);
        var delivery = new DeliveryRequest(Guid.NewGuid(), 2, work.Sha256, "here");
        var again = new DeliveryRequest(Guid.NewGuid(), 2, work.Sha256, "here, better");
        Func<Task<Deal>>[] life =
        [
            () => bo.Api.OpenDealAsync(request, Cancel),
            () => ada.Api.OfferAsync(request.Id, offer, Cancel),
            () => bo.Api.AcceptAsync(request.Id, new(offer.Id), Cancel),
            () => ada.Api.DeliverAsync(request.Id, delivery, Cancel),
            () => bo.Api.RejectAsync(request.Id, new(delivery.Id, "no"), Cancel),
            () => ada.Api.DeliverAsync(request.Id, again, Cancel),
            () => bo.Api.ApproveAsync(request.Id, new(again.Id), Cancel),
            () => bo.Api.EndDealAsync(request.Id, Cancel),
            () => ada.Api.EndDealAsync(request.Id, Cancel),
        ];
        foreach (var step in life)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(step)));
            answers.ShouldAllBe(answer => answer.State == answers[0].State && answer.Paid == answers[0].Paid && answer.Held == answers[0].Held && answer.Offers.Count == answers[0].Offers.Count);
        }

        // Late copies of all of it, in the other order, change nothing and are answered.
        foreach (var step in life.Reverse())
        {
            var late = await step();
            (late.State, late.Paid, late.Returned, late.EndAskedBy).ShouldBe(("ended", Ntk.Of(30), Ntk.Of(20), "buyer"));
        }

        (await Wares.RefusedAsync(() => bo.Api.OpenDealAsync(request with { Text = "eleven boxes" }, Cancel))).ShouldBe("deal.exists_with_different_content");
        (await Wares.RefusedAsync(() => ada.Api.OfferAsync(request.Id, offer with { DeliveryDays = 3 }, Cancel))).ShouldBe("offer.exists_with_different_content");
        (await Wares.RefusedAsync(() => ada.Api.DeliverAsync(request.Id, delivery with { Note = "there" }, Cancel))).ShouldBe("delivery.exists_with_different_content");
        (await ada.BalanceAsync(Cancel)).Available.ShouldBe(Ntk.Of(28.5m));
        (await bo.BalanceAsync(Cancel)).ShouldBe(new Balance("Bo", Ntk.Of(70), Ntk.Zero));
        await stage.CheckAsync();
    }

    [Fact]
    public async Task Deliver_BuyerIsSilent_IsApprovedAfterSevenDays_WhoeverLooksOrNobody()
    {
        await using var stage = await Stage.OpenAsync();
        var (ada, bo) = (stage.Supplier, stage.Buyer);
        var deal = await stage.WorkingAsync(20, 30);
        var work = await ada.Artifacts.UploadAsync(Guid.NewGuid().ToByteArray(), "a", cancel: Cancel);
        deal = await ada.Api.DeliverAsync(deal.Id, new(Guid.NewGuid(), 1, work.Sha256, "one"), Cancel);
        deal.Milestones[0].Deliveries[0].ApprovedFrom.ShouldBe(stage.Now.AddDays(7));
        stage.Pass(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(1));
        (await bo.Api.GetDealAsync(deal.Id, Cancel)).Paid.ShouldBe(Ntk.Zero);
        stage.Pass(TimeSpan.FromMinutes(1));
        // Too late to reject: silence has approved it first.
        (await Wares.RefusedAsync(() => bo.Api.RejectAsync(deal.Id, new(deal.Milestones[0].Deliveries[0].Id, "late"), Cancel))).ShouldBe("delivery.decided");
        (await bo.Api.GetDealsAsync(cancel: Cancel)).Single().Paid.ShouldBe(Ntk.Of(20));

        await ada.Api.DeliverAsync(deal.Id, new(Guid.NewGuid(), 2, work.Sha256, "two"), Cancel);
        stage.Pass(TimeSpan.FromDays(8));
        await stage.Platform.Platform.Services.GetRequiredService<DealDesk>().SweepAsync(Cancel);
        (await ada.BalanceAsync(Cancel)).Available.ShouldBe(Ntk.Of(47.5m));
        (await ada.Api.GetDealAsync(deal.Id, Cancel)).State.ShouldBe("completed");
        await stage.CheckAsync();
    }

    [Fact]
    public async Task Cancel_AfterTheDeadline_TakesBackWhatWasNotDelivered()
    {
        await using var stage = await Stage.OpenAsync();
        var (ada, bo) = (stage.Supplier, stage.Buyer);
        var deal = await stage.WorkingAsync(20, 30);
        var work = await ada.Artifacts.UploadAsync(Guid.NewGuid().ToByteArray(), "a", cancel: Cancel);
        (await Wares.RefusedAsync(() => bo.Api.CancelDealAsync(deal.Id, Cancel))).ShouldBe("deal.not_due");
        stage.Pass(TimeSpan.FromDays(9));
        deal = await ada.Api.DeliverAsync(deal.Id, new(Guid.NewGuid(), 1, work.Sha256, "one"), Cancel);
        stage.Pass(TimeSpan.FromDays(1));
        (await Wares.RefusedAsync(() => ada.Api.CancelDealAsync(deal.Id, Cancel))).ShouldBe("deal.wrong_state");
        deal = await bo.Api.CancelDealAsync(deal.Id, Cancel);
        (deal.State, deal.Held).ShouldBe(("working", Ntk.Of(50)), "the delivery still waits for its answer");
        deal.Milestones.Select(milestone => milestone.State).ShouldBe(["delivered", "cancelled"]);
        (await Wares.RefusedAsync(() => ada.Api.DeliverAsync(deal.Id, new(Guid.NewGuid(), 2, work.Sha256, "late"), Cancel))).ShouldBe("milestone.not_open");
        deal = await bo.Api.ApproveAsync(deal.Id, new(deal.Milestones[0].Deliveries[0].Id), Cancel);
        (deal.State, deal.Paid, deal.Returned).ShouldBe(("ended", Ntk.Of(20), Ntk.Of(30)));
        (await bo.Api.CancelDealAsync(deal.Id, Cancel)).State.ShouldBe("ended");
        (await bo.BalanceAsync(Cancel)).ShouldBe(new Balance("Bo", Ntk.Of(80), Ntk.Zero));
        await stage.CheckAsync();
    }

    [Theory]
    [InlineData(40)]
    [InlineData(71)]
    public async Task Working_NobodyDoesAnything_EverythingComesBackAtTheEnd(int days)
    {
        await using var stage = await Stage.OpenAsync();
        var deal = await stage.WorkingAsync(20, 30);
        stage.Pass(TimeSpan.FromDays(days) - TimeSpan.FromMinutes(1));
        (await stage.Buyer.Api.GetDealAsync(deal.Id, Cancel)).State.ShouldBe(days == 40 ? "working" : "ended");
        stage.Pass(TimeSpan.FromMinutes(1));
        await stage.Platform.Platform.Services.GetRequiredService<DealDesk>().SweepAsync(Cancel);
        await stage.Platform.Platform.Services.GetRequiredService<Backend.Ledger.Ledger>().ExpireAsync(Cancel);
        var over = await stage.Buyer.Api.GetDealAsync(deal.Id, Cancel);
        (over.State, over.Returned, over.Ends).ShouldBe(("ended", Ntk.Of(50), null));
        (await stage.Buyer.BalanceAsync(Cancel)).ShouldBe(new Balance("Bo", Ntk.Of(100), Ntk.Zero));
        var work = await stage.Supplier.Artifacts.UploadAsync(Guid.NewGuid().ToByteArray(), "a", cancel: Cancel);
        (await Wares.RefusedAsync(() => stage.Supplier.Api.DeliverAsync(deal.Id, new(Guid.NewGuid(), 1, work.Sha256, "late"), Cancel))).ShouldBe("deal.wrong_state");
        await stage.CheckAsync();
    }

    [Fact]
    public async Task Offer_NobodyAcceptsInTime_ExpiresAndHoldsNothing()
    {
        await using var stage = await Stage.OpenAsync();
        var (waiting, offered) = (await stage.AskAsync(), await stage.AskAsync());
        var offer = stage.Offer(50, 50) with { Expires = stage.Now.AddDays(2) };
        await stage.Supplier.Api.OfferAsync(offered.Id, offer, Cancel);
        stage.Pass(TimeSpan.FromDays(2));
        (await Wares.RefusedAsync(() => stage.Buyer.Api.AcceptAsync(offered.Id, new(offer.Id), Cancel))).ShouldBe("deal.wrong_state");
        (await stage.Buyer.Api.GetDealAsync(offered.Id, Cancel)).State.ShouldBe("expired");
        (await stage.Buyer.Api.GetDealAsync(waiting.Id, Cancel)).State.ShouldBe("open");
        stage.Pass(TimeSpan.FromDays(1));
        (await stage.Supplier.Api.GetDealsAsync(cancel: Cancel)).ShouldAllBe(deal => deal.State == "expired");
        (await stage.Buyer.BalanceAsync(Cancel)).Held.ShouldBe(Ntk.Zero);
    }

    [Fact]
    public async Task Close_BySupplierOrBuyer_SaysWho()
    {
        await using var stage = await Stage.OpenAsync();
        var (one, two) = (await stage.AskAsync(), await stage.AskAsync());
        (await stage.Supplier.Api.CloseDealAsync(one.Id, Cancel)).State.ShouldBe("declined");
        (await stage.Supplier.Api.CloseDealAsync(one.Id, Cancel)).State.ShouldBe("declined");
        (await Wares.RefusedAsync(() => stage.Buyer.Api.CloseDealAsync(one.Id, Cancel))).ShouldBe("deal.wrong_state");
        (await stage.Buyer.Api.CloseDealAsync(two.Id, Cancel)).State.ShouldBe("withdrawn");
        (await Wares.RefusedAsync(() => stage.Supplier.Api.OfferAsync(two.Id, stage.Offer(1, 1), Cancel))).ShouldBe("deal.wrong_state");
    }

    [Fact]
    public async Task Accept_BySupplierOfWhatTheBuyerCannotPay_TellsNothingOfTheBuyersBalance()
    {
        await using var stage = await Stage.OpenAsync();
        var deal = await stage.AskAsync();
        await stage.Supplier.Api.OfferAsync(deal.Id, stage.Offer(200, 200), Cancel);
        var counter = stage.Offer(150, 150);
        await stage.Buyer.Api.OfferAsync(deal.Id, counter, Cancel);
        var refused = await Should.ThrowAsync<NeuroException>(() => stage.Supplier.Api.AcceptAsync(deal.Id, new(counter.Id), Cancel));
        (refused.Code, refused.Status).ShouldBe(("deal.buyer_cannot_pay", 409));
        refused.Message.ShouldNotContain("100");
        (await stage.Supplier.Api.GetDealAsync(deal.Id, Cancel)).State.ShouldBe("offered");
        var offer = stage.Offer(150, 150);
        await stage.Supplier.Api.OfferAsync(deal.Id, offer, Cancel);
        (await Wares.RefusedAsync(() => stage.Buyer.Api.AcceptAsync(deal.Id, new(offer.Id), Cancel))).ShouldBe("ledger.insufficient_funds");
        await stage.Buyer.BuyAsync(Ntk.Of(50), Cancel);
        (await stage.Buyer.Api.AcceptAsync(deal.Id, new(offer.Id), Cancel)).Held.ShouldBe(Ntk.Of(150));
    }

    [Fact]
    public async Task Deal_OnADataset_EndsWithItsLicence()
    {
        await using var platform = await Wares.StartAsync();
        var ada = await platform.CustomerAsync(ntk: 100);
        var dataset = await Wares.DatasetAsync(platform, ada);
        var listing = await Wares.ListedAsync(ada, Wares.Dataset(dataset, price: null, quotes: true));
        var (bo, key) = await platform.NewCustomerAsync("Bo", ntk: 100);
        var now = platform.Clock.GetUtcNow();
        var deal = await bo.Api.OpenDealAsync(new(Guid.NewGuid(), listing.Id, "for three shops", now.AddDays(1)), Cancel);
        var offer = new OfferRequest(Guid.NewGuid(), Ntk.Of(30), [new("licence", Ntk.Of(30))], 1, now.AddDays(1));
        await ada.Api.OfferAsync(deal.Id, offer, Cancel);
        await bo.Api.AcceptAsync(deal.Id, new(offer.Id), Cancel);
        using var http = platform.Http(key);
        var delivery = new DeliveryRequest(Guid.NewGuid(), 1, null, "approve, and it is yours");
        await ada.Api.DeliverAsync(deal.Id, delivery, Cancel);
        (await Wares.RefusedAsync(() => bo.Api.GetDatasetAsync(dataset.Id, Cancel))).ShouldBe("dataset.not_found");
        (await bo.Api.ApproveAsync(deal.Id, new(delivery.Id), Cancel)).State.ShouldBe("completed");
        var licence = (await bo.Api.GetLicencesAsync(cancel: Cancel)).ShouldHaveSingleItem();
        (licence.Deal, licence.Price, licence.Fee).ShouldBe((deal.Id, Ntk.Of(30), Ntk.Of(3)));
        (await http.GetAsync($"v1/artifacts/{dataset.Shards[0].Sha256}", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await bo.Api.GetDatasetAsync(dataset.Id, Cancel)).Count.ShouldBe(4);
        (await Wares.RefusedAsync(() => bo.Api.OpenDealAsync(new(Guid.NewGuid(), listing.Id, "again", now.AddDays(1)), Cancel))).ShouldBe("listing.already_licensed");
    }

    [Fact]
    public async Task Stranger_SeesAndDoesNothing()
    {
        await using var stage = await Stage.OpenAsync();
        var deal = await stage.WorkingAsync(20, 30);
        var work = await stage.Supplier.Artifacts.UploadAsync(Guid.NewGuid().ToByteArray(), "a", cancel: Cancel);
        deal = await stage.Supplier.Api.DeliverAsync(deal.Id, new(Guid.NewGuid(), 1, work.Sha256, "one"), Cancel);
        var (eve, _) = await stage.Platform.NewCustomerAsync("Eve", ntk: 100);
        Func<Task>[] tries =
        [
            () => eve.Api.GetDealAsync(deal.Id, Cancel),
            () => eve.Api.OfferAsync(deal.Id, stage.Offer(1, 1), Cancel),
            () => eve.Api.AcceptAsync(deal.Id, new(deal.Offers[0].Id), Cancel),
            () => eve.Api.DeliverAsync(deal.Id, new(Guid.NewGuid(), 2, work.Sha256, "x"), Cancel),
            () => eve.Api.ApproveAsync(deal.Id, new(deal.Milestones[0].Deliveries[0].Id), Cancel),
            () => eve.Api.RejectAsync(deal.Id, new(deal.Milestones[0].Deliveries[0].Id, "x"), Cancel),
            () => eve.Api.CloseDealAsync(deal.Id, Cancel),
            () => eve.Api.CancelDealAsync(deal.Id, Cancel),
            () => eve.Api.EndDealAsync(deal.Id, Cancel),
        ];
        foreach (var attempt in tries)
        {
            (await Wares.RefusedAsync(attempt)).ShouldBe("deal.not_found");
        }

        (await eve.Api.GetDealsAsync(cancel: Cancel)).ShouldBeEmpty();
        (await Wares.RefusedAsync(() => eve.Artifacts.DownloadAsync(work, Cancel))).ShouldBe("artifact.not_found");
        var others = await eve.Artifacts.UploadAsync(Guid.NewGuid().ToByteArray(), "b", cancel: Cancel);
        (await Wares.RefusedAsync(() => stage.Supplier.Api.DeliverAsync(deal.Id, new(Guid.NewGuid(), 2, others.Sha256, "not mine"), Cancel))).ShouldBe("artifact.not_found");
        await stage.CheckAsync();
    }

    [Fact]
    public async Task Requests_ThatCannotBe_AreOneSentenceWithACode()
    {
        await using var stage = await Stage.OpenAsync();
        var (ada, bo, million) = (stage.Supplier, stage.Buyer, new string('x', 1_000_000));
        var deal = await stage.AskAsync();
        var good = stage.Offer(50, 20, 30);
        var ask = new DealRequest(Guid.NewGuid(), stage.Listing.Id, "x", stage.Now.AddDays(1));
        Dictionary<string, Func<Task>[]> refused = new()
        {
            ["request.out_of_range"] =
            [
                () => bo.Api.OpenDealAsync(ask with { Text = million }, Cancel),
                () => bo.Api.OpenDealAsync(ask with { Wish = Ntk.Of(-1) }, Cancel),
                () => bo.Api.OpenDealAsync(ask with { Until = stage.Now }, Cancel),
                () => bo.Api.OpenDealAsync(ask with { Until = DateTimeOffset.MaxValue }, Cancel),
                () => ada.Api.OfferAsync(deal.Id, good with { Price = Ntk.Zero }, Cancel),
                () => ada.Api.OfferAsync(deal.Id, good with { Price = Ntk.Of(-50) }, Cancel),
                () => ada.Api.OfferAsync(deal.Id, good with { DeliveryDays = 0 }, Cancel),
                () => ada.Api.OfferAsync(deal.Id, good with { DeliveryDays = int.MaxValue }, Cancel),
                () => ada.Api.OfferAsync(deal.Id, good with { Milestones = [] }, Cancel),
                () => ada.Api.OfferAsync(deal.Id, good with { Milestones = [new("a", Ntk.Of(60)), new("b", Ntk.Of(-10))] }, Cancel),
                () => ada.Api.OfferAsync(deal.Id, good with { Milestones = [new(million, Ntk.Of(50))] }, Cancel),
                () => ada.Api.OfferAsync(deal.Id, good with { Note = million }, Cancel),
                () => ada.Api.OfferAsync(deal.Id, good with { Expires = stage.Now.AddDays(-1) }, Cancel),
                () => ada.Api.OfferAsync(deal.Id, good with { Milestones = [.. Enumerable.Repeat(new MilestoneTerms("a", Ntk.Of(1)), 50)] }, Cancel),
            ],
            ["offer.bad_sum"] =
            [
                () => ada.Api.OfferAsync(deal.Id, stage.Offer(50, 20, 29), Cancel),
                () => ada.Api.OfferAsync(deal.Id, good with { Price = Ntk.Supply, Milestones = [.. Enumerable.Repeat(new MilestoneTerms("a", Ntk.Supply), 20)] }, Cancel),
            ],
            ["request.missing"] = [() => bo.Api.OpenDealAsync(ask with { Id = Guid.Empty }, Cancel), () => bo.Api.AcceptAsync(deal.Id, new(Guid.Empty), Cancel)],
            ["listing.not_found"] = [() => bo.Api.OpenDealAsync(ask with { ListingId = Guid.NewGuid() }, Cancel)],
            ["listing.own"] = [() => ada.Api.OpenDealAsync(ask, Cancel)],
            ["deal.wrong_state"] =
            [
                () => bo.Api.OfferAsync(deal.Id, good, Cancel),
                () => bo.Api.AcceptAsync(deal.Id, new(good.Id), Cancel),
                () => ada.Api.DeliverAsync(deal.Id, new(Guid.NewGuid(), 1, null, "x"), Cancel),
                () => bo.Api.CancelDealAsync(deal.Id, Cancel),
                () => bo.Api.EndDealAsync(deal.Id, Cancel),
            ],
            ["artifact.bad_name"] = [() => ada.Api.DeliverAsync(deal.Id, new(Guid.NewGuid(), 1, "../x", "x"), Cancel)],
        };
        foreach (var (code, tries) in refused)
        {
            foreach (var (number, attempt) in tries.Index())
            {
                (await Wares.RefusedAsync(attempt)).ShouldBe(code, $"the one at {number}");
            }
        }

        await ada.Api.OfferAsync(deal.Id, good, Cancel);
        await bo.Api.AcceptAsync(deal.Id, new(good.Id), Cancel);
        (await Wares.RefusedAsync(() => ada.Api.DeliverAsync(deal.Id, new(Guid.NewGuid(), 3, null, "x"), Cancel))).ShouldBe("request.out_of_range");
        (await Wares.RefusedAsync(() => ada.Api.DeliverAsync(deal.Id, new(Guid.NewGuid(), 1, null, "x"), Cancel))).ShouldBe("delivery.no_artifact");
        (await Wares.RefusedAsync(() => bo.Api.ApproveAsync(deal.Id, new(Guid.NewGuid()), Cancel))).ShouldBe("delivery.not_found");
        await stage.CheckAsync();
    }

    /// <summary>A supplier with a service, and a buyer with 100 NTK.</summary>
    private sealed class Stage(TestPlatform platform, NeuroClient supplier, NeuroClient buyer, Listing listing) : IAsyncDisposable
    {
        public TestPlatform Platform => platform;

        public NeuroClient Supplier => supplier;

        public NeuroClient Buyer => buyer;

        public Listing Listing => listing;

        /// <summary>As the database keeps it.</summary>
        public DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(platform.Clock.GetUtcNow().ToUnixTimeMilliseconds());

        public static async Task<Stage> OpenAsync(string engine = "sqlite")
        {
            var platform = await Wares.StartAsync(engine == "postgres" ? await Ledger.LedgerEngine.NewPostgresAsync() : null);
            var (supplier, _) = await platform.NewCustomerAsync("Ada");
            var (buyer, _) = await platform.NewCustomerAsync("Bo", ntk: 100);
            return new(platform, supplier, buyer, await Wares.ListedAsync(supplier, Wares.Service()));
        }

        /// <summary>Moves the clock past its timers: each of the platform's seconds would ring otherwise.</summary>
        public void Pass(TimeSpan time) => platform.Clock.AdjustTime(platform.Clock.GetUtcNow() + time);

        public Task<Deal> AskAsync() => buyer.Api.OpenDealAsync(new(Guid.NewGuid(), listing.Id, "ten boxes", Now.AddDays(3), Ntk.Of(40)), Cancel);

        public OfferRequest Offer(int price, params int[] milestones) =>
            new(Guid.NewGuid(), Ntk.Of(price), [.. milestones.Select((part, index) => new MilestoneTerms($"part {index + 1}", Ntk.Of(part)))], 10, Now.AddDays(3));

        public async Task<Deal> WorkingAsync(params int[] milestones)
        {
            var deal = await AskAsync();
            var offer = Offer(milestones.Sum(), milestones);
            await supplier.Api.OfferAsync(deal.Id, offer, Cancel);
            return await buyer.Api.AcceptAsync(deal.Id, new(offer.Id), Cancel);
        }

        public async Task CheckAsync() => (await buyer.Api.GetProofAsync(Cancel)).Faults.ShouldBeEmpty();

        public ValueTask DisposeAsync() => platform.DisposeAsync();
    }
}
