using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Neuro.Backend.Cluster;

/// <summary>Marks an address that only the replica answers which matches orders.</summary>
internal sealed class AtExchange;

internal static class AtExchangeRoutes
{
    public static RouteHandlerBuilder AtExchange(this RouteHandlerBuilder route) => route.WithMetadata(new AtExchange());
}

/// <summary>Sends requests about order books to the replica that matches orders, and waits a moment where there is none yet.</summary>
/// <remarks>It stands before everything else: the other replica reads the key, counts the rate and keeps the answer. A request that was sent on is not sent on again.</remarks>
internal sealed class ExchangeForwarding(RequestDelegate next, Exchange.Exchange exchange, Leases leases, TimeProvider time) : IDisposable
{
    /// <summary>On a request: another replica sent it here. On an answer: this replica does not match orders any more.</summary>
    private const string Header = "Neuro-Forwarded";
    private static readonly TimeSpan Patience = Leases.Term * 4;
    private static readonly TimeSpan PatienceWithOne = Leases.Term * 2;
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    // What belongs to one connection and not to the request (RFC 9110, section 7.6.1).
    private static readonly HashSet<string> Hops = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Host", Header,
    };

    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectTimeout = Leases.Term }) { Timeout = Timeout.InfiniteTimeSpan };

    public async Task InvokeAsync(HttpContext context)
    {
        if (!leases.Shared || context.GetEndpoint()?.Metadata.GetMetadata<AtExchange>() is null)
        {
            await next(context);
            return;
        }

        var start = time.GetTimestamp();
        byte[]? body = null;
        while (!exchange.IsOpen)
        {
            if (context.Request.Headers.ContainsKey(Header))
            {
                context.Response.Headers[Header] = "lost";
                throw Leases.Lost(Exchange.Exchange.Lease);
            }

            body ??= await ReadAsync(context.Request);
            if (await leases.OwnerAsync(Exchange.Exchange.Lease, context.RequestAborted) is { } owner && await SendAsync(context, body, owner))
            {
                return;
            }

            if (time.GetElapsedTime(start) > Patience)
            {
                throw Leases.Lost(Exchange.Exchange.Lease);
            }

            await Task.Delay(Moment, time, context.RequestAborted);
        }

        await next(context);
    }

    public void Dispose() => http.Dispose();

    // It may have to be sent to one replica after the other, and read here in the end.
    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        body.Position = 0;
        request.Body = body;
        return body.ToArray();
    }

    /// <summary>False when that replica does not answer, or does not match orders any more: whatever it did then, the ids in the request make it happen once.</summary>
    private async Task<bool> SendAsync(HttpContext context, byte[] body, Uri owner)
    {
        var request = context.Request;
        using var sent = new HttpRequestMessage(HttpMethod.Parse(request.Method), new Uri(owner, UriHelper.GetEncodedPathAndQuery(request)[1..]));
        sent.Content = body.Length > 0 ? new ByteArrayContent(body) : null;
        foreach (var (name, values) in request.Headers.Where(header => !Hops.Contains(header.Key)))
        {
            if (!sent.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                sent.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        sent.Headers.TryAddWithoutValidation(Header, leases.Replica.ToString());
        HttpResponseMessage reply;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(PatienceWithOne);
        try
        {
            reply = await http.SendAsync(sent, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        }
        catch (Exception gone) when (gone is HttpRequestException or OperationCanceledException && !context.RequestAborted.IsCancellationRequested)
        {
            return false;
        }

        using (reply)
        {
            if (reply.Headers.Contains(Header))
            {
                return false;
            }

            await AnswerAsync(context, reply);
            return true;
        }
    }

    private static async Task AnswerAsync(HttpContext context, HttpResponseMessage reply)
    {
        context.Response.StatusCode = (int)reply.StatusCode;
        Copy(reply.Headers);
        Copy(reply.Content.Headers);
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await using var body = await reply.Content.ReadAsStreamAsync(context.RequestAborted);
        await body.CopyToAsync(context.Response.Body, context.RequestAborted);

        void Copy(HttpHeaders headers)
        {
            foreach (var (name, values) in headers.Where(header => !Hops.Contains(header.Key)))
            {
                context.Response.Headers[name] = values.ToArray();
            }
        }
    }
}
