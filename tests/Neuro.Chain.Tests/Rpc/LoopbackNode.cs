using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Neuro.Chain.Tests.Rpc;

/// <summary>A server on the loopback that speaks JSON-RPC and says what the test wants it to.</summary>
internal sealed class LoopbackNode : IAsyncDisposable
{
    private readonly WebApplication app;

    private LoopbackNode(WebApplication app) => this.app = app;

    public static HttpClient Http { get; } = new() { Timeout = Timeout.InfiniteTimeSpan };

    public Uri Url => new(app.Urls.First());

    /// <summary>The methods that were asked for, in order.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>The result of a method; a <see cref="NodeError"/> is answered as an error.</summary>
    public Func<string, JsonArray, JsonNode?> Answer { get; set; } = (_, _) => null;

    /// <summary>Changes the whole answer before it is sent.</summary>
    public Func<JsonNode, JsonNode> Twist { get; set; } = answer => answer;

    /// <summary>Answers in its own way; true when it did.</summary>
    public Func<HttpContext, Task<bool>> Instead { get; set; } = _ => Task.FromResult(false);

    public static async Task<LoopbackNode> StartAsync(Func<string, JsonArray, JsonNode?> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var node = new LoopbackNode(builder.Build()) { Answer = answer };
        node.app.MapPost("/", node.HandleAsync);
        await node.app.StartAsync();
        return node;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        if (await Instead(context))
        {
            return;
        }

        var question = (await JsonNode.ParseAsync(context.Request.Body))!;
        JsonNode answer = question is JsonArray batch ? new JsonArray([.. batch.Select(one => One(one!))]) : One(question);
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(Twist(answer).ToJsonString());
    }

    private JsonObject One(JsonNode question)
    {
        var method = question["method"]!.GetValue<string>();
        Asked.Enqueue(method);
        var answer = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = question["id"]!.DeepClone() };
        try
        {
            answer["result"] = Answer(method, question["params"]!.AsArray());
        }
        catch (NodeError error)
        {
            answer["error"] = new JsonObject { ["code"] = error.Code, ["message"] = error.Message, ["data"] = error.Bytes };
        }

        return answer;
    }
}

/// <summary>An error that a node answers with.</summary>
internal sealed class NodeError(int code, string message, string? bytes = null) : Exception(message)
{
    public int Code { get; } = code;

    public string? Bytes { get; } = bytes;
}
