using CsCheck;
using Neuro.Backend.Ledger;
using Neuro.Backend.Treasury;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Treasury;

public sealed class MarketMakerTests
{
    private static readonly MakerBook Book = new(TestTreasury.Cash, Ntk.Of(1), 1000, 100, 0, 2000);
    private static readonly MarketMakerSettings Settings = new([Book], Ntk.Of(500), Ntk.Of(1500));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1000, "0.95", "1.05")]
    [InlineData(2000, "0.85", "0.95")]
    [InlineData(0, "1.05", "1.15")]
    [InlineData(9999, "0.85", "0.95")]
    [InlineData(1500, "0.9", "1")]
    public void Prices_ByInventory_MoveAgainstIt(long lots, string bid, string ask) =>
        MakerPrices.Of(Book, CashDesk.Tick, lots).ShouldBe((Ntk.Parse(bid), Ntk.Parse(ask)));

    [Fact]
    public void Prices_OfAnySettings_AreOnTheTickAndDoNotCross() =>
        Gen.Select(Gen.Long[1, Ntk.Supply.Nano], Gen.Int[1, 5000], Gen.Long[0, long.MaxValue - 1], Gen.Long[0, long.MaxValue], Gen.OneOf(Gen.Long[1, 1000], Gen.Long[1, Ntk.Supply.Nano])).Sample(
            (reference, spread, least, lots, tick) =>
            {
                var (bid, ask) = MakerPrices.Of(new("x", new(reference), spread, 1, least, least + 1 + (lots % (long.MaxValue - least))), new(tick), lots);
                (bid.Nano % tick, ask.Nano % tick).ShouldBe((0, 0));
                bid.ShouldBeLessThan(ask);
                (bid.Nano >= 0).ShouldBeTrue();
            });

    [Fact]
    public async Task Quote_WithinItsLimits_BidsAndAsks()
    {
        await using var treasury = await TestTreasury.OpenAsync();
        await treasury.FundMakerAsync(1000, TestTreasury.Cash, 1000);
        var report = await treasury.Maker.SetAsync(Settings, Cancel);
        report.Orders.Select(order => (order.Side, order.Price, order.Quantity)).ShouldBe([("bid", Ntk.Of(0.95m), 100), ("ask", Ntk.Of(1.05m), 100)], ignoreOrder: true);
        await treasury.CheckMakerAsync(Settings);
    }

    [Fact]
    public async Task Quote_NothingSet_DoesNothing()
    {
        await using var treasury = await TestTreasury.OpenAsync();
        await treasury.FundMakerAsync(1000, TestTreasury.Cash, 1000);
        await treasury.Maker.QuoteAsync(Cancel);
        (await treasury.OpenAsync(SystemAccounts.MarketMaker)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Quote_AfterATrade_MovesBothPrices()
    {
        await using var treasury = await TestTreasury.OpenAsync();
        await treasury.FundMakerAsync(1000, TestTreasury.Cash, 1000);
        await treasury.Maker.SetAsync(Settings, Cancel);
        (await treasury.PlaceAsync(TestTreasury.Ada, "bid", 1.1m, 100)).State.ShouldBe("filled");
        await treasury.Maker.QuoteAsync(Cancel);
        (await treasury.OpenAsync(SystemAccounts.MarketMaker)).Select(order => order.Price).ShouldBe([Ntk.Of(0.96m), Ntk.Of(1.06m)], ignoreOrder: true);
        await treasury.CheckMakerAsync(Settings);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public async Task Quote_MovedBySoManyTicks_StaysForOne(int ticks, bool stays)
    {
        await using var treasury = await TestTreasury.OpenAsync();
        await treasury.FundMakerAsync(1000, TestTreasury.Cash, 1000);
        MarketMakerSettings At(decimal reference) => Settings with { Books = [Book with { Reference = Ntk.Of(reference) }] };

        // Half a tick off, so that rounding moves neither side further than the reference does.
        var before = (await treasury.Maker.SetAsync(At(1.00005m), Cancel)).Orders.Select(order => order.Id).ToList();
        var moved = At(1.00005m + (ticks * 0.0001m));
        (await treasury.Maker.SetAsync(moved, Cancel)).Orders.Select(order => order.Id).SequenceEqual(before).ShouldBe(stays);
    }

    [Fact]
    public async Task Quote_AtALimit_StopsThatSideAlone()
    {
        await using var treasury = await TestTreasury.OpenAsync();
        await treasury.FundMakerAsync(1000, TestTreasury.Cash, 1000);
        async Task<IReadOnlyList<(string, long)>> With(MarketMakerSettings settings) => [.. (await treasury.Maker.SetAsync(settings, Cancel)).Orders.Select(order => (order.Side, order.Quantity)).Order()];
        (await With(Settings with { Books = [Book with { MostLots = 1030 }] })).ShouldBe([("ask", 100), ("bid", 30)]);
        (await With(Settings with { Books = [Book with { MostLots = 1000 }] })).ShouldBe([("ask", 100)]);
        (await With(Settings with { Books = [Book with { LeastLots = 1000 }] })).ShouldBe([("bid", 100)]);
        (await With(Settings with { LeastNtk = Ntk.Of(1000) })).ShouldBe([("ask", 100)]);
        (await With(Settings with { MostNtk = Ntk.Of(1010) })).ShouldBe([("ask", 9), ("bid", 100)]);
        (await With(Settings with { MostNtk = Ntk.Of(1000) })).ShouldBe([("bid", 100)]);
    }

    [Fact]
    public async Task Quote_TwoBooks_ShareOneLimitOfNtk()
    {
        await using var treasury = await TestTreasury.OpenAsync();
        await treasury.FundMakerAsync(1000, TestTreasury.Cash, 1000);
        await treasury.Exchange.IssueAsync(Guid.NewGuid(), SystemAccounts.MarketMaker, TestTreasury.Shelf, 100, "funds", Cancel);
        var settings = new MarketMakerSettings([Book, new(TestTreasury.Shelf, Ntk.Of(10), 1000, 50, 0, 200)], Ntk.Of(700), Ntk.Of(1300));
        await treasury.Maker.SetAsync(settings, Cancel);
        await treasury.CheckMakerAsync(settings);
        var bids = (await treasury.OpenAsync(SystemAccounts.MarketMaker)).Concat(await treasury.OpenAsync(SystemAccounts.MarketMaker, TestTreasury.Shelf)).Where(order => order.Side == "bid").ToList();
        bids.Sum(order => order.Price!.Value.Nano * order.Quantity).ShouldBeInRange(290 * Ntk.NanoPerNtk, 300 * Ntk.NanoPerNtk);
    }

    [Fact]
    public async Task Quote_SomebodyAsksBelowItsBid_NeverTakes()
    {
        await using var treasury = await TestTreasury.OpenAsync();
        await treasury.FundMakerAsync(1000, TestTreasury.Cash, 1000);
        await treasury.PlaceAsync(TestTreasury.Ada, "ask", 0.9m, 7);
        await treasury.Maker.SetAsync(Settings, Cancel);
        (await treasury.OpenAsync(SystemAccounts.MarketMaker)).Single(order => order.Side == "bid").Price.ShouldBe(Ntk.Of(0.8999m));
        await treasury.CheckMakerAsync(Settings);
    }

    [Fact]
    public async Task Set_NoBooks_TakesEverythingBack()
    {
        await using var treasury = await TestTreasury.OpenAsync();
        await treasury.FundMakerAsync(1000, TestTreasury.Cash, 1000);
        await treasury.Maker.SetAsync(Settings, Cancel);
        (await treasury.Maker.SetAsync(Settings with { Books = [] }, Cancel)).Orders.ShouldBeEmpty();
        await treasury.RestartAsync();
        await treasury.Maker.QuoteAsync(Cancel);
        (await treasury.OpenAsync(SystemAccounts.MarketMaker)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Set_BadSettings_AreRefusedWithACode()
    {
        await using var treasury = await TestTreasury.OpenAsync();
        async Task<string> Refused(MarketMakerSettings settings) => (await Should.ThrowAsync<NeuroException>(() => treasury.Maker.SetAsync(settings, Cancel))).Code;
        (await Refused(Settings with { Books = [Book, Book] })).ShouldBe("maker.same_book_twice");
        (await Refused(Settings with { Books = [Book with { Asset = "gold" }] })).ShouldBe("book.not_found");
        (await Refused(Settings with { LeastNtk = Ntk.Of(2000) })).ShouldBe("request.out_of_range");
        foreach (var book in new[] { Book with { Reference = Ntk.Zero }, Book with { SpreadBasisPoints = 0 }, Book with { Size = 0 }, Book with { LeastLots = 2000 }, Book with { LeastLots = -1 } })
        {
            (await Refused(Settings with { Books = [book] })).ShouldBe("request.out_of_range");
        }
    }

    [Fact]
    public async Task Quote_CutOffAtAnyWord_LeavesOneOrderASide()
    {
        await using var treasury = await TestTreasury.OpenAsync();
        await treasury.FundMakerAsync(1000, TestTreasury.Cash, 1000);
        await treasury.Maker.SetAsync(Settings, Cancel);
        var cuts = 0;
        for (var word = 1; ; word++)
        {
            // A trade makes the next round cancel and place both sides.
            await treasury.PlaceAsync(TestTreasury.Ada, word % 2 == 0 ? "bid" : "ask", word % 2 == 0 ? 2 : 0.5m, 60);
            var whole = await Fuse.RunAsync(word, () => treasury.Maker.QuoteAsync(Cancel));
            await treasury.RestartAsync();
            await treasury.CheckMakerAsync(Settings);
            await treasury.Maker.QuoteAsync(Cancel);
            await treasury.CheckMakerAsync(Settings);
            (await treasury.OpenAsync(SystemAccounts.MarketMaker)).Count.ShouldBe(2);
            if (whole)
            {
                break;
            }

            cuts++;
            foreach (var order in await treasury.OpenAsync(TestTreasury.Ada))
            {
                await treasury.Exchange.CancelAsync(TestTreasury.Ada, TestTreasury.Cash, order.Id, Cancel);
            }
        }

        cuts.ShouldBeGreaterThan(15);
    }

    /// <summary>One step of somebody: an order, a cancellation, a round of the market maker, a restart, a crash in the middle of a round, other settings.</summary>
    private sealed record Step(int What, int Who, bool Bid, int Price, int Lots, int Word);

    private static readonly Gen<Step> Steps = Gen.Select(Gen.Int[0, 15], Gen.Int[0, 2], Gen.Bool, Gen.Int[80, 120], Gen.Int[1, 300], Gen.Int[1, 40], (what, who, bid, price, lots, word) => new Step(what, who, bid, price, lots, word));

    [Theory]
    [InlineData("sqlite", 5)]
    [InlineData("postgres", 4)]
    public async Task Anything_OrdersRestartsAndCrashes_BreaksNoLimit(string engine, int runs)
    {
        await using var treasury = await TestTreasury.OpenAsync(engine, ntk: 100_000);
        await treasury.FundMakerAsync(1000, TestTreasury.Cash, 1000);
        await treasury.Exchange.IssueAsync(Guid.NewGuid(), SystemAccounts.MarketMaker, TestTreasury.Shelf, 50, "funds", Cancel);
        var settings = new MarketMakerSettings([Book, new(TestTreasury.Shelf, Ntk.Of(1), 800, 20, 10, 90)], Ntk.Of(500), Ntk.Of(1500));
        await treasury.Maker.SetAsync(settings, Cancel);
        await Steps.List[20, 120].SampleAsync(
            async steps =>
            {
                foreach (var step in steps)
                {
                    var (who, asset) = (TestTreasury.People[step.Who], step.Lots % 3 == 0 ? TestTreasury.Shelf : TestTreasury.Cash);
                    switch (step.What)
                    {
                        case 0:
                            await treasury.RestartAsync();
                            break;
                        case 1 or 2:
                            await Fuse.RunAsync(step.Word, () => treasury.Maker.QuoteAsync(Cancel));
                            await treasury.RestartAsync();
                            break;
                        case 3:
                            // The round and somebody's orders at the same time.
                            await Task.WhenAll(treasury.Maker.QuoteAsync(Cancel), TryAsync(() => treasury.PlaceAsync(who, step.Bid ? "bid" : "ask", step.Price / 100m, step.Lots, asset)));
                            break;
                        case 4:
                            await treasury.Maker.SetAsync(settings with { Books = [settings.Books[0] with { Reference = Ntk.Of(step.Price / 100m) }, settings.Books[1]] }, Cancel);
                            break;
                        case < 9:
                            await treasury.Maker.QuoteAsync(Cancel);
                            break;
                        case 9:
                            if ((await treasury.OpenAsync(who, asset)).FirstOrDefault() is { } order)
                            {
                                await treasury.Exchange.CancelAsync(who, asset, order.Id, Cancel);
                            }

                            break;
                        default:
                            await TryAsync(() => treasury.PlaceAsync(who, step.Bid ? "bid" : "ask", step.Price / 100m, step.Lots, asset));
                            break;
                    }
                }

                await treasury.CheckMakerAsync(settings);
            },
            iter: runs, threads: 1);
        (await treasury.Exchange.TradesAsync(TestTreasury.Cash, 1000, Cancel)).Count.ShouldBeGreaterThan(20);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Kill_WhileItQuotesUnderLoad_BreaksNoLimit(string engine)
    {
        await using var treasury = await TestTreasury.OpenAsync(engine, ntk: 1_000_000);
        await treasury.FundMakerAsync(1000, TestTreasury.Cash, 1000);
        await treasury.Maker.SetAsync(Settings, Cancel);
        for (var life = 0; life < 3; life++)
        {
            await treasury.LetGoAsync();
            using var child = CrashChild.Start(CrashChild.MakerVerb, engine, treasury.Where);
            var heard = 0;
            while (await child.StandardOutput.ReadLineAsync(Cancel) is not null)
            {
                if (++heard == 40 + (7 * life))
                {
                    child.Kill();
                }
            }

            await child.WaitForExitAsync(Cancel);
            heard.ShouldBeGreaterThanOrEqualTo(40, "the child died before it was killed");
            await treasury.RestartAsync();
            await treasury.CheckMakerAsync(Settings);
        }

        await treasury.Maker.QuoteAsync(Cancel);
        await treasury.CheckMakerAsync(Settings);
        (await treasury.Exchange.OrdersAsync(SystemAccounts.MarketMaker, TestTreasury.Cash, false, Cancel)).Count(order => order.Filled > 0).ShouldBeGreaterThan(10);
    }

    private static async Task TryAsync(Func<Task> what)
    {
        try
        {
            await what();
        }
        catch (NeuroException refused) when (refused.Code is "ledger.insufficient_funds" or "order.insufficient_lots")
        {
            // Somebody has run out.
        }
    }
}
