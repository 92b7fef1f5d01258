using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Neuro.Backend.Accounts;
using Neuro.Backend.Portal;
using Neuro.Backend.Verification;
using Neuro.Client.Api;
using Neuro.Client.Nodes;

namespace Neuro.Backend.Nodes;

internal static class NodesApi
{
    public static void MapNodes(this IEndpointRouteBuilder routes)
    {
        var nodes = routes.MapGroup("/v1/nodes").WithTags("Nodes");
        nodes.MapPost("/challenge", GetChallenge).WithSummary("A number for a node to sign, used once and for two minutes.");
        nodes.MapPost("/join", Join).WithSummary("Takes a node in, or renews its token.");
        nodes.MapPut("/me/floor", ChangeFloor).RequireAuthorization(Policies.Node).WithSummary("Asks for another floor, for quotes from now on.");
        nodes.MapGet("/", GetNodes).RequireAuthorization(Policies.Account).WithSummary("All nodes: measured capacity, state, record; floors are sealed but for your own nodes.");
        nodes.MapGet("/earnings", GetEarnings).RequireAuthorization(Policies.Account).WithSummary("What your nodes were paid, by node and by the UTC day of delivery, the newest day first.");
        nodes.MapGet("/record", GetRecord).RequireAuthorization(Policies.Account).WithSummary("What is known of a node, with its reasons: streak, reliability, stake, and what speaks against it.");
        nodes.MapGet("/verification", GetVerification).RequireAuthorization(Policies.Account).WithSummary("How deliveries are checked, and what that costs.");
        nodes.MapPost("/release", Release).RequireAuthorization(Policies.Account).MovesMoney().WithSummary("Gives your node's stake back to you, once nothing of it is under way or unchecked.");
        routes.MapPost("/v1/admin/nodes/readmit", Readmit).RequireAuthorization(Policies.Account).Needs(Scopes.Admin, Roles.Operator).MovesMoney().WithTags("Nodes").WithSummary("Lets a node work again that was caught cheating; it is a newcomer.");
    }

    private static Ok<Challenge> GetChallenge(NodeRegistry nodes) => TypedResults.Ok(nodes.Challenge());

    private static async Task<Ok<JoinReply>> Join(JoinRequest request, NodeRegistry nodes, CancellationToken cancel) => TypedResults.Ok(await nodes.JoinAsync(request, cancel));

    private static async Task<NoContent> ChangeFloor(FloorChange change, ClaimsPrincipal user, NodeRegistry nodes, CancellationToken cancel)
    {
        await nodes.ChangeFloorAsync(user.NodeId(), change, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<IReadOnlyList<NodeView>>> GetNodes(ClaimsPrincipal user, NodeRegistry nodes, CancellationToken cancel) =>
        TypedResults.Ok(await nodes.ViewAsync(user.AccountId(), SeesAll(user), cancel));

    private static async Task<Ok<NodeRecord>> GetRecord(string id, ClaimsPrincipal user, NodeRecords records, CancellationToken cancel) =>
        TypedResults.Ok(await records.GetAsync(id, user.AccountId(), SeesAll(user), cancel));

    private static async Task<Ok<VerificationReport>> GetVerification(Overhead overhead, CancellationToken cancel) => TypedResults.Ok(await overhead.ReportAsync(cancel));

    private static async Task<Ok<ReleasedStake>> Release(StakeRelease release, ClaimsPrincipal user, Stakes stakes, CancellationToken cancel) =>
        TypedResults.Ok(await stakes.ReleaseAsync(user.AccountId(), release, cancel));

    private static async Task<Ok<NodeRecord>> Readmit(NodeReference node, ClaimsPrincipal user, Conviction conviction, NodeRecords records, CancellationToken cancel)
    {
        await conviction.ReadmitAsync(node.NodeId, cancel);
        return TypedResults.Ok(await records.GetAsync(node.NodeId, user.AccountId(), seesAll: true, cancel));
    }

    private static bool SeesAll(ClaimsPrincipal user) => user.Key()?.Roles.HasFlag(Roles.Operator) ?? false;

    private static async Task<Ok<IReadOnlyList<NodeEarnings>>> GetEarnings(ClaimsPrincipal user, NodeRegistry nodes, CancellationToken cancel, int days = 30)
    {
        Input.Range(days, "days", 1, 366);
        return TypedResults.Ok(await nodes.EarningsAsync(user.AccountId(), days, cancel));
    }
}
