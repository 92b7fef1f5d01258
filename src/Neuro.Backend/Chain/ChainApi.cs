using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Neuro.Backend.Accounts;
using Neuro.Backend.Portal;
using Neuro.Client.Api;

namespace Neuro.Backend.Chain;

internal static class ChainApi
{
    public static void MapChain(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("/v1").RequireAuthorization(Policies.Account).WithTags("Chain");
        open.MapGet("/chain", None).WithSummary("How the platform stands with the chain.");
        open.MapGet("/wallet", None).WithSummary("Your wallet, with what the chain says that it has.");
        open.MapPost("/wallet/challenge", None).Needs(Scopes.Admin).WithSummary("A message to sign with the wallet that shall be yours.");
        open.MapPut("/wallet", None).Needs(Scopes.Admin).WithSummary("Links the wallet that signed.");
        open.MapGet("/chain/deposits", None).WithSummary("Your deposits, the newest first.");
        open.MapPost("/chain/withdrawals", None).Needs(Scopes.Trade).MovesMoney().WithSummary("Sets NTK aside and pays them out to a wallet with the next batch.");
        open.MapGet("/chain/withdrawals", None).WithSummary("Your withdrawals, the newest first.");
        open.MapGet("/chain/withdrawals/{id}", None).WithSummary("A withdrawal of yours.");
        open.MapPost("/chain/withdrawals/{id}/cancel", None).Needs(Scopes.Trade).MovesMoney().WithSummary("Takes a withdrawal back that is only held.");
        open.MapGet("/chain/liabilities", None).WithSummary("The newest statement of what the platform owes.");
        open.MapGet("/chain/liabilities/proof", None).WithSummary("The proof that your balance is in such a statement.");
        var admin = routes.MapGroup("/v1/admin/chain").RequireAuthorization(Policies.Account).Needs(Scopes.Admin, Roles.Operator).WithTags("Admin");
        admin.MapPost("/epochs", None).WithSummary("States what the platform owes, now.");
        admin.MapGet("/unclaimed", None).WithSummary("Deposits for accounts that the platform does not have.");
        admin.MapPost("/unclaimed/{id}", None).MovesMoney().WithSummary("Gives an unclaimed deposit to an account.");
        var session = routes.MapGroup("/v1/session").WithTags("Accounts");
        session.MapPost("/challenge", None).WithSummary("A message to sign in with a wallet.");
        session.MapPost("/", None).WithSummary("Signs in with a wallet: an API key for a day.");
    }

    private static void None() => throw new NeuroException("chain.none", "This platform has no chain: NTK are on its ledger alone. Its operator can connect it to one.") { Status = 404 };
}
