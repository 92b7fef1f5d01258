using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Neuro.Backend.Ledger;
using Neuro.Client.Accounts;
using Neuro.Client.Api;
using Neuro.Client.Market;

namespace Neuro.Backend.Accounts;

internal static class AccountsApi
{
    public static void MapAccounts(this IEndpointRouteBuilder routes)
    {
        var account = routes.MapGroup("/v1/account").RequireAuthorization(Policies.Account).WithTags("Accounts");
        account.MapGet("/", GetAccount).Needs(Scopes.None).WithSummary("Who your API key belongs to, what it may do, and what is free to use.");
        var keys = account.MapGroup("/keys").Needs(Scopes.Admin);
        keys.MapGet("/", GetKeys).WithSummary("Your API keys, without their secrets.");
        keys.MapPost("/", CreateKey).WithSummary("Makes an API key; its secret is shown this once.");
        keys.MapPost("/{id}/rotate", RotateKey).WithSummary("A new secret for a key; the old one is accepted for the minutes of grace that you name.");
        keys.MapDelete("/{id}", DeleteKey).WithSummary("Deletes a key; it is refused from then on.");
        routes.MapPut("/v1/admin/accounts/{id}/roles", ChangeRoles).RequireAuthorization(Policies.Account).Needs(Scopes.Admin, Roles.Operator)
            .WithTags("Admin").WithSummary("Gives an account the roles named and takes the others.");
    }

    private static async Task<Ok<Account>> GetAccount(ClaimsPrincipal user, Statements statements, CancellationToken cancel)
    {
        var balance = await statements.BalanceAsync(user.AccountId(), cancel);
        var key = user.Key()!;
        return TypedResults.Ok(new Account(user.AccountId(), balance.Account, balance.Available) { Roles = key.Roles.Words(), Scopes = key.Scopes.Words() });
    }

    private static async Task<Ok<IReadOnlyList<ApiKey>>> GetKeys(ClaimsPrincipal user, KeyDesk keys, CancellationToken cancel) => TypedResults.Ok(await keys.ListAsync(user.AccountId(), cancel));

    private static async Task<Ok<NewApiKey>> CreateKey(ApiKeyRequest request, ClaimsPrincipal user, HttpResponse response, KeyDesk keys, CancellationToken cancel) =>
        Secret(await keys.CreateAsync(user.AccountId(), user.Key()!.Scopes, request, cancel), response);

    private static async Task<Ok<NewApiKey>> RotateKey(Guid id, ApiKeyRotation? rotation, ClaimsPrincipal user, HttpResponse response, KeyDesk keys, CancellationToken cancel) =>
        Secret(await keys.RotateAsync(user.AccountId(), user.Key()!.Scopes, id, rotation ?? new(), cancel), response);

    private static async Task<NoContent> DeleteKey(Guid id, ClaimsPrincipal user, KeyDesk keys, CancellationToken cancel)
    {
        await keys.DeleteAsync(user.AccountId(), id, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> ChangeRoles(Guid id, RoleChange change, ClaimsPrincipal user, AccountDirectory accounts, CancellationToken cancel)
    {
        Input.Range(Input.NotNull(change.Roles, "roles").Count, "the number of roles", 0, 16);
        var roles = RoleWords.Parse(change.Roles);
        if (id == user.AccountId() && !roles.HasFlag(Roles.Operator))
        {
            throw new NeuroException("account.own_role", "An operator cannot take the role operator from its own account. Let another operator do it.") { Status = 409 };
        }

        await accounts.ChangeRolesAsync(id, roles, cancel);
        return TypedResults.NoContent();
    }

    private static Ok<NewApiKey> Secret(NewApiKey key, HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(key);
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
