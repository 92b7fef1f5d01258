using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Neuro.Backend.Accounts;
using Neuro.Backend.Storage;
using Neuro.Client.Api;

namespace Neuro.Backend.Portal;

/// <summary>The same Idempotency-Key with the same request gets the same answer, on routes that move money.</summary>
/// <remarks>
/// The answer is kept before it is sent. It is a convenience: what makes money move once are the ids that callers make, so after a crash between the move and the keeping the same request does nothing twice and is answered anew.
/// A request that comes while the first one runs waits for it, for ten seconds at most. That holds within one process; between two the ids hold.
/// </remarks>
internal sealed class Idempotency(RequestDelegate next, IdempotentAnswers answers, TimeProvider time, ILogger<Idempotency> logger)
{
    public const string KeyHeader = "Idempotency-Key";
    public const string ReplayedHeader = "Idempotency-Replayed";
    private const int LongestKey = 100;
    private const int LargestAnswer = 256 << 10;
    private const int BodyInMemory = 64 << 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<(Guid Account, string Key), Running> running = new();

    private sealed record Running(string Request, TaskCompletionSource Over);

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<MovesMoney>() is null || context.Request.Headers[KeyHeader] is not { Count: > 0 } header || context.User.Key() is not { } caller)
        {
            await next(context);
            return;
        }

        var (key, cancel) = (Checked(header!), context.RequestAborted);
        var mine = new Running(await HashAsync(context.Request, cancel), new(TaskCreationOptions.RunContinuationsAsynchronously));
        await EnterAsync((caller.Account, key), mine, cancel);
        try
        {
            if (await answers.FindAsync(caller.Account, key, cancel) is { } answer)
            {
                await ReplayAsync(context, answer, mine.Request);
            }
            else
            {
                await AnswerAsync(context, caller.Account, key, mine.Request);
            }
        }
        finally
        {
            running.TryRemove((caller.Account, key), out _);
            mine.Over.SetResult();
        }
    }

    private static string Checked(string?[] header) => header is [{ Length: >= 1 and <= LongestKey } key] && key.All(letter => letter is >= '!' and <= '~')
        ? key
        : throw new NeuroException("idempotency.bad_key", $"{KeyHeader} has {header.Sum(value => value?.Length ?? 0)} characters in {header.Length} headers; expected one with 1 to {LongestKey} visible ASCII characters, such as a new UUID.");

    /// <summary>SHA-256 of method, address and body.</summary>
    private static async Task<string> HashAsync(HttpRequest request, CancellationToken cancel)
    {
        request.EnableBuffering(BodyInMemory, Portal.LargestRequest);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.PathBase}{request.Path}{request.QueryString}\n"));
        hash.AppendData(await SHA256.HashDataAsync(request.Body, cancel));
        request.Body.Position = 0;
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    // Returns when no other request with this key runs here.
    private async Task EnterAsync((Guid Account, string Key) slot, Running mine, CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        while (running.GetOrAdd(slot, mine) is var other && !ReferenceEquals(other, mine))
        {
            ThrowIfOther(slot.Key, other.Request, mine.Request);
            try
            {
                var left = Patience - time.GetElapsedTime(start);
                await other.Over.Task.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancel);
            }
            catch (TimeoutException)
            {
                throw new NeuroException("idempotency.in_progress", $"The first request with the {KeyHeader} {slot.Key} is still being done. Send it again in a second; you will get its answer.") { Status = 409, RetryAfter = TimeSpan.FromSeconds(1) };
            }
        }
    }

    private static void ThrowIfOther(string key, string before, string now)
    {
        if (before != now)
        {
            throw new NeuroException("idempotency.other_request", $"The {KeyHeader} {key} was sent before with another request. Use a new one for a new request, and the same one only to send the same again.") { Status = 409 };
        }
    }

    private static async Task ReplayAsync(HttpContext context, IdempotencyRow answer, string request)
    {
        ThrowIfOther(answer.Key, answer.Request, request);
        context.Response.StatusCode = answer.Status;
        context.Response.Headers[ReplayedHeader] = "true";
        if (answer.Body.Length > 0)
        {
            context.Response.ContentType = answer.ContentType;
            context.Response.ContentLength = answer.Body.Length;
            await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
        }
    }

    private async Task AnswerAsync(HttpContext context, Guid account, string key, string request)
    {
        var wire = context.Response.Body;
        using var held = new MemoryStream();
        context.Response.Body = held;
        try
        {
            await next(context);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
        finally
        {
            context.Response.Body = wire;
        }

        var status = context.Response.StatusCode;
        if (IsFinal(status) && held.Length <= LargestAnswer && !context.RequestAborted.IsCancellationRequested)
        {
            await KeepAsync(new() { AccountId = account, Key = key, Request = request, Status = status, ContentType = context.Response.ContentType ?? "", Body = held.ToArray() });
        }

        if (held.Length > 0)
        {
            context.Response.ContentLength = held.Length;
            held.Position = 0;
            await held.CopyToAsync(wire, context.RequestAborted);
        }
    }

    // What may come out otherwise the next time is not kept.
    private static bool IsFinal(int status) => status is < 500 and not (StatusCodes.Status408RequestTimeout or StatusCodes.Status429TooManyRequests);

    private async Task KeepAsync(IdempotencyRow answer)
    {
        try
        {
            await answers.SaveAsync(answer, CancellationToken.None);
        }
        catch (Exception failure)
        {
            logger.LogError(failure, "An answer could not be kept for its Idempotency-Key; the same request would be done again, and its ids see to it that nothing moves twice");
        }
    }
}

/// <summary>Marks routes that heed an Idempotency-Key.</summary>
internal sealed record MovesMoney;

internal static class IdempotencyExtensions
{
    /// <summary>Makes routes heed an Idempotency-Key.</summary>
    public static TBuilder MovesMoney<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(new MovesMoney());
}
