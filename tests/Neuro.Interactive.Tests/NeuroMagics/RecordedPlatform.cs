using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Neuro.Client.Api;
using Neuro.Client.Jobs;

namespace Neuro.Interactive.Tests.NeuroMagics;

/// <summary>A loopback HTTP server that answers each route with a recorded contract and keeps what was asked. It computes nothing.</summary>
internal sealed class RecordedPlatform : IAsyncDisposable
{
    public const string Key = "nk_test";

    private readonly HttpListener listener;
    private readonly Task serving;
    private readonly TaskCompletionSource stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, (int Status, string Type, byte[] Body)> answers = [];

    public RecordedPlatform()
    {
        (listener, Url) = Listen();
        serving = ServeAsync();
    }

    public string Url { get; }

    /// <summary>What was asked, in order: <c>POST /v1/jobs {…}</c>.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    public RecordedPlatform Answer(string route, object contract) => Answer(route, 200, "application/json", JsonSerializer.SerializeToUtf8Bytes(contract, contract.GetType(), NeuroJson.Options));

    public RecordedPlatform Refuse(string route, int status, string code, string detail) =>
        Answer(route, status, "application/problem+json", JsonSerializer.SerializeToUtf8Bytes(new { code, detail, status }, NeuroJson.Options));

    public RecordedPlatform Answer(string route, byte[] bytes) => Answer(route, 200, "application/octet-stream", bytes);

    public RecordedPlatform Events(Guid job, params JobEvent[] events) => Answer(
        $"GET /v1/jobs/{job}/events", 200, "text/event-stream",
        Encoding.UTF8.GetBytes(string.Concat(events.Select(one => $"id: {one.Sequence}\ndata: {JsonSerializer.Serialize(one, NeuroJson.Options)}\n\n"))));

    public async ValueTask DisposeAsync()
    {
        stopping.SetResult();
        await serving;
        listener.Close();
    }

    private RecordedPlatform Answer(string route, int status, string type, byte[] body)
    {
        answers[route] = (status, type, body);
        return this;
    }

    private async Task ServeAsync()
    {
        // A listener that is stopped just then may leave the one who waits for a caller waiting for ever.
        for (Task<HttpListenerContext> next; await Task.WhenAny(next = listener.GetContextAsync(), stopping.Task) == next;)
        {
            await ReplyAsync(await next);
        }
    }

    private async Task ReplyAsync(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        var route = $"{context.Request.HttpMethod} {context.Request.Url!.AbsolutePath}";
        Asked.Enqueue($"{route}{context.Request.Url.Query} {await reader.ReadToEndAsync()}".TrimEnd());
        var known = context.Request.Headers["Authorization"] == $"Bearer {Key}";
        var (status, type, body) = !known ? (401, "text/plain", []) : answers.TryGetValue(route, out var answer) ? answer : (404, "text/plain", []);
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        if (context.Request.HttpMethod != "HEAD")
        {
            context.Response.ContentLength64 = body.Length;
            await context.Response.OutputStream.WriteAsync(body);
        }

        context.Response.Close();
    }

    // HttpListener cannot take port 0; between asking for a free port and taking it another program may have it.
    private static (HttpListener Listener, string Url) Listen()
    {
        for (var attempt = 1; ; attempt++)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
            probe.Stop();
            var listener = new HttpListener();
            listener.Prefixes.Add(url + "/");
            try
            {
                listener.Start();
                return (listener, url);
            }
            catch (HttpListenerException) when (attempt < 5)
            {
                listener.Close();
            }
        }
    }
}
