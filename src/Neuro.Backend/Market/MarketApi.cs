using System.Reflection;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Neuro.Backend.Accounts;
using Neuro.Backend.Portal;
using Neuro.Client.Market;

namespace Neuro.Backend.Market;

internal static class MarketApi
{
    private static readonly string Version = typeof(MarketApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    public static void MapMarket(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/platform", GetPlatform).WithTags("Market").WithSummary("What anyone may know of this platform.");
        var market = routes.MapGroup("/v1").RequireAuthorization(Policies.Account).WithTags("Market");
        market.MapGet("/generators", GetGenerators).WithSummary("The generators on offer.");
        market.MapPut("/generators/{name}", PublishGenerator).Needs(Scopes.Publish, Roles.Supplier).WithSummary("Publishes a generator over your catalogue under a name that is free or yours; other content is its next version.");
        market.MapPost("/quotes", Quote).Needs(Scopes.Trade, Roles.Consumer).MovesMoney().WithSummary("The price of a whole job, with a cap, the expected time, and why.");
    }

    private static Ok<PlatformInfo> GetPlatform(PlatformOptions options, PlatformKeys keys) =>
        TypedResults.Ok(new PlatformInfo(Version, keys.PublicKey, options.UnitPrice, options.Currency, Fees.BasisPoints) { Prices = PriceList.Prices });

    private static async Task<Ok<IReadOnlyList<GeneratorListing>>> GetGenerators(GeneratorDesk generators, CancellationToken cancel) =>
        TypedResults.Ok(await generators.ListAsync(cancel));

    private static async Task<Ok<GeneratorListing>> PublishGenerator(
        string name, GeneratorPublication generator, ClaimsPrincipal user, GeneratorDesk generators, CancellationToken cancel) =>
        TypedResults.Ok(await generators.PublishAsync(user.AccountId(), name, generator, cancel));

    private static async Task<Ok<Quote>> Quote(QuoteRequest request, ClaimsPrincipal user, QuoteDesk quotes, CancellationToken cancel) =>
        TypedResults.Ok(await quotes.QuoteAsync(user.AccountId(), request, cancel));
}
