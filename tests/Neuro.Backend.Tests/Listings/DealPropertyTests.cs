using CsCheck;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Neuro.Backend.Accounts;
using Neuro.Backend.Artifacts;
using Neuro.Backend.Ledger;
using Neuro.Backend.Market;
using Neuro.Backend.Listings;
using Neuro.Backend.Storage;
using Neuro.Backend.Tests.Ledger;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Listings;

/// <summary>Any commands of a buyer, a supplier and a stranger in any order, sent twice, at once and late, while the clock jumps.</summary>
public sealed class DealPropertyTests
{
    private const int Start = 1000;
    private static readonly Guid Supplier = DerivedId.Of("test/supplier");
    private static readonly Guid Buyer = DerivedId.Of("test/buyer");
    private static readonly Guid Stranger = DerivedId.Of("test/stranger");
    private static readonly byte[] Work = [1, 2, 3];
    private static readonly string WorkHash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Work));

    /// <summary>What may follow what, written down here once more and by hand; time may add one of its own steps before any of these.</summary>
    private static readonly HashSet<string> Legal =
    [
        "open buyer close withdrawn", "open supplier close declined", "open supplier offer offered",
        "offered buyer offer offered", "offered supplier offer offered", "offered buyer close withdrawn", "offered supplier close declined", "offered buyer accept working", "offered supplier accept working",
        "working supplier deliver working", "working buyer approve working", "working buyer approve completed", "working buyer approve ended", "working buyer reject working",
        "working buyer cancel working", "working buyer cancel ended", "working buyer end working", "working supplier end working", "working buyer end ended", "working supplier end ended",
    ];

    private static readonly HashSet<string> ByTime = ["open expired", "offered expired", "working working", "working completed", "working ended"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="Who">0 buyer, 1 supplier, 2 stranger.</param>
    /// <param name="Which">Of the offers or deliveries that there are; sometimes one that is not.</param>
    /// <param name="Copies">How often it is sent at once.</param>
    private sealed record Step(int Who, int What, int Which, int Days, int Copies);

    // The likely next step is likely, or most deals would be over before they began.
    private static readonly Gen<Step> Steps = Gen.Select(
        Gen.Frequency((5, Gen.Const(0)), (5, Gen.Const(1)), (1, Gen.Const(2))),
        Gen.Frequency((2, Gen.Const(0)), (2, Gen.Const(1)), (10, Gen.Const(2)), (8, Gen.Const(3)), (4, Gen.Const(4)), (1, Gen.Const(5)), (1, Gen.Const(6)), (1, Gen.Const(7)), (3, Gen.Const(8)), (1, Gen.Const(9))),
        Gen.Int[0, 3], Gen.Frequency((24, Gen.Const(0)), (5, Gen.Int[1, 4]), (2, Gen.Int[5, 12]), (1, Gen.Int[13, 80])), Gen.Int[1, 3], (who, what, which, days, copies) => new Step(who, what, which, days, copies));

    [Theory]
    [InlineData("sqlite", 12)]
    [InlineData("postgres", 4)]
    public async Task AnyCommands_InAnyOrder_ReachNoIllegalStateAndMoveNoMoneyWrongly(string engine, int runs)
    {
        await using var stage = await Stage.OpenAsync(engine);
        var reached = new HashSet<string>();
        await PlayAsync(runs);
        if (engine != "sqlite")
        {
            return;
        }

        // Else the laws above were kept by nothing having happened. Chance comes everywhere sooner or later; how soon is not what is tried.
        string[] all = ["open", "offered", "working", "completed", "ended", "declined", "withdrawn", "expired"];
        for (var more = 0; more < 30 && all.Except(reached).Any(); more++)
        {
            await PlayAsync(4);
        }

        all.Except(reached).ShouldBeEmpty();

        Task PlayAsync(int times) => Steps.Array[5, 60].SampleAsync(async steps => reached.UnionWith(await stage.PlayAsync(steps)), iter: times, threads: 1);
    }

    private sealed class Stage(LedgerEngine engine, FakeTimeProvider clock, Backend.Ledger.Ledger ledger, DealDesk desk, Gates gates, Guid listing, string folder) : IAsyncDisposable
    {
        public static async Task<Stage> OpenAsync(string name)
        {
            var engine = await LedgerEngine.OpenAsync(name);
            var (database, clock) = (engine.Database, new FakeTimeProvider(DateTimeOffset.UtcNow));
            var (ledger, gates, folder) = (new Backend.Ledger.Ledger(database, clock), new Gates(), Directory.CreateTempSubdirectory("neuro-deals-").FullName);
            await ledger.OpenBooksAsync(Cancel);
            foreach (var (id, who) in new[] { (Buyer, "buyer"), (Supplier, "supplier"), (Stranger, "stranger") })
            {
                await ledger.OpenAccountAsync(id, "customer", who, Cancel);
                await ledger.SubmitAsync(TransferRequest.Transfer(Guid.NewGuid(), SystemAccounts.Treasury, id, Ntk.Of(Start), "start"), Cancel);
            }

            var (options, bytes) = (new PlatformOptions { DataFolder = folder }, new FileByteStore(folder));
            var files = new ArtifactFiles(database, bytes, null, clock);
            await new Uploads(database, bytes, null, new Quota(database, options, clock), clock, folder).SaveAsync(WorkHash, Work.Length, new MemoryStream(Work), "application/zip", new(Caller.Reader(Supplier), Supplier), Cancel);
            var shop = new ListingDesk(database, new Assets(database, files, options), new(database), gates, clock);
            var listing = await shop.PublishAsync(Supplier, Guid.NewGuid(), Wares.Service(), Cancel);
            return new(engine, clock, ledger, new DealDesk(database, ledger, files, new(database), gates, clock, NullLogger<DealDesk>.Instance), gates, listing.Id, folder);
        }

        /// <summary>One deal; the states that it was in.</summary>
        public async Task<HashSet<string>> PlayAsync(Step[] steps)
        {
            var request = new DealRequest(Guid.NewGuid(), listing, "work", Now.AddDays(30));
            var deal = await desk.OpenAsync(Buyer, request, Cancel);
            var start = await BalancesAsync();
            var (seen, done) = (new HashSet<string> { deal.State }, new List<Func<Task<Deal>>>());
            foreach (var step in steps)
            {
                clock.Advance(TimeSpan.FromDays(step.Days));
                var before = deal;
                deal = await desk.GetAsync(Buyer, request.Id, Cancel);
                // Several things may have fallen due at once, the last one with the end.
                (before.State == deal.State || ByTime.Contains($"{before.State} {deal.State}")).ShouldBeTrue($"time made {deal.State} of {before.State}");
                await CheckAsync(before, deal, start);
                Approved(deal).Except(Approved(before)).ShouldAllBe(delivery => delivery.ApprovedFrom <= Now, "silence approves after a week, not before");
                before = deal;
                var (who, what, act) = Read(step, deal);
                var outcomes = await Task.WhenAll(Enumerable.Range(0, step.Copies).Select(_ => Task.Run(() => TryAsync(act))));
                deal = await desk.GetAsync(Buyer, request.Id, Cancel);
                seen.Add(deal.State);
                // Copies of one command are one command.
                outcomes.Distinct().Count().ShouldBe(1, string.Join(", ", outcomes));
                var changed = !Same(before, deal);
                if (outcomes[0] != "")
                {
                    changed.ShouldBeFalse($"{outcomes[0]} must change nothing");
                }
                else if (changed)
                {
                    Legal.ShouldContain($"{before.State} {who} {what} {deal.State}");
                    done.Add(act);
                    if (what == "cancel")
                    {
                        before.Due!.Value.ShouldBeLessThanOrEqualTo(Now);
                    }
                }

                if (step.Who == 2)
                {
                    outcomes[0].ShouldBe("deal.not_found");
                }

                // A late copy of something long done changes nothing either.
                if (done.Count > 0)
                {
                    await TryAsync(done[step.Which % done.Count]);
                    Same(deal, await desk.GetAsync(Buyer, request.Id, Cancel)).ShouldBeTrue("a late copy changed the deal");
                }

                await CheckAsync(before, deal, start);
            }

            (await ledger.ProofAsync(Cancel)).Faults.ShouldBeEmpty();
            seen.Add(await FinishAsync(request.Id, deal));
            return seen;
        }

        private (string Who, string What, Func<Task<Deal>> Act) Read(Step step, Deal deal)
        {
            var account = step.Who switch { 0 => Buyer, 1 => Supplier, _ => Stranger };
            var (who, id, offerId, deliveryId) = (step.Who == 0 ? "buyer" : "supplier", deal.Id, Guid.NewGuid(), Guid.NewGuid());
            var offers = deal.Offers;
            var chosen = offers.Count == 0 ? Guid.NewGuid() : step.Which == 3 ? offers[0].Id : offers[^1].Id;
            var deliveries = deal.Milestones.SelectMany(milestone => milestone.Deliveries).OrderBy(delivery => delivery.State == "waiting" ? 0 : 1).ToList();
            var delivery = deliveries.Count == 0 ? Guid.NewGuid() : deliveries[step.Which % deliveries.Count].Id;
            var undelivered = deal.Milestones.FirstOrDefault(milestone => milestone.State is "waiting" or "rejected")?.Number ?? 1 + step.Which;
            var (parts, expires) = (Enumerable.Range(1, 1 + (step.Which % 3)).Select(part => new MilestoneTerms($"part {part}", new Ntk((part * 10_000_000_000L) + step.Which))).ToList(), Now.AddDays(20));
            var price = parts.Aggregate(Ntk.Zero, (sum, part) => sum + part.Price);
            return step.What switch
            {
                0 or 1 => (who, "offer", () => desk.OfferAsync(account, id, new(offerId, price, parts, 10, expires), Cancel)),
                2 => (who, "accept", () => desk.AcceptAsync(account, id, new(chosen), Cancel)),
                3 => (who, "deliver", () => desk.DeliverAsync(account, id, new(deliveryId, undelivered, WorkHash, "done"), Cancel)),
                4 or 8 => (who, "approve", () => desk.ApproveAsync(account, id, new(delivery), Cancel)),
                5 => (who, "reject", () => desk.RejectAsync(account, id, new(delivery, "no"), Cancel)),
                6 => (who, "cancel", () => desk.CancelAsync(account, id, Cancel)),
                7 => (who, "end", () => desk.EndAsync(account, id, Cancel)),
                _ => (who, "close", () => desk.CloseAsync(account, id, Cancel)),
            };
        }

        /// <summary>Money: what the deal says is what moved, to the nano.</summary>
        private async Task CheckAsync(Deal before, Deal deal, Dictionary<Guid, (long Total, long Held)> start)
        {
            var accepted = deal.Milestones.Count > 0;
            var price = accepted ? deal.Offers[^1].Price : Ntk.Zero;
            (deal.Held + deal.Paid + deal.Returned).ShouldBe(price);
            deal.Paid.ShouldBeGreaterThanOrEqualTo(before.Paid);
            deal.Milestones.Aggregate(Ntk.Zero, (sum, milestone) => sum + milestone.Price).ShouldBe(price);
            var paid = deal.Milestones.Where(milestone => milestone.State == "paid").ToList();
            paid.Aggregate(Ntk.Zero, (sum, milestone) => sum + milestone.Price).ShouldBe(deal.Paid);
            paid.ShouldAllBe(milestone => milestone.Deliveries.Count(delivery => delivery.State == "approved") == 1);
            deal.Milestones.Except(paid).ShouldAllBe(milestone => milestone.Deliveries.All(delivery => delivery.State != "approved"));
            var fees = paid.Aggregate(Ntk.Zero, (sum, milestone) => sum + milestone.Fee);
            paid.ShouldAllBe(milestone => milestone.Fee == milestone.Price.BasisPoints(Fees.BasisPoints["labelling"]));
            if (deal.State is not "working")
            {
                deal.Held.ShouldBe(Ntk.Zero);
            }

            await ledger.ExpireAsync(Cancel);
            var now = await BalancesAsync();
            (now[Buyer].Total - start[Buyer].Total).ShouldBe(-deal.Paid.Nano);
            (now[Buyer].Held - start[Buyer].Held).ShouldBe(deal.Held.Nano);
            (now[Supplier].Total - start[Supplier].Total).ShouldBe((deal.Paid - fees).Nano);
            (now[SystemAccounts.Fees].Total - start[SystemAccounts.Fees].Total).ShouldBe(fees.Nano);
            now[Stranger].ShouldBe(start[Stranger]);
        }

        // So that what is held does not add up from run to run; by time alone, which must always come to an end.
        private async Task<string> FinishAsync(Guid id, Deal deal)
        {
            // In steps shorter than the hold's grace: a platform that stands still for longer has the ledger give everything back.
            foreach (var days in new[] { 8, 16, 17 })
            {
                clock.Advance(TimeSpan.FromDays(days));
                await desk.SweepAsync(Cancel);
            }

            var over = await desk.GetAsync(Supplier, id, Cancel);
            over.State.ShouldBeOneOf("completed", "ended", "declined", "withdrawn", "expired");
            over.Paid.ShouldBe(deal.Milestones.Where(milestone => milestone.State is "paid" or "delivered").Aggregate(Ntk.Zero, (sum, milestone) => sum + milestone.Price), "what waited for an answer is paid, the rest is not");
            return over.State;
        }

        private async Task<Dictionary<Guid, (long Total, long Held)>> BalancesAsync()
        {
            await using var db = engine.Database.CreateDbContext();
            Guid[] watched = [Buyer, Supplier, Stranger, SystemAccounts.Fees];
            return await db.Accounts.AsNoTracking().Where(row => watched.Contains(row.Id)).ToDictionaryAsync(row => row.Id, row => (row.CreditsPosted - row.DebitsPosted, row.DebitsPending));
        }

        private static IEnumerable<(Guid Id, DateTimeOffset ApprovedFrom)> Approved(Deal deal) =>
            deal.Milestones.SelectMany(milestone => milestone.Deliveries).Where(delivery => delivery.State == "approved").Select(delivery => (delivery.Id, delivery.ApprovedFrom));

        private DateTimeOffset Now => clock.GetUtcNow();

        private static async Task<string> TryAsync(Func<Task<Deal>> act)
        {
            try
            {
                await act();
                return "";
            }
            catch (NeuroException refused)
            {
                return refused.Code;
            }
        }

        private static bool Same(Deal a, Deal b) => System.Text.Json.JsonSerializer.Serialize(a, NeuroJson.Options) == System.Text.Json.JsonSerializer.Serialize(b, NeuroJson.Options);

        public async ValueTask DisposeAsync()
        {
            await ledger.DisposeAsync();
            gates.Dispose();
            await engine.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }
}
