using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Neuro.Backend.Ledger;
using Neuro.Client.Market;

namespace Neuro.Backend.Accounts;

internal static class AccountsApi
{
    public static void MapAccounts(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/account", GetAccount).RequireAuthorization(Policies.Account).WithTags("Accounts").WithSummary("Who your API key belongs to, and what is free to use.");

    private static async Task<Ok<Account>> GetAccount(ClaimsPrincipal user, Statements statements, CancellationToken cancel)
    {
        var balance = await statements.BalanceAsync(user.AccountId(), cancel);
        return TypedResults.Ok(new Account(user.AccountId(), balance.Account, balance.Available));
    }
}

/// <summary>Names of the rules of who may call what.</summary>
internal static class Policies
{
    /// <summary>Somebody with an API key.</summary>
    public const string Account = "account";

    /// <summary>A node that joined.</summary>
    public const string Node = "node";

    /// <summary>Either.</summary>
    public const string Anyone = "anyone";
}
