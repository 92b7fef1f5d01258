using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Neuro.Client.Api;

namespace Neuro.Backend.Operations;

/// <summary>Whether this replica takes new work. An operator switches that before stopping it; a start switches it on again.</summary>
internal sealed class Drain(TimeProvider time)
{
    private readonly Lock switching = new();
    private int requests;

    /// <summary>Since when it takes none.</summary>
    public DateTimeOffset? Since { get; private set; }

    /// <summary>Requests that change something and are not answered yet.</summary>
    public int Requests => Volatile.Read(ref requests);

    public void Switch(bool on)
    {
        lock (switching)
        {
            Since = on ? Since ?? time.GetUtcNow() : null;
        }
    }

    public void Begin() => Interlocked.Increment(ref requests);

    public void End() => Interlocked.Decrement(ref requests);

    public NeuroException Refusal() =>
        new("platform.draining", $"This replica of the platform is being stopped and has taken no new work since {Since:yyyy-MM-dd HH:mm:ss} UTC. Send the same request again in a second; another replica takes it, or this one after its restart.") { Status = StatusCodes.Status503ServiceUnavailable };
}

/// <summary>Marks an address that takes new work in.</summary>
internal sealed class TakesWork;

internal static class TakesWorkRoutes
{
    public static RouteHandlerBuilder TakesWork(this RouteHandlerBuilder route) => route.WithMetadata(new TakesWork());
}

/// <summary>Turns new work away while the replica is drained, and callers with it: their next connection goes to another one.</summary>
internal sealed class DrainGate(RequestDelegate next, Drain drain)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        {
            await PassAsync(context);
            return;
        }

        drain.Begin();
        try
        {
            await PassAsync(context);
        }
        finally
        {
            drain.End();
        }
    }

    // Counted before it is looked at: what was let through is seen by whoever waits for the end of it.
    private Task PassAsync(HttpContext context)
    {
        if (drain.Since is null)
        {
            return next(context);
        }

        context.Response.OnStarting(() =>
        {
            context.Response.Headers.Connection = "close";
            return Task.CompletedTask;
        });
        return context.GetEndpoint()?.Metadata.GetMetadata<TakesWork>() is null ? next(context) : throw drain.Refusal();
    }
}
