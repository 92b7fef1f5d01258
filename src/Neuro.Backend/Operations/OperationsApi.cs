using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Neuro.Backend.Accounts;
using Neuro.Client.Operations;

namespace Neuro.Backend.Operations;

internal static class OperationsApi
{
    private const int MostEntries = 1000;

    public static void MapOperations(this IEndpointRouteBuilder routes)
    {
        var admin = routes.MapGroup("/v1/admin").RequireAuthorization(Policies.Account).Needs(Scopes.Admin, Roles.Operator).WithTags("Admin");
        admin.MapGet("/overview", GetOverview).WithSummary("How the platform stands, and the replica that answers.");
        admin.MapGet("/nodes", GetNodes).WithSummary("All nodes with owner, record and state, by name.");
        admin.MapGet("/jobs", GetJobs).WithSummary("The running jobs with their shards by state, the oldest first.");
        admin.MapPut("/drain", BeginDrain).WithSummary("Has the replica that answers take no claims and orders, so that it can be stopped. A start ends it.");
        admin.MapDelete("/drain", EndDrain).WithSummary("Has the replica that answers take claims and orders again.");
    }

    private static async Task<Ok<PlatformOverview>> GetOverview(OperatorDesk desk, CancellationToken cancel) => TypedResults.Ok(await desk.OverviewAsync(cancel));

    private static async Task<Ok<IReadOnlyList<FleetNode>>> GetNodes(OperatorDesk desk, CancellationToken cancel, int skip = 0, int limit = MostEntries)
    {
        Input.Range(skip, "skip", 0, int.MaxValue);
        Input.Range(limit, "limit", 1, MostEntries);
        return TypedResults.Ok(await desk.NodesAsync(skip, limit, cancel));
    }

    private static async Task<Ok<IReadOnlyList<RunningJob>>> GetJobs(OperatorDesk desk, CancellationToken cancel, int skip = 0, int limit = MostEntries)
    {
        Input.Range(skip, "skip", 0, int.MaxValue);
        Input.Range(limit, "limit", 1, MostEntries);
        return TypedResults.Ok(await desk.JobsAsync(skip, limit, cancel));
    }

    private static Task<Ok<PlatformOverview>> BeginDrain(OperatorDesk desk, Drain drain, CancellationToken cancel)
    {
        drain.Switch(on: true);
        return GetOverview(desk, cancel);
    }

    private static Task<Ok<PlatformOverview>> EndDrain(OperatorDesk desk, Drain drain, CancellationToken cancel)
    {
        drain.Switch(on: false);
        return GetOverview(desk, cancel);
    }
}
