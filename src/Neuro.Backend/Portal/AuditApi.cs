using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Neuro.Backend.Accounts;
using Neuro.Client.Accounts;

namespace Neuro.Backend.Portal;

internal static class AuditApi
{
    private const int MostEntries = 1000;

    public static void MapAudit(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/account/audit", GetOwn).RequireAuthorization(Policies.Account).WithTags("Accounts")
            .WithSummary("What was done with your keys and by your nodes, the newest first; before takes the last sequence of the page before.");
        routes.MapGet("/v1/admin/audit", GetAll).RequireAuthorization(Policies.Account).Needs(Scopes.Admin, Roles.Operator).WithTags("Admin")
            .WithSummary("What was done by anyone, the newest first, by account, key, beginning of the action, least status and time.");
    }

    /// <summary>Which entries an operator wants.</summary>
    /// <param name="Account">Of this account.</param>
    /// <param name="Key">Done with this key.</param>
    /// <param name="Action">Whose action begins so, such as <c>POST /v1/jobs</c>.</param>
    /// <param name="Status">Answered with at least this HTTP status: 400 for what was refused or failed.</param>
    /// <param name="Since">Not before.</param>
    /// <param name="Until">Before.</param>
    internal sealed record Wanted(Guid? Account, Guid? Key, string? Action, int? Status, DateTimeOffset? Since, DateTimeOffset? Until);

    private static async Task<Ok<IReadOnlyList<AuditEntry>>> GetOwn(ClaimsPrincipal user, AuditLog log, CancellationToken cancel, long? before = null, int limit = 50)
    {
        Input.Range(limit, "limit", 1, MostEntries);
        var account = user.AccountId();
        return TypedResults.Ok(await log.ListAsync(rows => rows.Where(row => row.AccountId == account), before, limit, cancel));
    }

    private static async Task<Ok<IReadOnlyList<AuditEntry>>> GetAll([AsParameters] Wanted wanted, AuditLog log, CancellationToken cancel, long? before = null, int limit = 50)
    {
        Input.Range(limit, "limit", 1, MostEntries);
        return TypedResults.Ok(await log.ListAsync(
            rows => rows.Where(row => (wanted.Account == null || row.AccountId == wanted.Account) && (wanted.Key == null || row.KeyId == wanted.Key)
                && (wanted.Action == null || row.Action.StartsWith(wanted.Action)) && (wanted.Status == null || row.Status >= wanted.Status)
                && (wanted.Since == null || row.At >= wanted.Since) && (wanted.Until == null || row.At < wanted.Until)),
            before, limit, cancel));
    }
}
