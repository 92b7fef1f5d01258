using System.Net;
using System.Text.Json;

namespace Neuro.Client.Api;

/// <summary>Turns what went wrong over HTTP into a <see cref="NeuroException"/>: problem details (RFC 9457) carry the code and the sentence.</summary>
internal static class Problems
{
    private sealed record ProblemBody(string? Code, string? Detail, string? Title);

    public static async Task ThrowIfFailedAsync(HttpResponseMessage reply, CancellationToken cancel = default)
    {
        if (await ReadAsync(reply, cancel) is { } problem)
        {
            throw problem;
        }
    }

    /// <summary>Null for a success.</summary>
    public static async Task<NeuroException?> ReadAsync(HttpResponseMessage reply, CancellationToken cancel = default)
    {
        if (reply.IsSuccessStatusCode)
        {
            return null;
        }

        var text = await reply.Content.ReadAsStringAsync(cancel);
        ProblemBody? body = null;
        try
        {
            body = text.StartsWith('{') ? JsonSerializer.Deserialize<ProblemBody>(text, NeuroJson.Options) : null;
        }
        catch (JsonException)
        {
            // Not one of ours: the status speaks.
        }

        var message = body?.Detail ?? body?.Title ?? reply.StatusCode switch
        {
            HttpStatusCode.Unauthorized => "The platform does not know this API key. Check the key, or connect without one to the platform on this machine.",
            _ => $"The platform answered {(int)reply.StatusCode} {reply.ReasonPhrase} to {reply.RequestMessage?.Method} {reply.RequestMessage?.RequestUri?.AbsolutePath}.",
        };
        return new NeuroException(body?.Code ?? $"http.{(int)reply.StatusCode}", message) { Status = (int)reply.StatusCode, RetryAfter = reply.Headers.RetryAfter?.Delta };
    }
}

/// <summary>Says in one sentence that the platform does not answer, instead of a socket error.</summary>
internal sealed class UnreachableHandler(Uri platform) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (Exception broken) when (!cancellationToken.IsCancellationRequested
            && broken is HttpRequestException or Polly.Timeout.TimeoutRejectedException or Polly.CircuitBreaker.BrokenCircuitException)
        {
            throw new NeuroException(
                "platform.unreachable", $"No platform answers at {platform} ({broken.Message.TrimEnd('.')}). Start one on this machine with `neuro up`, or connect to another address.", broken);
        }
    }
}
