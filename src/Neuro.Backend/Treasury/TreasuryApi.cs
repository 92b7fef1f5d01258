using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Neuro.Backend.Accounts;
using Neuro.Backend.Cluster;
using Neuro.Backend.Portal;
using Neuro.Client.Market;

namespace Neuro.Backend.Treasury;

internal static class TreasuryApi
{
    public static void MapTreasury(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("/v1").RequireAuthorization(Policies.Account).WithTags("Treasury");
        open.MapPost("/treasury/purchases", Buy).Needs(Scopes.Trade, Roles.Consumer).MovesMoney().WithSummary("Buys NTK from the treasury at the set price.");
        open.MapGet("/supply", GetSupply).WithSummary("All NTK: issued, burnt, in the house, circulating; the burn schedule and the newest burns.");
        var admin = routes.MapGroup("/v1/admin").RequireAuthorization(Policies.Account).Needs(Scopes.Admin, Roles.Operator).WithTags("Admin");
        admin.MapPost("/cash/deposits", Deposit).MovesMoney().WithSummary("Books cash that you have received for an account.");
        admin.MapPost("/cash/withdrawals", Withdraw).MovesMoney().WithSummary("Books cash that you have paid out to an account's owner.");
        admin.MapGet("/treasury", GetTreasury).AtExchange().WithSummary("What the house has, and how its market maker and its buyback programme stand.");
        admin.MapPost("/treasury/transfers", Move).MovesMoney().AtExchange().WithSummary("Moves NTK or lots between treasury, market-maker and buyback.");
        admin.MapPut("/market-maker", SetMarketMaker).AtExchange().WithSummary("Says which books the market maker quotes, and within which limits; no books switch it off.");
        admin.MapPut("/buyback", SetBuyback).AtExchange().WithSummary("Sets budget, period and price limit of the buyback programme; a budget of 0 switches it off.");
        admin.MapPut("/burns", SetBurns).WithSummary("Switches the burn schedule on, from a date.");
    }

    private static async Task<Ok<Purchase>> Buy(PurchaseRequest request, ClaimsPrincipal user, TreasuryDesk treasury, CancellationToken cancel) =>
        TypedResults.Ok(await treasury.BuyAsync(user.AccountId(), request, cancel));

    private static async Task<Ok<SupplyReport>> GetSupply(Burns burns, CancellationToken cancel) => TypedResults.Ok(await burns.ReportAsync(cancel));

    private static async Task<Ok<LotMovement>> Deposit(CashOrder order, CashDesk cash, CancellationToken cancel) => TypedResults.Ok(await cash.DepositAsync(order, cancel));

    private static async Task<Ok<LotMovement>> Withdraw(CashOrder order, CashDesk cash, CancellationToken cancel) => TypedResults.Ok(await cash.WithdrawAsync(order, cancel));

    private static async Task<Ok<TreasuryReport>> GetTreasury(House house, MarketMaker maker, Buyback buyback, CancellationToken cancel) =>
        TypedResults.Ok(new TreasuryReport(await house.AccountsAsync(cancel), await house.CashAsync(cancel), await maker.ReportAsync(cancel), await buyback.ReportAsync(cancel)));

    private static async Task<NoContent> Move(TreasuryTransfer transfer, House house, CancellationToken cancel)
    {
        await house.MoveAsync(transfer, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<MarketMakerReport>> SetMarketMaker(MarketMakerSettings settings, MarketMaker maker, CancellationToken cancel) => TypedResults.Ok(await maker.SetAsync(settings, cancel));

    private static async Task<Ok<BuybackReport>> SetBuyback(BuybackSettings settings, Buyback buyback, CancellationToken cancel) => TypedResults.Ok(await buyback.SetAsync(settings, cancel));

    private static async Task<Ok<SupplyReport>> SetBurns(BurnSchedule schedule, Burns burns, CancellationToken cancel) => TypedResults.Ok(await burns.SetAsync(schedule, cancel));
}
