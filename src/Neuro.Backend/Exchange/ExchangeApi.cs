using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Neuro.Backend.Accounts;
using Neuro.Backend.Cluster;
using Neuro.Backend.Ledger;
using Neuro.Backend.Market;
using Neuro.Backend.Portal;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Market;

namespace Neuro.Backend.Exchange;

internal static class ExchangeApi
{
    public static void MapExchange(this IEndpointRouteBuilder routes)
    {
        var books = routes.MapGroup("/v1/books").RequireAuthorization(Policies.Account).WithTags("Exchange");
        books.MapGet("/", GetBooks).WithSummary("The order books, with their best prices.");
        books.MapGet("/{asset}/depth", GetDepth).AtExchange().WithSummary("What is open at the best prices of both sides.");
        books.MapGet("/{asset}/trades", GetTrades).AtExchange().WithSummary("The newest trades first.");
        books.MapGet("/{asset}/candles", GetCandles).AtExchange().WithSummary("Trades by interval of minutes: open, high, low, close, volume.");
        books.MapGet("/{asset}/events", GetEvents).AtExchange().WithSummary("The trades after a sequence number, and then each as it happens (server-sent events).");
        books.MapGet("/{asset}/orders", GetOrders).AtExchange().WithSummary("Your orders in a book, the newest first.");
        books.MapPost("/{asset}/orders", Place).Needs(Scopes.Trade, Roles.Consumer).MovesMoney().AtExchange().WithSummary("Places a bid or an ask; what it may cost is held.");
        books.MapPost("/{asset}/orders/{id}/cancel", Cancel).MovesMoney().AtExchange().WithSummary("Takes back what is open of an order.");
        books.MapPut("/{asset}", OpenBook).Needs(Scopes.Admin, Roles.Operator).AtExchange().WithSummary("Opens an order book; the same again changes nothing.");
        books.MapPost("/{asset}/issues", Issue).Needs(Scopes.Admin, Roles.Operator).MovesMoney().AtExchange().WithSummary("Makes lots of an asset for an account.");
        var datasets = routes.MapGroup("/v1/datasets").RequireAuthorization(Policies.Account).WithTags("Exchange");
        datasets.MapPost("/{id}/licences", IssueLicences).Needs(Scopes.Publish, Roles.Supplier).MovesMoney().AtExchange().WithSummary("Makes licences of your dataset, to be sold in the order book licence:{id}.");
        datasets.MapPost("/{id}/redemptions", Redeem).Needs(Scopes.Trade, Roles.Consumer).MovesMoney().WithSummary("Uses up one licence that you have; the dataset is yours to read from then on.");
        routes.MapGet("/v1/holdings", GetHoldings).RequireAuthorization(Policies.Account).WithTags("Exchange").WithSummary("What you have of assets other than NTK, in lots.");
    }

    private static async Task<Ok<IReadOnlyList<Book>>> GetBooks(Exchange exchange, CancellationToken cancel) => TypedResults.Ok(await exchange.BooksAsync(cancel));

    private static Ok<Depth> GetDepth(string asset, Exchange exchange, int levels = 10) => TypedResults.Ok(exchange.Depth(asset, levels));

    private static async Task<Ok<IReadOnlyList<Trade>>> GetTrades(string asset, Exchange exchange, CancellationToken cancel, int limit = 50) => TypedResults.Ok(await exchange.TradesAsync(asset, limit, cancel));

    private static async Task<Ok<IReadOnlyList<Candle>>> GetCandles(string asset, Exchange exchange, CancellationToken cancel, int minutes = 60) =>
        TypedResults.Ok(await exchange.CandlesAsync(asset, TimeSpan.FromMinutes(minutes), cancel));

    private static ServerSentEventsResult<Trade> GetEvents(string asset, Exchange exchange, IHostApplicationLifetime lifetime, CancellationToken cancel, long after = 0)
    {
        // An unknown book is a problem, not a stream that ends.
        exchange.Depth(asset, 1);
        return EventStream.Of(stop => exchange.FollowAsync(asset, after, stop), _ => "trade", trade => trade.Sequence, lifetime.ApplicationStopping, cancel);
    }

    private static async Task<Ok<IReadOnlyList<BookOrder>>> GetOrders(string asset, ClaimsPrincipal user, Exchange exchange, CancellationToken cancel, bool open = false) =>
        TypedResults.Ok(await exchange.OrdersAsync(user.AccountId(), asset, open, cancel));

    private static async Task<Ok<BookOrder>> Place(string asset, BookOrderRequest order, ClaimsPrincipal user, Exchange exchange, CancellationToken cancel) =>
        TypedResults.Ok(await exchange.PlaceAsync(user.AccountId(), asset, order, cancel));

    private static async Task<Ok<BookOrder>> Cancel(string asset, Guid id, ClaimsPrincipal user, Exchange exchange, CancellationToken cancel) =>
        TypedResults.Ok(await exchange.CancelAsync(user.AccountId(), asset, id, cancel));

    private static async Task<Ok<Book>> OpenBook(string asset, BookTerms terms, Exchange exchange, CancellationToken cancel) =>
        TypedResults.Ok(await exchange.OpenBookAsync(asset, terms.Title, terms.Tick, terms.FeeBasisPoints ?? Fees.BasisPoints[Fees.Trading], cancel));

    private static async Task<Ok<LotMovement>> Issue(string asset, LotIssue issue, Exchange exchange, CancellationToken cancel) =>
        asset == SystemAccounts.Cash ? throw new NeuroException("lots.cash", "Cash is not issued; what was paid in is booked at /v1/admin/cash/deposits.") { Status = 409 }
        : asset.StartsWith(PriceList.LicencePrefix, StringComparison.Ordinal) && Guid.TryParse(asset[PriceList.LicencePrefix.Length..], out _)
            ? throw new NeuroException("lots.licence", $"Licences of a dataset are made by its owner, at /v1/datasets/{Words.Clip(asset[PriceList.LicencePrefix.Length..], 40)}/licences.") { Status = 409 }
        : TypedResults.Ok(await exchange.IssueAsync(issue.Id, issue.Account, asset, issue.Lots, issue.Reference, cancel));

    private static async Task<Ok<LotMovement>> IssueLicences(Guid id, LicenceIssue issue, ClaimsPrincipal user, DatasetLicences licences, CancellationToken cancel) =>
        TypedResults.Ok(await licences.IssueAsync(user.AccountId(), id, issue, cancel));

    private static async Task<Ok<DatasetManifest>> Redeem(Guid id, LicenceRedemption redemption, ClaimsPrincipal user, DatasetLicences licences, CancellationToken cancel) =>
        TypedResults.Ok(await licences.RedeemAsync(user.AccountId(), id, redemption, cancel));

    private static async Task<Ok<IReadOnlyList<Holding>>> GetHoldings(ClaimsPrincipal user, Exchange exchange, CancellationToken cancel) => TypedResults.Ok(await exchange.HoldingsAsync(user.AccountId(), cancel));
}
