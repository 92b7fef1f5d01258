using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Neuro.Backend.Accounts;
using Neuro.Backend.Artifacts;
using Neuro.Backend.Operations;
using Neuro.Backend.Portal;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Nodes;
using Claim = Neuro.Client.Nodes.Claim;

namespace Neuro.Backend.Dispatch;

internal static class ShardsApi
{
    private const int MostOutputs = 64;
    private const int MostClaims = 32;

    public static void MapShards(this IEndpointRouteBuilder routes)
    {
        var shards = routes.MapGroup("/v1/nodes").RequireAuthorization(Policies.Node).WithTags("Shards");
        shards.MapPost("/claim", ClaimNext).TakesWork().NotAudited().WithSummary("The next shard for this node; waits a while before it says that there is none.");
        shards.MapPost("/shards/{shard}/heartbeat", Beat).NotAudited().WithSummary("Says that a shard is being worked on, and extends its lease.");
        shards.MapPost("/shards/{shard}/complete", Complete).WithSummary("Delivers a shard whose outputs are uploaded.");
        shards.MapPost("/shards/{shard}/fail", Fail).WithSummary("Gives a shard back undone.");
    }

    private static async Task<Ok<Claim>> ClaimNext(ClaimsPrincipal user, JobBoard board, IHostApplicationLifetime lifetime, CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, lifetime.ApplicationStopping);
        try
        {
            return TypedResults.Ok(new Claim(await board.ClaimAsync(user.NodeId(), either.Token)));
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return TypedResults.Ok(new Claim(null));
        }
    }

    private static async Task<Ok<HeartbeatReply>> Beat(Guid shard, Heartbeat heartbeat, ClaimsPrincipal user, JobBoard board, CancellationToken cancel) =>
        TypedResults.Ok(await board.HeartbeatAsync(user.NodeId(), shard, heartbeat, cancel));

    private static async Task<NoContent> Complete(Guid shard, Completion completion, ClaimsPrincipal user, JobBoard board, ArtifactFiles files, Database database, CancellationToken cancel)
    {
        Check(completion);
        await using var db = database.CreateDbContext();
        var known = await db.Shards.Where(row => row.Id == shard).Select(row => new { row.JobId, row.Number }).SingleOrDefaultAsync(cancel)
            ?? throw new NeuroException("shard.not_found", $"There is no shard {shard}. Claim one first.") { Status = 404 };
        var missing = await files.MissingAsync(completion.Outputs, user.NodeId(), cancel);
        if (missing.Count > 0)
        {
            throw new NeuroException("artifact.missing", $"{missing.Count} of {completion.Outputs.Count} outputs are not uploaded by this node at the size given, such as {missing[0].Sha256} ({missing[0].Bytes} bytes). Upload them, then deliver again.") { Status = 409 };
        }

        await board.CompleteAsync(user.NodeId(), shard, known.JobId, known.Number, completion, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> Fail(Guid shard, Failure failure, ClaimsPrincipal user, JobBoard board, CancellationToken cancel)
    {
        await board.FailAsync(user.NodeId(), shard, failure, cancel);
        return TypedResults.NoContent();
    }

    private static void Check(Completion completion)
    {
        Input.NotNull(completion.Token, "token");
        Input.NotNull(completion.Signature, "signature");
        Input.Range(Input.NotNull(completion.Outputs, "outputs").Count, "the number of outputs", 1, MostOutputs);
        foreach (var output in completion.Outputs)
        {
            ArtifactFiles.Checked(Input.NotNull(Input.NotNull(output, "outputs[]").Sha256, "outputs[].sha256"));
            Input.Text(output.Name, "outputs[].name", 1, 200);
            Input.Text(output.MediaType, "outputs[].mediaType", 1, 100);
            Input.Range(output.Bytes, "outputs[].bytes", 0, ArtifactFiles.Largest);
        }

        Input.Range(completion.Usage?.Seconds ?? 0, "usage.seconds", 0, double.MaxValue);
        Input.Range(completion.Claims?.Count ?? 0, "the number of claims", 0, MostClaims);
        foreach (var (name, value) in completion.Claims ?? new Dictionary<string, double>())
        {
            Input.Text(name, "claims[] name", 1, 64);
            Input.Range(value, $"claims[{Words.Clip(name, 64)}]", double.MinValue, double.MaxValue);
        }
    }
}
