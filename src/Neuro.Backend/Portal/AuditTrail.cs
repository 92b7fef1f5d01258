using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Neuro.Backend.Accounts;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;

namespace Neuro.Backend.Portal;

/// <summary>Sees to it that every request that may change something, of somebody known, is in the audit log before its answer goes out.</summary>
internal sealed partial class AuditTrail(RequestDelegate next, AuditLog log, NodeRegistry nodes, TimeProvider time)
{
    private const int HungUp = 499;

    public async Task InvokeAsync(HttpContext context)
    {
        if (!IsWatched(context))
        {
            await next(context);
            return;
        }

        var added = false;
        context.Response.OnStarting(() => AddAsync(context.Response.StatusCode));
        try
        {
            await next(context);
        }
        finally
        {
            if (context.RequestAborted.IsCancellationRequested)
            {
                await AddAsync(HungUp);
            }
        }

        async Task AddAsync(int status)
        {
            if (!added)
            {
                added = true;
                await log.AddAsync(Row(context, status));
            }
        }
    }

    private static bool IsWatched(HttpContext context) =>
        context.User.Identity is { IsAuthenticated: true } && context.GetEndpoint() is RouteEndpoint endpoint && endpoint.Metadata.GetMetadata<Unwatched>() is null
        && !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method);

    private AuditLogRow Row(HttpContext context, int status)
    {
        var key = context.User.Key();
        return new() { At = time.GetUtcNow(), AccountId = key?.Account ?? nodes.Get(context.User.NodeId()).AccountId, KeyId = key?.Id, Action = Action(context), Status = status };
    }

    /// <summary>Method, address as a template and ids.</summary>
    internal static string Action(HttpContext context)
    {
        var template = ((RouteEndpoint)context.GetEndpoint()!).RoutePattern.RawText!.TrimEnd('/');
        return string.Concat([$"{context.Request.Method} {template}", .. context.Request.RouteValues.Select(value => $" {value.Key}={Id(value.Value as string ?? "")}")]);
    }

    // An id or a name is written down; what is neither may be a secret that somebody pasted in the wrong place.
    private static string Id(string value) => IdPattern().IsMatch(value) ? value : "?";

    [GeneratedRegex("^[A-Za-z0-9:-]{1,64}\\z")]
    private static partial Regex IdPattern();

    /// <summary>Marks routes that are asked all the time and change nothing to speak of.</summary>
    internal sealed record Unwatched;
}

internal static class AuditTrailExtensions
{
    /// <summary>Leaves a route out of the audit log.</summary>
    public static TBuilder NotAudited<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(new AuditTrail.Unwatched());
}
