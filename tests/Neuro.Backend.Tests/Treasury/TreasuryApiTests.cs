using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Neuro.Backend.Ledger;
using Neuro.Backend.Tests.Portal;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Treasury;

public sealed class TreasuryApiTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cash_PaidInAndOut_MovesOnceAndTradesAgainstNtk()
    {
        await using var platform = await TestPlatform.StartAsync();
        var operators = (await platform.CustomerAsync()).Api;
        var (ada, _) = await platform.NewCustomerAsync("Ada");
        var (bo, _) = await platform.NewCustomerAsync("Bo", ntk: 1000);
        var (adaId, deposit) = ((await ada.Api.GetAccountAsync(Cancel)).Id, Guid.NewGuid());
        var first = await operators.DepositCashAsync(new(deposit, adaId, 500, "SEPA 2027-03-01 4711"), Cancel);
        (await operators.DepositCashAsync(new(deposit, adaId, 500, "SEPA 2027-03-01 4711"), Cancel)).ShouldBe(first);
        (first.Asset, first.Lots).ShouldBe(("CASH", 500));
        (await CodeAsync(() => operators.DepositCashAsync(new(deposit, adaId, 501, "SEPA 2027-03-01 4711"), Cancel))).ShouldBe("lots.exists_with_different_content");
        (await CodeAsync(() => operators.WithdrawCashAsync(new(deposit, adaId, 500, "SEPA 2027-03-01 4711"), Cancel))).ShouldBe("lots.exists_with_different_content");

        await ada.Api.PlaceAsync("CASH", new(Guid.NewGuid(), "ask", "limit", Ntk.Of(2), 300), Cancel);
        (await bo.Api.PlaceAsync("CASH", new(Guid.NewGuid(), "bid", "limit", Ntk.Of(2), 100), Cancel)).State.ShouldBe("filled");
        (await bo.Api.GetHoldingsAsync(Cancel)).ShouldHaveSingleItem().ShouldBe(new Holding("CASH", 100, 0));
        (await ada.BalanceAsync(Cancel)).Available.ShouldBe(Ntk.Of(190), "200 NTK less the trading fee of 5 %");

        (await CodeAsync(() => operators.WithdrawCashAsync(new(Guid.NewGuid(), adaId, 201, "payout"), Cancel))).ShouldBe("lots.insufficient", "200 are in an ask");
        var payout = Guid.NewGuid();
        (await operators.WithdrawCashAsync(new(payout, adaId, 200, "payout"), Cancel)).Lots.ShouldBe(-200);
        await operators.WithdrawCashAsync(new(payout, adaId, 200, "payout"), Cancel);
        (await ada.Api.GetHoldingsAsync(Cancel)).ShouldHaveSingleItem().ShouldBe(new Holding("CASH", 0, 200));
        (await ada.Api.GetProofAsync(Cancel)).Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("POST v1/admin/cash/deposits", """{"id":"$id","account":"$account","cents":0,"reference":"x"}""", "request.out_of_range")]
    [InlineData("POST v1/admin/cash/deposits", """{"id":"$id","account":"$account","cents":-5,"reference":"x"}""", "request.out_of_range")]
    [InlineData("POST v1/admin/cash/deposits", """{"id":"$id","account":"$account","cents":1.5,"reference":"x"}""", "request.bad_json")]
    [InlineData("POST v1/admin/cash/deposits", """{"id":"$id","account":"$account","cents":5,"reference":""}""", "request.out_of_range")]
    [InlineData("POST v1/admin/cash/deposits", """{"id":"$id","account":"$id","cents":5,"reference":"x"}""", "account.not_found")]
    [InlineData("POST v1/admin/cash/deposits", """{"account":"$account","cents":5,"reference":"x"}""", "request.missing")]
    [InlineData("POST v1/admin/cash/withdrawals", """{"id":"$id","account":"$account","cents":1,"reference":"x"}""", "lots.insufficient")]
    [InlineData("POST v1/books/CASH/issues", """{"id":"$id","account":"$account","lots":5,"reference":"x"}""", "lots.cash")]
    [InlineData("POST v1/books/licence:$account/issues", """{"id":"$id","account":"$account","lots":5,"reference":"x"}""", "lots.licence")]
    [InlineData("POST v1/books/gold/issues", """{"id":"$id","account":"$account","lots":5,"reference":"x"}""", "book.not_found")]
    [InlineData("PUT v1/books/NTK", """{"title":"x","tick":"1"}""", "book.bad_asset")]
    [InlineData("PUT v1/books/a%20b", """{"title":"x","tick":"1"}""", "book.bad_asset")]
    [InlineData("PUT v1/books/gold", """{"title":"x","tick":"0"}""", "request.out_of_range")]
    [InlineData("PUT v1/books/gold", """{"title":"x","tick":"0.0000000001"}""", "request.bad_json")]
    [InlineData("PUT v1/books/gold", """{"title":"x","tick":"1","feeBasisPoints":5001}""", "request.out_of_range")]
    [InlineData("PUT v1/books/CASH", """{"title":"x","tick":"1"}""", "book.exists_with_different_content")]
    [InlineData("POST v1/books/CASH/orders", """{"id":"$id","side":"bid","kind":"limit","price":"1.00005","quantity":1}""", "order.bad_price")]
    [InlineData("POST v1/books/CASH/orders", """{"id":"$id","side":"bid","kind":"post-only","quantity":1}""", "order.bad_price")]
    [InlineData("POST v1/books/CASH/orders", """{"id":"$id","side":"bid","kind":"limit","price":"1","quantity":0.5}""", "request.bad_json")]
    [InlineData("POST v1/admin/treasury/transfers", """{"id":"$id","from":"treasury","to":"ada","reference":"x","ntk":"1"}""", "treasury.unknown_account")]
    [InlineData("POST v1/admin/treasury/transfers", """{"id":"$id","from":"treasury","to":"treasury","reference":"x","ntk":"1"}""", "treasury.bad_amount")]
    [InlineData("POST v1/admin/treasury/transfers", """{"id":"$id","from":"treasury","to":"market-maker","reference":"x","ntk":"0"}""", "treasury.bad_amount")]
    [InlineData("POST v1/admin/treasury/transfers", """{"id":"$id","from":"treasury","to":"market-maker","reference":"x","ntk":"1","asset":"CASH","lots":1}""", "treasury.bad_amount")]
    [InlineData("POST v1/admin/treasury/transfers", """{"id":"$id","from":"treasury","to":"market-maker","reference":"x","asset":"CASH","lots":1}""", "treasury.insufficient")]
    [InlineData("POST v1/admin/treasury/transfers", """{"id":"$id","from":"treasury","to":"buyback","reference":"x","ntk":"1"}""", "treasury.buyback_burns")]
    [InlineData("PUT v1/admin/burns", """{"start":"yesterday"}""", "request.bad_json")]
    [InlineData("PUT v1/admin/market-maker", """{"books":null,"leastNtk":"0","mostNtk":"1"}""", "request.bad_json")]
    public async Task BadInput_IsRefusedWithAStableCode(string address, string body, string code)
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var account = (await (await platform.NewCustomerAsync("Ada")).Client.Api.GetAccountAsync(Cancel)).Id.ToString();
        string Filled(string text) => text.Replace("$id", Guid.NewGuid().ToString()).Replace("$account", account);
        using var reply = await http.SendAsync(new(new(address.Split(' ')[0]), Filled(address.Split(' ')[1])) { Content = new StringContent(Filled(body), Encoding.UTF8, "application/json") }, Cancel);
        (await AccessTests.CodeAsync(reply)).ShouldBe(code);
        ((int)reply.StatusCode).ShouldBeInRange(400, 499);
    }

    [Fact]
    public async Task Books_OpenedAndIssuedByAnOperatorAlone_AreInTheAuditLog()
    {
        await using var platform = await TestPlatform.StartAsync();
        var operators = (await platform.CustomerAsync()).Api;
        var (ada, _) = await platform.NewCustomerAsync("Ada");
        var (account, issue) = ((await ada.Api.GetAccountAsync(Cancel)).Id, Guid.NewGuid());
        var opened = await operators.OpenBookAsync("labelling:hours", new("Hours of labelling", Ntk.Of(0.1m)), Cancel);
        (opened.FeeBasisPoints, opened.SuggestedPrice).ShouldBe((500, Ntk.Of(0.87109m)));
        (await operators.OpenBookAsync("labelling:hours", new("Hours of labelling", Ntk.Of(0.1m)), Cancel)).ShouldBe(opened);
        var lots = await operators.IssueAsync("labelling:hours", new(issue, account, 40, "March"), Cancel);
        (await operators.IssueAsync("labelling:hours", new(issue, account, 40, "March"), Cancel)).ShouldBe(lots);
        (await CodeAsync(() => operators.IssueAsync("labelling:hours", new(issue, account, 41, "March"), Cancel))).ShouldBe("lots.exists_with_different_content");
        (await CodeAsync(() => operators.IssueAsync("labelling:hours", new(issue, account, 40, "April"), Cancel))).ShouldBe("lots.exists_with_different_content");
        (await ada.Api.GetHoldingsAsync(Cancel)).ShouldHaveSingleItem().ShouldBe(new Holding("labelling:hours", 40, 0));
        (await CodeAsync(() => ada.Api.OpenBookAsync("mine", new("Mine", Ntk.Of(1)), Cancel))).ShouldBe("access.role_missing");
        (await CodeAsync(() => ada.Api.IssueAsync("labelling:hours", new(Guid.NewGuid(), account, 1, "x"), Cancel))).ShouldBe("access.role_missing");
        var actions = (await operators.GetAuditAsync(cancel: Cancel)).Select(entry => entry.Action).ToList();
        actions.ShouldContain("PUT /v1/books/{asset} asset=labelling:hours");
        actions.ShouldContain("POST /v1/books/{asset}/issues asset=labelling:hours");
    }

    [Fact]
    public async Task Platform_Shows_FeesAndPricesOfTheTable()
    {
        await using var platform = await TestPlatform.StartAsync();
        var info = await (await platform.CustomerAsync()).Api.GetPlatformAsync(Cancel);
        info.FeeBasisPoints.Keys.ShouldBe(["custom-generator", "custom-model", "dataset", "diloco", "generator", "labelling", "model", "render", "trading", "train"], ignoreOrder: true);
        info.FeeBasisPoints.Values.ShouldAllBe(rate => rate >= 500 && rate <= 1500);
        info.Prices.Select(price => (price.Service, price.Quantity, price.Price.ToString())).ShouldBe(
            [("generator", 1, "100000"), ("render", 10_000, "174.22"), ("train", 1, "87.11"), ("labelling", 1000, "871.09"), ("dataset", 1, "10"), ("model", 1, "100")]);
        var cash = (await (await platform.CustomerAsync()).Api.GetBooksAsync(Cancel)).ShouldHaveSingleItem();
        (cash.Asset, cash.Title, cash.FeeBasisPoints).ShouldBe(("CASH", "Cents of EUR", info.FeeBasisPoints["trading"]));
    }

    [Fact]
    public async Task House_MovesBetweenItsAccounts_OnceAndNoMoreThanItHas()
    {
        await using var platform = await TestPlatform.StartAsync();
        var operators = (await platform.CustomerAsync()).Api;
        var move = new TreasuryTransfer(Guid.NewGuid(), "treasury", "market-maker", "to begin with", Ntk.Of(1000));
        await operators.MoveTreasuryAsync(move, Cancel);
        await operators.MoveTreasuryAsync(move, Cancel);
        (await CodeAsync(() => operators.MoveTreasuryAsync(move with { Ntk = Ntk.Of(1001) }, Cancel))).ShouldBe("treasury.exists_with_different_content");
        (await CodeAsync(() => operators.MoveTreasuryAsync(new(Guid.NewGuid(), "market-maker", "treasury", "back", Ntk.Of(1001)), Cancel))).ShouldBe("treasury.insufficient");
        var treasury = (await operators.GetTreasuryAsync(Cancel)).Accounts.Single(account => account.Name == "treasury");
        await operators.DepositCashAsync(new(Guid.NewGuid(), treasury.Id, 700, "capital"), Cancel);
        await operators.MoveTreasuryAsync(new(Guid.NewGuid(), "treasury", "buyback", "March", Asset: "CASH", Lots: 300), Cancel);
        var report = await operators.GetTreasuryAsync(Cancel);
        report.Accounts.Select(account => (account.Name, account.Holdings.Sum(holding => holding.Available))).ShouldBe([("treasury", 400), ("market-maker", 0), ("buyback", 300)]);
        report.CashCents.ShouldBe(700);
        report.Accounts.Single(account => account.Name == "market-maker").Ntk.ShouldBe(Ntk.Of(1000));
        (report.MarketMaker.Settings.Books.Count, report.Buyback.Settings.BudgetCents).ShouldBe((0, 0), "off until set");
        (await operators.GetSupplyAsync(Cancel)).Circulating.ShouldBe(Ntk.Zero);
    }

    [Fact]
    public async Task Timekeeper_AfterALongDowntime_DoesWhatTheTreasuryOwes()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var platform = await TestPlatform.StartAsync(options => options with { Time = clock });
        var operators = (await platform.CustomerAsync(ntk: 1000)).Api;
        await operators.SetBurnsAsync(new(DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime)), Cancel);
        var accounts = (await operators.GetTreasuryAsync(Cancel)).Accounts;
        await operators.DepositCashAsync(new(Guid.NewGuid(), accounts.Single(account => account.Name == "buyback").Id, 100, "budget"), Cancel);
        await operators.SetBuybackAsync(new(100, 30, Ntk.Of(1)), Cancel);
        await operators.DepositCashAsync(new(Guid.NewGuid(), accounts.Single(account => account.Name == "market-maker").Id, 100, "funds"), Cancel);
        await operators.MoveTreasuryAsync(new(Guid.NewGuid(), "treasury", "market-maker", "funds", Ntk.Of(1000)), Cancel);
        await operators.PlaceAsync("CASH", new(Guid.NewGuid(), "bid", "limit", Ntk.Of(1), 10), Cancel);
        await operators.SetMarketMakerAsync(new([new("CASH", Ntk.Of(2), 1000, 5, 0, 200)], Ntk.Zero, Ntk.Of(2000)), Cancel);
        await platform.RestartAsync(() =>
        {
            clock.Advance(TimeSpan.FromDays(400));
            return Task.CompletedTask;
        });
        operators = (await platform.CustomerAsync()).Api;
        // 10 NTK bought back, less 5 %, and 30 % of the 990.5 that the house does not have.
        for (var seconds = 0; (await operators.GetSupplyAsync(Cancel)).Burnt < Ntk.Of(306.65m); seconds++)
        {
            seconds.ShouldBeLessThan(2000, "the Timekeeper did not get to it");
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        var supply = await operators.GetSupplyAsync(Cancel);
        (supply.Burnt, supply.Schedule[0].State, supply.Schedule[1].State).ShouldBe((Ntk.Of(306.65m), "done", "waiting"));
        (await operators.GetProofAsync(Cancel)).Sum.ShouldBe(Ntk.Zero);
    }

    private static async Task<string> CodeAsync(Func<Task> what) => (await Should.ThrowAsync<NeuroException>(what)).Code;
}
