using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Neuro.Backend.Accounts;
using Neuro.Backend.Operations;
using Neuro.Backend.Portal;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Models;

namespace Neuro.Backend.Jobs;

internal static class JobsApi
{
    public static void MapJobs(this IEndpointRouteBuilder routes)
    {
        var jobs = routes.MapGroup("/v1/jobs").RequireAuthorization(Policies.Account).WithTags("Jobs");
        jobs.MapPost("/", Order).TakesWork().Needs(Scopes.Trade, Roles.Consumer).MovesMoney().WithSummary("Orders a quoted job; its cap is held until the job ends.");
        jobs.MapGet("/", GetJobs).WithSummary("Your jobs, the newest first.");
        jobs.MapGet("/{id}", GetJob).WithSummary("A job as it stands.");
        jobs.MapPost("/{id}/cancel", Cancel).MovesMoney().WithSummary("Stops a job; what was verified is paid, the rest of the hold comes back.");
        jobs.MapPut("/{id}/dispatch", ChangeDispatch).Needs(Scopes.Trade, Roles.Consumer).WithSummary("Pauses a job or lets it go on; its priority among yours; how many shards at once.");
        jobs.MapGet("/{id}/receipts", GetReceipts).WithSummary("Proof of every verified and paid shard.");
        jobs.MapGet("/{id}/events", GetEvents).WithSummary("What happened after a sequence number, and then each event as it happens, until the job has ended (server-sent events).");
        var products = routes.MapGroup("/v1").RequireAuthorization(Policies.Account).WithTags("Products");
        products.MapGet("/datasets", GetDatasets).WithSummary("Your datasets, the newest first.");
        products.MapGet("/datasets/{id}", GetDataset).WithSummary("One of your datasets.");
        products.MapGet("/models", GetModels).WithSummary("Your models, the newest first.");
        products.MapGet("/models/{id}", GetModel).WithSummary("One of your models.");
    }

    private static async Task<Ok<Job>> Order(OrderRequest request, ClaimsPrincipal user, OrderDesk orders, CancellationToken cancel) =>
        TypedResults.Ok(await orders.OrderAsync(user.AccountId(), request, cancel));

    private static async Task<Ok<IReadOnlyList<Job>>> GetJobs(ClaimsPrincipal user, JobViews jobs, CancellationToken cancel) => TypedResults.Ok(await jobs.ListAsync(user.AccountId(), cancel));

    private static async Task<Ok<Job>> GetJob(Guid id, ClaimsPrincipal user, JobViews jobs, CancellationToken cancel) => TypedResults.Ok(await jobs.GetAsync(user.AccountId(), id, cancel));

    private static async Task<Ok<Job>> Cancel(Guid id, ClaimsPrincipal user, JobViews jobs, JobCloser closer, CancellationToken cancel)
    {
        await jobs.GetAsync(user.AccountId(), id, cancel);
        await closer.EndAsync(id, JobPhase.Cancelled, null, cancel);
        return TypedResults.Ok(await jobs.GetAsync(user.AccountId(), id, cancel));
    }

    private static async Task<Ok<Job>> ChangeDispatch(Guid id, JobDispatch dispatch, ClaimsPrincipal user, OrderDesk orders, CancellationToken cancel) =>
        TypedResults.Ok(await orders.ChangeAsync(user.AccountId(), id, dispatch, cancel));

    private static async Task<Ok<IReadOnlyList<Receipt>>> GetReceipts(Guid id, ClaimsPrincipal user, JobViews jobs, CancellationToken cancel) =>
        TypedResults.Ok(await jobs.ReceiptsAsync(user.AccountId(), id, cancel));

    private static async Task<ServerSentEventsResult<JobEvent>> GetEvents(
        Guid id, ClaimsPrincipal user, JobViews jobs, JobLog log, IHostApplicationLifetime lifetime, CancellationToken cancel, long after = 0)
    {
        await jobs.GetAsync(user.AccountId(), id, cancel);
        return EventStream.Of(stop => log.FollowAsync(id, after, stop), happened => happened.Type, happened => happened.Sequence, lifetime.ApplicationStopping, cancel);
    }

    private static async Task<Ok<IReadOnlyList<DatasetManifest>>> GetDatasets(ClaimsPrincipal user, ProductViews products, CancellationToken cancel) => TypedResults.Ok(await products.DatasetsAsync(user.AccountId(), cancel));

    private static async Task<Ok<DatasetManifest>> GetDataset(Guid id, ClaimsPrincipal user, ProductViews products, CancellationToken cancel) => TypedResults.Ok(await products.DatasetAsync(user.AccountId(), id, cancel));

    private static async Task<Ok<IReadOnlyList<ModelManifest>>> GetModels(ClaimsPrincipal user, ProductViews products, CancellationToken cancel) => TypedResults.Ok(await products.ModelsAsync(user.AccountId(), cancel));

    private static async Task<Ok<ModelManifest>> GetModel(Guid id, ClaimsPrincipal user, ProductViews products, CancellationToken cancel) => TypedResults.Ok(await products.ModelAsync(user.AccountId(), id, cancel));
}
