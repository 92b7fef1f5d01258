using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Neuro.Client.Api;

namespace Neuro.Backend.Portal;

/// <summary>Answers every error as problem details (RFC 9457) with a stable <c>code</c>: what was wrong, with the value, and what to do.</summary>
internal sealed class ProblemWriter(RequestDelegate next, PlatformOptions options, ILogger<ProblemWriter> logger)
{
    private sealed record Problem(string Type, string Title, int Status, string Detail, string Code, string? Trace);

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null })
            {
                await WriteAsync(context, Plain(context), null);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody listens any more.
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, Known(failure) ?? Unforeseen(context, failure), failure);
        }
    }

    private static NeuroException? Known(Exception failure) => failure switch
    {
        NeuroException known => known,
        BadHttpRequestException { InnerException: JsonException json } => new("request.bad_json", BadJson(json)) { Status = 400 },
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => TooLarge(),
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => TooSlow(),
        // What System.Text.Json says of a job without a kind.
        NotSupportedException { Source: "System.Text.Json" } kind => new("request.bad_json", $"The request's JSON cannot be read: {Words.Clip(kind.Message.Split(" Path: ")[0], 300)} A job needs a \"kind\": render or train.") { Status = 400 },
        BadHttpRequestException bad => new(bad.StatusCode == 415 ? "request.not_json" : "request.bad_parameter", Words.Clip(bad.Message, 300)) { Status = bad.StatusCode },
        _ => Failures.Describe(failure),
    };

    private static NeuroException TooLarge() => new("request.too_large", $"The request is larger than this address takes; at most {Portal.LargestRequest} bytes are taken, and more only of artifacts. Send less.") { Status = 413 };

    private static NeuroException TooSlow() => new("request.too_slow", "The request arrived too slowly, and the platform stopped waiting for the rest. Send it again over a faster connection, or in smaller parts.") { Status = 408 };

    private static string BadJson(JsonException json)
    {
        var place = json.Path is { Length: > 0 } path && path != "$" ? $" at {Words.Clip(path, 100)}" : "";
        var line = json.LineNumber is { } number ? $" (line {number + 1}, byte {json.BytePositionInLine + 1})" : "";
        // System.Text.Json appends path and position to its own sentence; ours says them once.
        var sentence = json.Message.Split(" Path: ")[0].Split(" LineNumber: ")[0];
        return $"The request's JSON cannot be read{place}{line}: {Words.Clip(sentence, 300)}";
    }

    private static NeuroException Plain(HttpContext context) => context.Response.StatusCode switch
    {
        401 => new("http.401", context.Request.Headers.Authorization.Count == 0
            ? "This needs an API key or a node's token: send it as 'Authorization: Bearer …'."
            : "The platform does not know this API key or token, or it has expired. Check the key; a node joins again.") { Status = 401 },
        403 => new("http.403", context.Request.Path.StartsWithSegments("/v1/nodes")
            ? "This is for nodes: join first, and send the node's token."
            : "This is for accounts: send an API key, not a node's token.") { Status = 403 },
        404 => new("http.404", $"There is nothing at {Words.Clip(context.Request.Path, 200)}. The addresses are listed in /openapi/v1.json.") { Status = 404 },
        405 => new("http.405", $"{Words.Clip(context.Request.Path, 200)} does not answer {Words.Clip(context.Request.Method, 20)}. The addresses are listed in /openapi/v1.json.") { Status = 405 },
        // What reads JSON for an address answers these itself.
        408 => TooSlow(),
        413 => TooLarge(),
        var status => new($"http.{status}", $"The platform answered {status}.") { Status = status },
    };

    private static int StatusOf(NeuroException known) => known.Status != 0 ? known.Status : known.Code switch
    {
        "ledger.insufficient_funds" => 402,
        _ when known.Code.StartsWith("ledger.exists_with_different", StringComparison.Ordinal) => 409,
        _ when known.Code.EndsWith(".not_found", StringComparison.Ordinal) => 404,
        _ => 400,
    };

    private NeuroException Unforeseen(HttpContext context, Exception failure)
    {
        logger.LogError(failure, "{Action} failed", Action(context));
        return new("platform.internal", "Something went wrong inside the platform that nobody foresaw; it is in the platform's log. Trying again does no harm.", failure) { Status = 500 };
    }

    // Never the address as it was sent: there may be a secret in it.
    private static string Action(HttpContext context) => context.GetEndpoint() is RouteEndpoint ? AuditTrail.Action(context) : "A request to an unknown address";

    private async Task WriteAsync(HttpContext context, NeuroException known, Exception? failure)
    {
        var status = StatusOf(known);
        logger.LogInformation("{Action} was answered with {Status}, {Code}", Action(context), status, known.Code);
        context.Response.Clear();
        context.Response.StatusCode = status;
        if ((known.RetryAfter ?? (status == 503 ? TimeSpan.FromSeconds(1) : null)) is { } wait)
        {
            context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        var problem = new Problem("about:blank", known.Code, status, known.Message, known.Code, options.Verbose ? failure?.ToString() : null);
        await context.Response.WriteAsJsonAsync(problem, NeuroJson.Options, "application/problem+json", context.RequestAborted);
    }
}
