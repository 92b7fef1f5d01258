using CsCheck;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Ledger;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Treasury;

public sealed class BuybackTests
{
    private static readonly BuybackSettings Settings = new(150, 30, Ntk.Of(1));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Step_BidsWithinTheLimit_AreTakenUpToTheBudgetAndBurnt()
    {
        await using var treasury = await OpenAsync();
        await treasury.PlaceAsync(TestTreasury.Ada, "bid", 1.02m, 100);
        await treasury.PlaceAsync(TestTreasury.Bo, "bid", 0.99m, 100);
        var report = await treasury.Buyback.SetAsync(Settings, Cancel);
        (report.Period, report.SpentCents, report.Order?.Price, report.Order?.Quantity, report.Order?.Filled).ShouldBe((1, 100, Ntk.Of(1), 150, 100));
        (await treasury.PlaceAsync(TestTreasury.Cy, "bid", 1, 200)).Filled.ShouldBe(50);
        await treasury.Buyback.StepAsync(Cancel);
        (await treasury.OpenAsync(SystemAccounts.Buyback)).ShouldBeEmpty();
        (await treasury.LotsAsync(SystemAccounts.Buyback)).ShouldBe(850);

        // 100 at 1.02 and 50 at 1, less the fee of 5 %.
        await treasury.Burns.StepAsync(Cancel);
        var supply = await treasury.Burns.ReportAsync(Cancel);
        (supply.Burnt, supply.Circulating).ShouldBe((Ntk.Of(144.4m), Ntk.Of(30_000 - 144.4m)));
        supply.Burns.ShouldHaveSingleItem().Purpose.ShouldBe("buyback/1");
        await treasury.CheckAsync();
    }

    [Fact]
    public async Task Step_NextPeriod_HasItsOwnBudgetAndMissedOnesAreNotMadeUp()
    {
        await using var treasury = await OpenAsync();
        await treasury.PlaceAsync(TestTreasury.Ada, "bid", 1, 5000);
        (await treasury.Buyback.SetAsync(Settings, Cancel)).SpentCents.ShouldBe(150);
        treasury.Clock.Advance(TimeSpan.FromDays(29));
        await treasury.Buyback.StepAsync(Cancel);
        (await treasury.LotsAsync(SystemAccounts.Buyback)).ShouldBe(850);
        treasury.Clock.Advance(TimeSpan.FromDays(65));
        await treasury.RestartAsync();
        await treasury.Buyback.StepAsync(Cancel);
        (await treasury.LotsAsync(SystemAccounts.Buyback)).ShouldBe(700);
        var report = await treasury.Buyback.ReportAsync(Cancel);
        (report.Period, report.SpentCents, report.Until).ShouldBe((2, 150, new DateTimeOffset(2027, 3, 1, 12, 0, 0, TimeSpan.Zero).AddDays(120)));
    }

    [Fact]
    public async Task Step_ClockJumpsBack_BeginsNoPeriod()
    {
        await using var treasury = await OpenAsync();
        await treasury.PlaceAsync(TestTreasury.Ada, "bid", 1, 5000);
        await treasury.Buyback.SetAsync(Settings, Cancel);
        treasury.Clock.AdjustTime(treasury.Clock.GetUtcNow().AddDays(-400));
        await treasury.Buyback.StepAsync(Cancel);
        await treasury.RestartAsync();
        await treasury.Buyback.StepAsync(Cancel);
        (await treasury.LotsAsync(SystemAccounts.Buyback)).ShouldBe(850);
    }

    [Fact]
    public async Task Set_OtherBudgets_CountWhatWasSpent()
    {
        await using var treasury = await OpenAsync();
        await treasury.PlaceAsync(TestTreasury.Ada, "bid", 1, 60);
        (await treasury.Buyback.SetAsync(Settings, Cancel)).SpentCents.ShouldBe(60);
        (await treasury.Buyback.SetAsync(Settings with { BudgetCents = 50 }, Cancel)).Order.ShouldBeNull();
        (await treasury.Buyback.SetAsync(Settings with { BudgetCents = 70 }, Cancel)).Order!.Quantity.ShouldBe(10);
        (await treasury.Buyback.SetAsync(Settings with { BudgetCents = 5000 }, Cancel)).Order!.Quantity.ShouldBe(940, "there is no more cash");
        (await treasury.Buyback.SetAsync(Settings with { BudgetCents = 5000, LeastPrice = Ntk.Of(1.5m) }, Cancel)).Order!.Price.ShouldBe(Ntk.Of(1.5m));
        (await treasury.Buyback.SetAsync(new(0), Cancel)).Order.ShouldBeNull();
        await treasury.CheckAsync();
    }

    [Theory]
    [InlineData(1, "1.00005")]
    [InlineData(1, "0")]
    [InlineData(1, "-1")]
    [InlineData(1, null)]
    [InlineData(0, "0.00001")]
    public async Task Set_PriceOffTheTick_IsRefused(long budget, string? price)
    {
        await using var treasury = await TestTreasury.OpenAsync();
        var settings = new BuybackSettings(budget, 30, price is null ? null : Ntk.Parse(price));
        (await Should.ThrowAsync<NeuroException>(() => treasury.Buyback.SetAsync(settings, Cancel))).Code.ShouldBe("buyback.bad_price");
        (await Should.ThrowAsync<NeuroException>(() => treasury.Buyback.SetAsync(Settings with { BudgetCents = -1 }, Cancel))).Code.ShouldBe("request.out_of_range");
        (await Should.ThrowAsync<NeuroException>(() => treasury.Buyback.SetAsync(Settings with { PeriodDays = 0 }, Cancel))).Code.ShouldBe("request.out_of_range");
    }

    /// <summary>One step of somebody: a bid, a step of the programme that may be cut off at any word, a burn that may be, a restart, other settings, some days.</summary>
    private sealed record Step(int What, int Who, int Price, int Lots, int Word);

    private static readonly Gen<Step> Steps = Gen.Select(Gen.Int[0, 11], Gen.Int[0, 2], Gen.Int[95, 110], Gen.Int[1, 60], Gen.Int[1, 30], (what, who, price, lots, word) => new Step(what, who, price, lots, word));

    [Theory]
    [InlineData("sqlite", 6)]
    [InlineData("postgres", 3)]
    public async Task Anything_CutOffAtAnyWord_SpendsNoMoreThanItsBudgetAndBurnsWhatItBought(string engine, int runs)
    {
        const long Budget = 150;
        await using var treasury = await OpenAsync(engine, cents: 100_000);
        await treasury.Buyback.SetAsync(Settings, Cancel);
        await Steps.List[20, 80].SampleAsync(
            async steps =>
            {
                foreach (var step in steps)
                {
                    var who = TestTreasury.People[step.Who];
                    switch (step.What)
                    {
                        case < 3:
                            await Fuse.RunAsync(step.Word, () => treasury.Buyback.StepAsync(Cancel));
                            await treasury.RestartAsync();
                            break;
                        case < 5:
                            await Fuse.RunAsync(step.Word, () => treasury.Burns.StepAsync(Cancel));
                            break;
                        case 5:
                            treasury.Clock.Advance(TimeSpan.FromDays(step.Lots / 3));
                            break;
                        case 6:
                            await treasury.Buyback.SetAsync(Settings with { BudgetCents = Math.Min(Budget, 3 * step.Lots), LeastPrice = Ntk.Of(step.Price / 100m) }, Cancel);
                            break;
                        case 7:
                            await Task.WhenAll(treasury.Buyback.StepAsync(Cancel), treasury.Burns.StepAsync(Cancel), treasury.PlaceAsync(who, "bid", step.Price / 100m, step.Lots));
                            break;
                        default:
                            await treasury.PlaceAsync(who, "bid", step.Price / 100m, step.Lots);
                            break;
                    }
                }

                await treasury.Buyback.StepAsync(Cancel);
                await treasury.Burns.StepAsync(Cancel);
                await CheckAsync(treasury, Budget);
            },
            iter: runs, threads: 1);
        (await treasury.Burns.ReportAsync(Cancel)).Burns.Count.ShouldBeGreaterThan(3);
    }

    // Every cent that left went into an order of some period, each period's within its budget; every NTK that it brought is burnt.
    private static async Task CheckAsync(TestTreasury treasury, long budget)
    {
        await treasury.CheckAsync();
        await using var db = treasury.Database.CreateDbContext();
        var periods = await db.BuybackPeriods.AsNoTracking().OrderBy(row => row.Number).ToListAsync(Cancel);
        var orders = (await db.BookOrders.AsNoTracking().Where(order => order.AccountId == SystemAccounts.Buyback).ToListAsync(Cancel)).ToDictionary(order => order.Id);
        var known = 0;
        foreach (var period in periods)
        {
            var number = await db.HouseOrders.Where(row => row.Slot == $"buyback/{period.Number}").Select(row => (long?)row.Number).SingleOrDefaultAsync(Cancel) ?? 0;
            var own = Enumerable.Range(1, (int)number).Select(one => orders.GetValueOrDefault(DerivedId.Of($"house-order/buyback/{period.Number}/{one}"))).OfType<Backend.Storage.BookOrderRow>().ToList();
            own.Sum(order => order.Filled).ShouldBeLessThanOrEqualTo(budget);
            known += own.Count;
        }

        known.ShouldBe(orders.Count);
        (await treasury.OpenAsync(SystemAccounts.Buyback)).Count.ShouldBeLessThanOrEqualTo(1);
        var trades = (await db.Trades.AsNoTracking().ToListAsync(Cancel)).Where(trade => orders.ContainsKey(trade.Maker) || orders.ContainsKey(trade.Taker));
        var bought = trades.Sum(trade => (trade.Price * trade.Quantity * Backend.Treasury.CashDesk.Tick.Nano) - trade.FeeNano);
        (await db.Burns.SumAsync(row => row.AmountNano, Cancel)).ShouldBe(bought);
        (await treasury.House.NtkAsync(SystemAccounts.Buyback, Cancel)).ShouldBe(Ntk.Zero);
        (await treasury.Burns.ReportAsync(Cancel)).Burnt.Nano.ShouldBe(bought);
    }

    private static async Task<TestTreasury> OpenAsync(string engine = "sqlite", long cents = 1000)
    {
        var treasury = await TestTreasury.OpenAsync(engine);
        await treasury.CashDesk.DepositAsync(new(Guid.NewGuid(), SystemAccounts.Buyback, cents, "budget"), Cancel);
        return treasury;
    }
}
