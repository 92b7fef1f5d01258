using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Backend.Accounts;
using Neuro.Backend.Chain.Deposits;
using Neuro.Backend.Chain.Liabilities;
using Neuro.Backend.Chain.Wallets;
using Neuro.Backend.Chain.Withdrawals;
using Neuro.Backend.Portal;
using Neuro.Chain.Rpc;
using Neuro.Chain.Values;
using Neuro.Client.Accounts;
using Neuro.Client.Api;
using Neuro.Client.Chain;
using Neuro.Client.Tokens;
using Statement = Neuro.Client.Chain.Liabilities;

namespace Neuro.Backend.Chain;

internal static class ChainApi
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    public static void MapChain(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("/v1").RequireAuthorization(Policies.Account).AddEndpointFilter(WhereThereIsOne).WithTags("Chain");
        open.MapGet("/chain", GetChain).WithSummary("How the platform stands with the chain.");
        open.MapGet("/wallet", GetWallet).WithSummary("Your wallet, with what the chain says that it has.");
        open.MapPost("/wallet/challenge", ChallengeWallet).Needs(Scopes.Admin).MovesMoney().WithSummary("A message to sign with the wallet that shall be yours.");
        open.MapPut("/wallet", LinkWallet).Needs(Scopes.Admin).WithSummary("Links the wallet that signed.");
        open.MapGet("/chain/deposits", GetDeposits).WithSummary("Your deposits, the newest first.");
        open.MapPost("/chain/withdrawals", Withdraw).Needs(Scopes.Trade).MovesMoney().WithSummary("Sets NTK aside and pays them out to a wallet with the next batch.");
        open.MapGet("/chain/withdrawals", GetWithdrawals).WithSummary("Your withdrawals, the newest first.");
        open.MapGet("/chain/withdrawals/{id}", GetWithdrawal).WithSummary("A withdrawal of yours.");
        open.MapPost("/chain/withdrawals/{id}/cancel", CancelWithdrawal).Needs(Scopes.Trade).MovesMoney().WithSummary("Takes a withdrawal back that is only held.");
        open.MapGet("/chain/liabilities", GetLiabilities).WithSummary("The newest statement of what the platform owes.");
        open.MapGet("/chain/liabilities/proof", GetProof).WithSummary("The proof that your balance is in such a statement.");
        var admin = routes.MapGroup("/v1/admin/chain").RequireAuthorization(Policies.Account).Needs(Scopes.Admin, Roles.Operator)
            .AddEndpointFilter(WhereThereIsOne).WithTags("Admin");
        admin.MapPost("/epochs", Publish).MovesMoney().WithSummary("States what the platform owes, now.");
        admin.MapGet("/unclaimed", GetUnclaimed).WithSummary("Deposits for accounts that the platform does not have.");
        admin.MapPost("/unclaimed/{id}", Assign).MovesMoney().WithSummary("Gives an unclaimed deposit to an account.");
        var session = routes.MapGroup("/v1/session").AddEndpointFilter(WhereThereIsOne).WithTags("Accounts");
        session.MapPost("/challenge", ChallengeSession).WithSummary("A message to sign in with a wallet.");
        session.MapPost("/", SignIn).WithSummary("Signs in with a wallet: an API key for a day.");
        routes.MapGet("/health/chain", GetHealth).DisableRateLimiting().WithTags("Health")
            .WithSummary("200 when the platform has no chain or nothing is wrong with it, else 503; everything but deposits and withdrawals goes on without.");
    }

    /// <summary>Where the vault's exits are open, customers move no money here: it is theirs there.</summary>
    public static Task StopWhereExitsAreOpen(HttpContext context, RequestDelegate next) =>
        context.GetEndpoint()?.Metadata.GetMetadata<MovesMoney>() is not null && !context.Request.Path.StartsWithSegments("/v1/admin")
            && context.RequestServices.GetRequiredService<ChainLink>().Exits is { } exits ? throw exits.Refusal : next(context);

    private static ValueTask<object?> WhereThereIsOne(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        _ = ((ChainLink)context.HttpContext.RequestServices.GetService(typeof(ChainLink))!).Options;
        return next(context);
    }

    // The replica that looks at the chain all the time knows; another one asks.
    private static async Task<Ok<ChainInfo>> GetChain(ChainLink link, Backing backing, TimeProvider time, CancellationToken cancel)
    {
        var (row, (owed, _)) = ((await backing.RowAsync(cancel))!, await backing.OwedAsync(cancel));
        var (look, problem) = (link.Seen, link.Problem);
        if (look is null || look.At + Fresh < time.GetUtcNow())
        {
            problem = await link.AskAsync(
                async stop =>
                {
                    var heads = await Heads.ReadAsync(link.Ethereum, (row.Final, row.FinalHash), stop);
                    look = new(heads, await backing.InVaultAsync(row, BlockRef.Latest, stop), time.GetUtcNow());
                },
                cancel) ?? problem;
        }

        var (token, vault, sale) = (Address.Parse(row.Token).ToString(), link.Vault.Address.ToString(), link.Options.Sale?.ToString());
        var (latest, safe, finalized) = (look?.Heads.Latest.Number ?? 0, look?.Heads.Safe.Number ?? 0, look?.Heads.Finalized.Number ?? row.Final);
        return TypedResults.Ok(new ChainInfo(
            row.ChainId, token, vault, sale, latest, safe, finalized, look?.At, look is null ? Ntk.Zero : BaseUnits.ToNtk(look.InVault).Amount, owed, problem));
    }

    private static Ok GetHealth(ChainLink link) => link.IsOn && link.Problem is { } problem
        ? throw new NeuroException("chain.problem", problem) { Status = StatusCodes.Status503ServiceUnavailable }
        : TypedResults.Ok();

    private static async Task<Ok<Wallet>> GetWallet(ClaimsPrincipal user, WalletDesk wallets, CancellationToken cancel) =>
        TypedResults.Ok(await wallets.GetAsync(user.AccountId(), cancel));

    private static async Task<Ok<WalletChallenge>> ChallengeWallet(WalletChallengeRequest request, ClaimsPrincipal user, WalletDesk wallets, CancellationToken cancel) =>
        TypedResults.Ok(await wallets.ChallengeAsync(user.AccountId(), request, cancel));

    private static async Task<Ok<Wallet>> LinkWallet(WalletProof proof, ClaimsPrincipal user, WalletDesk wallets, CancellationToken cancel) =>
        TypedResults.Ok(await wallets.LinkAsync(user.AccountId(), proof, cancel));

    private static async Task<Ok<WalletChallenge>> ChallengeSession(WalletChallengeRequest request, WalletDesk wallets, CancellationToken cancel) =>
        TypedResults.Ok(await wallets.ChallengeSessionAsync(request, cancel));

    private static async Task<Ok<NewApiKey>> SignIn(WalletProof proof, HttpResponse response, WalletDesk wallets, CancellationToken cancel)
    {
        var key = await wallets.SignInAsync(proof, cancel);
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(key);
    }

    private static async Task<Ok<IReadOnlyList<Deposit>>> GetDeposits(
        ClaimsPrincipal user, DepositDesk deposits, CancellationToken cancel, int skip = 0, int limit = 100) =>
        TypedResults.Ok(await deposits.ListAsync(user.AccountId(), skip, limit, cancel));

    private static async Task<Ok<Withdrawal>> Withdraw(WithdrawalRequest request, ClaimsPrincipal user, WithdrawalDesk withdrawals, CancellationToken cancel) =>
        TypedResults.Ok(await withdrawals.RequestAsync(user.AccountId(), request, cancel));

    private static async Task<Ok<IReadOnlyList<Withdrawal>>> GetWithdrawals(
        ClaimsPrincipal user, WithdrawalDesk withdrawals, CancellationToken cancel, int skip = 0, int limit = 100) =>
        TypedResults.Ok(await withdrawals.ListAsync(user.AccountId(), skip, limit, cancel));

    private static async Task<Ok<Withdrawal>> GetWithdrawal(Guid id, ClaimsPrincipal user, WithdrawalDesk withdrawals, CancellationToken cancel) =>
        TypedResults.Ok(await withdrawals.GetAsync(user.AccountId(), id, cancel));

    private static async Task<Ok<Withdrawal>> CancelWithdrawal(Guid id, ClaimsPrincipal user, WithdrawalDesk withdrawals, CancellationToken cancel) =>
        TypedResults.Ok(await withdrawals.CancelAsync(user.AccountId(), id, cancel));

    private static async Task<Ok<Statement>> GetLiabilities(Epochs epochs, CancellationToken cancel) => TypedResults.Ok(await epochs.NewestAsync(cancel));

    private static async Task<FileContentHttpResult> GetProof(ClaimsPrincipal user, Epochs epochs, CancellationToken cancel, long? epoch = null) =>
        TypedResults.Bytes(System.Text.Encoding.UTF8.GetBytes(await epochs.ProofAsync(user.AccountId(), epoch, cancel)), "application/json", "liability-proof.json");

    private static async Task<Ok<Statement>> Publish(Epochs epochs, CancellationToken cancel) => TypedResults.Ok(await epochs.MakeAsync(cancel)
        ?? throw new NeuroException("liabilities.nothing_owed", "The ledger owes nothing to anybody, so there is nothing to state.") { Status = 409 });

    private static async Task<Ok<IReadOnlyList<UnclaimedDeposit>>> GetUnclaimed(DepositDesk deposits, CancellationToken cancel, int skip = 0, int limit = 100) =>
        TypedResults.Ok(await deposits.UnclaimedAsync(skip, limit, cancel));

    private static async Task<NoContent> Assign(Guid id, UnclaimedAssignment assignment, DepositDesk deposits, CancellationToken cancel)
    {
        await deposits.AssignAsync(id, assignment.Account, cancel);
        return TypedResults.NoContent();
    }
}
