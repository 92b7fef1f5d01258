using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Neuro.Backend.Accounts;
using Neuro.Client.Api;
using Neuro.Client.Market;

namespace Neuro.Backend.Ledger;

internal static class LedgerApi
{
    private const int MostLines = 1000;

    public static void MapLedger(this IEndpointRouteBuilder routes)
    {
        var ledger = routes.MapGroup("/v1/ledger").RequireAuthorization(Policies.Account).WithTags("Ledger");
        ledger.MapGet("/balance", GetBalance).WithSummary("Your balance: available and held.");
        ledger.MapGet("/lines", GetLines).WithSummary("Your transfers, the newest first.");
        ledger.MapGet("/proof", GetProof).WithSummary("Reads every transfer again and adds up all accounts.");
    }

    private static async Task<Ok<Balance>> GetBalance(ClaimsPrincipal user, Statements statements, CancellationToken cancel) =>
        TypedResults.Ok(await statements.BalanceAsync(user.AccountId(), cancel));

    private static async Task<Ok<IReadOnlyList<LedgerLine>>> GetLines(ClaimsPrincipal user, Statements statements, CancellationToken cancel, int limit = 50) =>
        limit is >= 1 and <= MostLines
            ? TypedResults.Ok(await statements.LinesAsync(user.AccountId(), limit, cancel))
            : throw new NeuroException("request.out_of_range", $"limit is {limit}; expected a whole number from 1 to {MostLines}.");

    private static async Task<Ok<LedgerProof>> GetProof(Ledger ledger, CancellationToken cancel) => TypedResults.Ok(await ledger.ProofAsync(cancel));
}
