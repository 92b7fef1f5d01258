using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Ledger;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Treasury;

public sealed class BurnTests
{
    private static readonly DateOnly Start = new(2027, 3, 2);
    private static readonly DateTimeOffset FirstDue = new(2028, 3, 2, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Step_EachYear_BurnsItsShareOfWhatCirculatesOnce(string engine)
    {
        await using var treasury = await TestTreasury.OpenAsync(engine);
        await treasury.Burns.SetAsync(new(Start), Cancel);
        (await BurntAsync(treasury)).ShouldBe(0);
        treasury.Clock.AdjustTime(FirstDue.AddMilliseconds(-1));
        (await BurntAsync(treasury)).ShouldBe(0);
        treasury.Clock.AdjustTime(FirstDue);
        (await BurntAsync(treasury)).ShouldBe(9000);
        (await BurntAsync(treasury)).ShouldBe(9000);

        // A clock that jumps back, and a restart.
        treasury.Clock.AdjustTime(FirstDue.AddYears(-1));
        (await BurntAsync(treasury)).ShouldBe(9000);
        treasury.Clock.AdjustTime(FirstDue.AddHours(1));
        await treasury.RestartAsync();
        (await BurntAsync(treasury)).ShouldBe(9000);

        await treasury.SellAsync(TestTreasury.Ada, 10_000);
        treasury.Clock.AdjustTime(FirstDue.AddYears(1));
        (await BurntAsync(treasury)).ShouldBe(9000 + 8000);
        treasury.Clock.AdjustTime(FirstDue.AddYears(2));
        (await BurntAsync(treasury)).ShouldBe(9000 + 8000 + 4000);
        treasury.Clock.AdjustTime(FirstDue.AddYears(20));
        (await BurntAsync(treasury)).ShouldBe(21_000);

        var supply = await treasury.Burns.ReportAsync(Cancel);
        supply.Schedule.Select(date => (date.Year, date.Due, date.ShareBasisPoints, date.State, date.Circulating, date.Share, date.Burnt)).ShouldBe(
        [
            (1, FirstDue, 3000, "done", Ntk.Of(30_000), Ntk.Of(9000), Ntk.Of(9000)),
            (2, FirstDue.AddYears(1), 2000, "done", Ntk.Of(40_000), Ntk.Of(8000), Ntk.Of(8000)),
            (3, FirstDue.AddYears(2), 1000, "done", Ntk.Of(40_000), Ntk.Of(4000), Ntk.Of(4000)),
        ]);
        (supply.Circulating, supply.Reserve).ShouldBe((Ntk.Of(40_000), Ntk.Supply - Ntk.Of(40_000 + 21_000)));
        foreach (var person in TestTreasury.People)
        {
            (await treasury.House.NtkAsync(person, Cancel)).ShouldBe(Ntk.Of(person == TestTreasury.Ada ? 20_000 : 10_000), "nothing is taken from users");
        }
    }

    [Fact]
    public async Task Step_LongAfterItsDate_CountsWhatCirculatedThen()
    {
        await using var treasury = await TestTreasury.OpenAsync();
        await treasury.Burns.SetAsync(new(Start), Cancel);
        await treasury.House.MoveAsync(new(Guid.NewGuid(), "treasury", "market-maker", "funds", Ntk.Of(500)), Cancel);
        treasury.Clock.AdjustTime(FirstDue.AddHours(1));
        await treasury.SellAsync(TestTreasury.Ada, 5000);
        treasury.Clock.AdjustTime(FirstDue.AddYears(1).AddHours(1));
        await treasury.SellAsync(TestTreasury.Ada, 5000);
        treasury.Clock.AdjustTime(FirstDue.AddYears(7));
        await treasury.RestartAsync();
        (await BurntAsync(treasury)).ShouldBe(9000 + 7000 + 4000);
        (await treasury.Burns.ReportAsync(Cancel)).Schedule.Select(date => date.Circulating).ShouldBe([Ntk.Of(30_000), Ntk.Of(35_000), Ntk.Of(40_000)]);
    }

    [Fact]
    public async Task Step_HouseHasTooLittle_IsFinishedByWhatIsBoughtBack()
    {
        await using var treasury = await TestTreasury.OpenAsync();
        await treasury.Burns.SetAsync(new(Start), Cancel);
        var rest = Ntk.Supply - Ntk.Of(30_000) - Ntk.Of(100);
        await treasury.Ledger.SubmitAsync(TransferRequest.Transfer(Guid.NewGuid(), SystemAccounts.Treasury, TestTreasury.Ada, rest, "sold"), Cancel);
        treasury.Clock.AdjustTime(FirstDue);
        (await BurntAsync(treasury)).ShouldBe(100);
        var share = (Ntk.Supply - Ntk.Of(100)).BasisPoints(3000);
        var date = (await treasury.Burns.ReportAsync(Cancel)).Schedule[0];
        (date.State, date.Share, date.Burnt).ShouldBe(("open", share, Ntk.Of(100)));

        // A little, which goes to the open date; then more than it needs.
        await treasury.CashDesk.DepositAsync(new(Guid.NewGuid(), SystemAccounts.Buyback, 400_000_000, "budget"), Cancel);
        await treasury.PlaceAsync(TestTreasury.Ada, "bid", 1, 1000);
        await treasury.Buyback.SetAsync(new(400_000_000, 30, Ntk.Of(1)), Cancel);
        (await BurntAsync(treasury)).ShouldBe(100 + 950);
        (await treasury.Burns.ReportAsync(Cancel)).Schedule[0].Burnt.ShouldBe(Ntk.Of(1050));
        await treasury.PlaceAsync(TestTreasury.Ada, "bid", 1, 350_000_000);
        (await BurntAsync(treasury)).ShouldBe(1050 + 332_500_000);
        var supply = await treasury.Burns.ReportAsync(Cancel);
        (supply.Schedule[0].State, supply.Schedule[0].Burnt).ShouldBe(("done", share));
        supply.Burns.Single(burn => burn.Purpose == "buyback/1").Amount.ShouldBe(supply.Burnt - share);
        (await treasury.Ledger.SubmitAsync(TransferRequest.Transfer(Guid.NewGuid(), SystemAccounts.Treasury, TestTreasury.Ada, new Ntk(1), "sold"), Cancel)).Code.ShouldBe(TransferCode.InsufficientFunds);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Step_CutOffAtAnyWord_BurnsEverythingOnce(string engine)
    {
        await using var treasury = await TestTreasury.OpenAsync(engine);
        await treasury.Burns.SetAsync(new(Start), Cancel);
        var (bought, cuts) = (0, 0);
        treasury.Clock.AdjustTime(FirstDue.AddYears(5));
        for (var whole = false; !whole; cuts++)
        {
            // Something new to burn for every cut.
            await treasury.SellAsync(SystemAccounts.Buyback, 7);
            bought += 7;
            whole = await Fuse.RunAsync(cuts + 1, () => treasury.Burns.StepAsync(Cancel));
            await treasury.RestartAsync();
            await treasury.CheckAsync();
        }

        cuts.ShouldBeGreaterThan(20);
        (await BurntAsync(treasury)).ShouldBe(9000 + 6000 + 3000 + bought);
    }

    [Fact]
    public async Task Step_TwoAtOnce_BurnOnce()
    {
        await using var treasury = await TestTreasury.OpenAsync();
        await treasury.Burns.SetAsync(new(Start), Cancel);
        treasury.Clock.AdjustTime(FirstDue);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => treasury.Burns.StepAsync(Cancel)));
        (await BurntAsync(treasury)).ShouldBe(9000);
    }

    [Fact]
    public async Task Set_AfterTheFirstDate_KeepsTheStart()
    {
        await using var treasury = await TestTreasury.OpenAsync();
        (await Should.ThrowAsync<NeuroException>(() => treasury.Burns.SetAsync(new(DateOnly.MinValue), Cancel))).Code.ShouldBe("request.out_of_range");
        (await Should.ThrowAsync<NeuroException>(() => treasury.Burns.SetAsync(new(DateOnly.MaxValue), Cancel))).Code.ShouldBe("request.out_of_range");
        await treasury.Burns.SetAsync(new(Start.AddYears(1)), Cancel);
        await treasury.Burns.SetAsync(new(Start), Cancel);
        treasury.Clock.AdjustTime(FirstDue);
        (await BurntAsync(treasury)).ShouldBe(9000);
        await treasury.Burns.SetAsync(new(Start), Cancel);
        (await Should.ThrowAsync<NeuroException>(() => treasury.Burns.SetAsync(new(Start.AddDays(1)), Cancel))).Code.ShouldBe("burns.begun");
        (await BurntAsync(treasury)).ShouldBe(9000);
    }

    [Fact]
    public async Task Step_NoStartSet_BurnsNothing()
    {
        await using var treasury = await TestTreasury.OpenAsync();
        treasury.Clock.Advance(TimeSpan.FromDays(2000));
        (await BurntAsync(treasury)).ShouldBe(0);
        (await treasury.Burns.ReportAsync(Cancel)).Schedule.ShouldBeEmpty();
    }

    // After a step: what is burnt, which the proof, the issuance account and the rows of the burns agree on.
    private static async Task<decimal> BurntAsync(TestTreasury treasury)
    {
        await treasury.Burns.StepAsync(Cancel);
        await treasury.CheckAsync();
        var supply = await treasury.Burns.ReportAsync(Cancel);
        await using var db = treasury.Database.CreateDbContext();
        (await db.Burns.SumAsync(row => row.AmountNano, Cancel)).ShouldBe(supply.Burnt.Nano);
        (await treasury.Ledger.ProofAsync(Cancel)).Sums["issuance"].ShouldBe(supply.Burnt - Ntk.Supply);
        (supply.Circulating + supply.Reserve + supply.Burnt).ShouldBe(Ntk.Supply);
        return supply.Burnt.Nano / (decimal)Ntk.NanoPerNtk;
    }
}
