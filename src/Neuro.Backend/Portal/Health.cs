using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Neuro.Backend.Operations;
using Neuro.Backend.Storage;
using Neuro.Client.Api;

namespace Neuro.Backend.Portal;

/// <summary>Whether the platform can do something for anybody right now: its database answers within a second.</summary>
/// <remarks>All who ask within a second get one answer, so that strangers who ask all day cost one query a second.</remarks>
internal sealed class Health(Database database, TimeProvider time, ILogger<Health> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private readonly Lock asking = new();
    private Task<bool>? answer;
    private long askedAt;

    public Task<bool> IsReadyAsync()
    {
        lock (asking)
        {
            if (answer is null || time.GetElapsedTime(askedAt) >= Patience)
            {
                (answer, askedAt) = (AskAsync(), time.GetTimestamp());
            }

            return answer;
        }
    }

    private async Task<bool> AskAsync()
    {
        using var over = new CancellationTokenSource(Patience, time);
        try
        {
            // On another thread: SQLite answers where it was asked, and may take its time.
            await Task.Run(() => ReadAsync(over.Token), CancellationToken.None).WaitAsync(over.Token);
            return true;
        }
        catch (Exception failure)
        {
            logger.LogWarning("The database does not answer: {Why}", failure.Message);
            return false;
        }
    }

    private async Task ReadAsync(CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        await db.Accounts.AnyAsync(cancel);
    }
}

internal static class HealthApi
{
    /// <summary>For whoever watches over the process: without a key, and not counted by the rate limits.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").DisableRateLimiting().WithTags("Health");
        health.MapGet("/live", () => TypedResults.Ok()).WithSummary("200 as long as the process answers at all.");
        health.MapGet("/ready", GetReady).WithSummary("200 when the database answers within a second and the replica is not drained, else 503.");
    }

    private static async Task<Ok> GetReady(Health health, Drain drain) => await health.IsReadyAsync()
        ? drain.Since is null ? TypedResults.Ok() : throw drain.Refusal()
        : throw new NeuroException("platform.not_ready", "The platform's database did not answer within a second; nothing can be done without it. Ask again in a second.") { Status = StatusCodes.Status503ServiceUnavailable };
}
