using CsCheck;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Exchange;
using Neuro.Backend.Ledger;
using Neuro.Backend.Storage;
using Neuro.Backend.Tests.Ledger;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Exchange;

public sealed class ExchangeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Place_BidThatMeetsAnAsk_PaysDeliversAndTakesTheFeeInOne(string engine)
    {
        await using var market = await TestExchange.OpenAsync(engine);
        await market.AskAsync(TestExchange.Seller, 10, 5);
        var bid = await market.BidAsync(TestExchange.Buyer, 12, 3);
        (bid.State, bid.Filled).ShouldBe(("filled", 3));
        (await market.NtkAsync(TestExchange.Buyer)).ShouldBe((TestExchange.Start - 30, 0), "a better price than bid, and the rest of the hold back");
        (await market.NtkAsync(TestExchange.Seller)).ShouldBe((TestExchange.Start + 29.7m, 0), "1 % fee");
        (await market.LotsAsync(TestExchange.Buyer)).ShouldBe((TestExchange.Lots + 3, 0));
        (await market.LotsAsync(TestExchange.Seller)).ShouldBe((TestExchange.Lots - 5, 2));
        var depth = market.Exchange.Depth(TestExchange.Asset, 10);
        depth.Asks.ShouldHaveSingleItem().ShouldBe(new DepthLevel(Ntk.Of(10), 2, 1));
        depth.Bids.ShouldBeEmpty();
        (await market.Exchange.TradesAsync(TestExchange.Asset, 10, Cancel)).ShouldHaveSingleItem().Price.ShouldBe(Ntk.Of(10));
        await market.CheckAsync();
    }

    [Fact]
    public async Task Place_MarketBid_SpendsNoMoreThanItMay()
    {
        await using var market = await TestExchange.OpenAsync("sqlite");
        await market.AskAsync(TestExchange.Seller, 10, 2);
        await market.AskAsync(TestExchange.Seller, 20, 5);
        var bid = await market.Exchange.PlaceAsync(TestExchange.Buyer, TestExchange.Asset, new(Guid.NewGuid(), "bid", "market", null, 100, Ntk.Of(75)), Cancel);
        (bid.State, bid.Filled).ShouldBe(("cancelled", 4));
        (await market.NtkAsync(TestExchange.Buyer)).ShouldBe((TestExchange.Start - 60, 0));
        await market.CheckAsync();
    }

    [Fact]
    public async Task Place_AtOnesOwnPrice_TakesTheOlderOrderBackInsteadOfTrading()
    {
        await using var market = await TestExchange.OpenAsync("sqlite");
        var ask = await market.AskAsync(TestExchange.Seller, 10, 5);
        var bid = await market.BidAsync(TestExchange.Seller, 10, 5);
        bid.State.ShouldBe("open");
        (await market.Exchange.OrdersAsync(TestExchange.Seller, TestExchange.Asset, false, Cancel)).Single(order => order.Id == ask.Id).State.ShouldBe("cancelled");
        (await market.LotsAsync(TestExchange.Seller)).ShouldBe((TestExchange.Lots, 0));
        await market.CheckAsync();
    }

    [Fact]
    public async Task Place_SameIdTwice_IsOneOrder_OtherContentIsRefused()
    {
        await using var market = await TestExchange.OpenAsync("sqlite");
        var request = new BookOrderRequest(Guid.NewGuid(), "bid", "limit", Ntk.Of(3), 4);
        var both = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => market.Exchange.PlaceAsync(TestExchange.Buyer, TestExchange.Asset, request, Cancel)));
        both.Distinct().ShouldHaveSingleItem().State.ShouldBe("open");
        (await market.NtkAsync(TestExchange.Buyer)).ShouldBe((TestExchange.Start - 12, 12));
        (await RefusedAsync(() => market.Exchange.PlaceAsync(TestExchange.Buyer, TestExchange.Asset, request with { Quantity = 5 }, Cancel))).ShouldBe("order.exists_with_different_content");
        (await RefusedAsync(() => market.Exchange.PlaceAsync(TestExchange.Seller, TestExchange.Asset, request, Cancel))).ShouldBe("order.exists_with_different_content");
        await market.CheckAsync();
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Cancel_SentBeforeABid_TakesItsTurnBeforeIt_AndAStrangersDoesNothing(string engine)
    {
        await using var market = await TestExchange.OpenAsync(engine);
        for (var round = 0; round < 20; round++)
        {
            var ask = await market.AskAsync(TestExchange.Seller, 1, 1);
            (await RefusedAsync(() => market.Exchange.CancelAsync(TestExchange.Buyer, TestExchange.Asset, ask.Id, Cancel))).ShouldBe("order.not_found");
            market.Exchange.Depth(TestExchange.Asset, 1).Asks.ShouldHaveSingleItem().Quantity.ShouldBe(1);

            var cancel = market.Exchange.CancelAsync(TestExchange.Seller, TestExchange.Asset, ask.Id, Cancel);
            var bid = await market.Exchange.PlaceAsync(TestExchange.Buyer, TestExchange.Asset, new(Guid.NewGuid(), "bid", "ioc", Ntk.Of(1), 1), Cancel);

            bid.Filled.ShouldBe(0);
            (await cancel).State.ShouldBe("cancelled");
        }

        await market.CheckAsync();
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Place_TenThousandBuyersOfTheLastLicence_OneGetsIt(string engine)
    {
        await using var market = await TestExchange.OpenAsync(engine);
        await market.AskAsync(TestExchange.Seller, 1, 1);
        var buyers = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 10_000), new ParallelOptions { MaxDegreeOfParallelism = 512, CancellationToken = Cancel }, async (_, cancel) =>
        {
            var bid = await market.Exchange.PlaceAsync(TestExchange.Buyer, TestExchange.Asset, new(Guid.NewGuid(), "bid", "ioc", Ntk.Of(1), 1), cancel);
            Interlocked.Add(ref buyers, (int)bid.Filled);
        });
        buyers.ShouldBe(1);
        (await market.LotsAsync(TestExchange.Buyer)).ShouldBe((TestExchange.Lots + 1, 0));
        (await market.NtkAsync(TestExchange.Buyer)).ShouldBe((TestExchange.Start - 1, 0));
        await market.CheckAsync();
    }

    [Theory]
    [InlineData("bid", "limit", null, 1L, null, "order.bad_price")]
    [InlineData("bid", "limit", "1.0001", 1L, null, "order.bad_price")]
    [InlineData("bid", "limit", "0", 1L, null, "order.bad_price")]
    [InlineData("bid", "limit", "-1", 1L, null, "order.bad_price")]
    [InlineData("bid", "market", "1", 1L, "1", "order.bad_price")]
    [InlineData("bid", "market", null, 1L, null, "order.bad_cap")]
    [InlineData("ask", "market", null, 1L, "1", "order.bad_cap")]
    [InlineData("bid", "limit", "1", 0L, null, "request.out_of_range")]
    [InlineData("bid", "limit", "1", -1L, null, "request.out_of_range")]
    [InlineData("bid", "limit", "1000", long.MaxValue, null, "order.too_large")]
    [InlineData("bid", "limit", "1", 100_000L, null, "ledger.insufficient_funds")]
    [InlineData("ask", "limit", "1", 100_000L, null, "order.insufficient_lots")]
    [InlineData("buy", "limit", "1", 1L, null, "request.out_of_range")]
    [InlineData("bid", "stop", "1", 1L, null, "request.out_of_range")]
    public async Task Place_WhatCannotBe_IsOneSentenceWithACodeAndChangesNothing(string side, string kind, string? price, long quantity, string? cap, string code)
    {
        await using var market = await TestExchange.OpenAsync("sqlite");
        var request = new BookOrderRequest(Guid.NewGuid(), side, kind, price is null ? null : Ntk.Parse(price), quantity, cap is null ? null : Ntk.Parse(cap));
        (await RefusedAsync(() => market.Exchange.PlaceAsync(TestExchange.Buyer, TestExchange.Asset, request, Cancel))).ShouldBe(code);
        (await RefusedAsync(() => market.Exchange.PlaceAsync(TestExchange.Buyer, "nothing", request, Cancel))).ShouldBe("book.not_found");
        (await market.NtkAsync(TestExchange.Buyer)).ShouldBe((TestExchange.Start, 0));
        await market.CheckAsync();
    }

    [Fact]
    public async Task Cancel_OpenOrder_GivesTheRestBackOnce_AndOthersOrdersAreNotThere()
    {
        await using var market = await TestExchange.OpenAsync("sqlite");
        var ask = await market.AskAsync(TestExchange.Seller, 10, 5);
        await market.BidAsync(TestExchange.Buyer, 10, 2);
        (await RefusedAsync(() => market.Exchange.CancelAsync(TestExchange.Buyer, TestExchange.Asset, ask.Id, Cancel))).ShouldBe("order.not_found");
        var cancelled = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => market.Exchange.CancelAsync(TestExchange.Seller, TestExchange.Asset, ask.Id, Cancel)));
        cancelled.ShouldAllBe(order => order.State == "cancelled" && order.Filled == 2);
        (await market.LotsAsync(TestExchange.Seller)).ShouldBe((TestExchange.Lots - 2, 0));
        await market.CheckAsync();
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Place_WhenTheDatabaseRefusesATrade_KeepsTheOrderAndMatchesItLater(string engine)
    {
        await using var market = await TestExchange.OpenAsync(engine);
        await market.AskAsync(TestExchange.Seller, 10, 5);
        await using (var db = market.Database.CreateDbContext())
        {
            await db.Database.ExecuteSqlRawAsync("ALTER TABLE trades RENAME TO trades_away", Cancel);
            var bid = new BookOrderRequest(Guid.NewGuid(), "bid", "limit", Ntk.Of(10), 2);
            (await RefusedAsync(() => market.Exchange.PlaceAsync(TestExchange.Buyer, TestExchange.Asset, bid, Cancel))).ShouldBe("ledger.unavailable");
            (await market.NtkAsync(TestExchange.Buyer)).ShouldBe((TestExchange.Start - 20, 20));
            await db.Database.ExecuteSqlRawAsync("ALTER TABLE trades_away RENAME TO trades", Cancel);
        }

        await market.BidAsync(TestExchange.Buyer, 1, 1);
        (await market.LotsAsync(TestExchange.Buyer)).ShouldBe((TestExchange.Lots + 2, 0));
        await market.CheckAsync();
    }

    [Fact]
    public async Task Place_OrdersThatWaitWhileTheBookIsMadeAgain_AreLetInOnce()
    {
        await using var market = await TestExchange.OpenAsync("sqlite");
        await market.AskAsync(TestExchange.Seller, 10, 5);
        await using (var db = market.Database.CreateDbContext())
        {
            await db.Database.ExecuteSqlRawAsync("ALTER TABLE trades RENAME TO trades_away", Cancel);
            (await RefusedAsync(() => market.BidAsync(TestExchange.Buyer, 10, 2))).ShouldBe("ledger.unavailable");
            await db.Database.ExecuteSqlRawAsync("ALTER TABLE trades_away RENAME TO trades", Cancel);
        }

        // While the ledger waits for this caller the bids queue up, and then their holds are committed together: the first makes the book again, with all of them in it.
        var gate = new TaskCompletionSource();
        var before = market.Ledger.SubmitAsync([TransferRequest.Transfer(Guid.NewGuid(), SystemAccounts.Treasury, TestExchange.Third, Ntk.Of(1), "before")], _ => gate.Task, Cancel);
        Task<BookOrder>[] bids = [market.BidAsync(TestExchange.Third, 10, 3), market.BidAsync(TestExchange.Buyer, 9, 4), market.BidAsync(TestExchange.Third, 8, 1)];
        gate.SetResult();
        await before;
        (await Task.WhenAll(bids)).Select(bid => bid.State).ShouldBe(["filled", "open", "open"]);
        market.Exchange.Depth(TestExchange.Asset, 10).Bids.ShouldBe([new DepthLevel(Ntk.Of(9), 4, 1), new DepthLevel(Ntk.Of(8), 1, 1)]);
        await market.CheckAsync();
    }

    [Fact]
    public async Task Place_WhileTheLedgerIsBusy_TakesNoPlaceInTheBooksQueue()
    {
        await using var market = await TestExchange.OpenAsync("sqlite");
        var (entered, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        var request = TransferRequest.Transfer(Guid.NewGuid(), SystemAccounts.Treasury, TestExchange.Third, Ntk.Of(1), "before");
        var first = market.Ledger.SubmitAsync([request], _ =>
        {
            entered.SetResult();
            return gate.Task;
        }, Cancel);
        await entered.Task;
        var queued = Enumerable.Range(0, Backend.Ledger.Ledger.QueueLength).Select(_ => market.Ledger.SubmitAsync([request], Cancel)).ToList();
        var refusals = new HashSet<string>();
        for (var i = 0; i < 5000; i++)
        {
            refusals.Add(await RefusedAsync(() => market.BidAsync(TestExchange.Buyer, 1, 1)));
        }

        gate.SetResult();
        await first;
        await Task.WhenAll(queued);
        refusals.ShouldBe(["ledger.busy"]);
        (await market.BidAsync(TestExchange.Buyer, 1, 1)).State.ShouldBe("open");
    }

    [Fact]
    public async Task Cancel_FirstThingAfterAFaultOfTheDatabase_IsCancelled()
    {
        await using var market = await TestExchange.OpenAsync("sqlite");
        var ask = await market.AskAsync(TestExchange.Seller, 10, 5);
        await using (var db = market.Database.CreateDbContext())
        {
            await db.Database.ExecuteSqlRawAsync("ALTER TABLE trades RENAME TO trades_away", Cancel);
            (await RefusedAsync(() => market.BidAsync(TestExchange.Buyer, 10, 2))).ShouldBe("ledger.unavailable");
            await db.Database.ExecuteSqlRawAsync("ALTER TABLE trades_away RENAME TO trades", Cancel);
        }

        var cancelled = await market.Exchange.CancelAsync(TestExchange.Seller, TestExchange.Asset, ask.Id, Cancel);
        (cancelled.State, cancelled.Filled).ShouldBe(("cancelled", 2));
        await market.CheckAsync();
    }

    /// <summary>One step of somebody. Few prices, so that orders meet.</summary>
    private sealed record Step(int Who, int What, int Price, int Quantity, int Order);

    private static readonly Gen<Step> Steps = Gen.Select(Gen.Int[0, 2], Gen.Int[0, 9], Gen.Int[1, 8], Gen.Int[1, 20], Gen.Int[0, 30], (who, what, price, quantity, order) => new Step(who, what, price, quantity, order));

    [Theory]
    [InlineData("sqlite", 8)]
    [InlineData("postgres", 6)]
    public async Task Anything_PlacedAndCancelledAtOnceAndRestarted_KeepsEveryLaw(string engine, int runs)
    {
        await using var market = await TestExchange.OpenAsync(engine);
        await Steps.List[10, 120].SampleAsync(
            async steps =>
            {
                var ids = new Guid[steps.Count];
                await Parallel.ForEachAsync(Enumerable.Range(0, steps.Count), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, cancel) =>
                {
                    var (step, who) = (steps[i], TestExchange.People[steps[i].Who]);
                    try
                    {
                        if (step.What < 2 && ids[step.Order % steps.Count] is var id && id != Guid.Empty)
                        {
                            await market.Exchange.CancelAsync(who, TestExchange.Asset, id, cancel);
                        }
                        else
                        {
                            var (side, kind) = (step.What % 2 == 0 ? "bid" : "ask", step.What switch { 8 => "market", 9 => "ioc", _ => "limit" });
                            var order = await market.Exchange.PlaceAsync(
                                who, TestExchange.Asset,
                                new(Guid.NewGuid(), side, kind, kind == "market" ? null : Ntk.Of(step.Price), step.Quantity, kind == "market" && side == "bid" ? Ntk.Of(step.Price * 3) : null), cancel);
                            ids[i] = order.Id;
                        }
                    }
                    catch (NeuroException refused) when (refused.Code is "ledger.insufficient_funds" or "order.insufficient_lots" or "order.not_found")
                    {
                        // Somebody has run out, or asked for another's order.
                    }
                });
                await market.CheckAsync();
                var before = market.Exchange.Depth(TestExchange.Asset, 50);
                await market.RestartAsync();
                market.Exchange.Depth(TestExchange.Asset, 50).ShouldBeEquivalentTo(before);
            },
            iter: runs, threads: 1);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Kill_UnderLoad_NoTradeIsHalfDone(string engine)
    {
        await using var market = await TestExchange.OpenAsync(engine);
        await market.LetGoAsync();
        var acknowledged = new HashSet<Guid>();
        for (var life = 0; life < 4; life++)
        {
            using var child = CrashChild.Start(CrashChild.ExchangeVerb, engine, market.Where);
            var heard = 0;
            while (await child.StandardOutput.ReadLineAsync(Cancel) is { } line)
            {
                if (Guid.TryParse(line, out var id))
                {
                    acknowledged.Add(id);
                }

                if (++heard == 100)
                {
                    child.Kill();
                }
            }

            await child.WaitForExitAsync(Cancel);
            heard.ShouldBeGreaterThanOrEqualTo(100, "the child died before it was killed");
        }

        await market.RestartAsync();
        await market.CheckAsync();
        await using var db = market.Database.CreateDbContext();
        acknowledged.Except(await db.BookOrders.Select(order => order.Id).ToListAsync(Cancel)).ShouldBeEmpty();
        (await db.Trades.CountAsync(Cancel)).ShouldBeGreaterThan(50);
    }

    [Fact]
    public async Task Follow_FromTheBeginning_TellsEveryTradeOnceAndGoesOn()
    {
        await using var market = await TestExchange.OpenAsync("sqlite");
        await market.AskAsync(TestExchange.Seller, 10, 50);
        await market.BidAsync(TestExchange.Buyer, 10, 1);
        await using var trades = market.Exchange.FollowAsync(TestExchange.Asset, 0, Cancel).GetAsyncEnumerator(Cancel);
        (await trades.MoveNextAsync()).ShouldBeTrue();
        trades.Current.Quantity.ShouldBe(1);
        var next = trades.MoveNextAsync();
        await market.BidAsync(TestExchange.Buyer, 10, 2);
        (await next).ShouldBeTrue();
        trades.Current.Quantity.ShouldBe(2);
        var candle = (await market.Exchange.CandlesAsync(TestExchange.Asset, TimeSpan.FromDays(7), Cancel)).Aggregate((a, b) => a with { Volume = a.Volume + b.Volume, Trades = a.Trades + b.Trades });
        (candle.Volume, candle.Trades, candle.High).ShouldBe((3, 2, Ntk.Of(10)));
    }

    private static async Task<string> RefusedAsync(Func<Task> what) => (await Should.ThrowAsync<NeuroException>(what)).Code;
}
