using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Neuro.Chain.Coding;
using Neuro.Client.Api;

namespace Neuro.Chain.Rpc;

/// <summary>A question of JSON-RPC.</summary>
internal sealed record RpcRequest(string Method, params object?[] Parameters);

/// <summary>An answer: a result, or the node's own error.</summary>
internal sealed record RpcAnswer(JsonElement Result, RpcError? Error);

/// <summary>A node's own error; the data is a revert's where it is one.</summary>
internal sealed record RpcError(long Code, string Message, string? Data)
{
    /// <summary><c>chain.reverted</c> with the contract's reason, or <c>chain.refused</c> with the node's.</summary>
    /// <remarks>geth, Nethermind, Besu, Erigon and anvil say 3 with the revert as data; others -32000 or -32015 and a text, the data behind a word.</remarks>
    public NeuroException ToException(string node, string method, IReadOnlyList<AbiFunction>? errors)
    {
        var data = Hex.TryBytes(Data?[(Data.LastIndexOf(' ') + 1)..], out var bytes) ? bytes : null;
        return Code == 3 || Message.Contains("revert", StringComparison.OrdinalIgnoreCase)
            ? new("chain.reverted", data is null ? $"The contract refused: {Message}." : $"The contract refused: {Revert.Decode(data, errors)}.")
            : new("chain.refused", $"{node} refused {method}: {Message} ({Code}).");
    }
}

/// <summary>One node that speaks JSON-RPC 2.0 over HTTP: one exchange, no second try.</summary>
/// <remarks>What it says is a stranger's: bounded in size and depth, and answers are matched to questions by id, in whatever order they come.</remarks>
internal sealed class JsonRpcEndpoint(HttpClient http, Uri url, JsonRpcOptions options, string codes = "chain")
{
    private const int MostLevels = 32;
    private const int LongestMessage = 300;
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private long lastId;

    /// <summary>Without user and password, which must not get into an error or a log; nor the path, where many providers have their key.</summary>
    public string Name { get; } = $"{url.Scheme}://{url.Authority}";

    /// <summary>Whether it was seen to be of the right chain since it last failed.</summary>
    public bool IsChecked { get; set; }

    /// <summary>Asks all at once and returns the answers in the order of the questions.</summary>
    /// <exception cref="NeuroException"><c>.unreachable</c>, <c>.bad_answer</c>, <c>.too_much</c></exception>
    public async Task<RpcAnswer[]> AskAsync(IReadOnlyList<RpcRequest> requests, CancellationToken cancel)
    {
        var first = Interlocked.Add(ref lastId, requests.Count) - requests.Count + 1;
        var calls = requests.Select((request, i) => new { jsonrpc = "2.0", id = first + i, method = request.Method, @params = request.Parameters }).ToArray();
        var question = JsonSerializer.SerializeToUtf8Bytes<object>(calls.Length == 1 ? calls[0] : calls);
        try
        {
            // Not disposed: the elements of the answers are views of it.
            var answer = JsonDocument.Parse(await PostAsync(question, cancel), new() { MaxDepth = MostLevels });
            return Match(answer.RootElement, first, requests.Count);
        }
        catch (Exception wrong) when (wrong is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw Bad(requests[0].Method, wrong.Message, wrong);
        }
    }

    public NeuroException Bad(string method, string what, Exception? inner = null) =>
        new($"{codes}.bad_answer", $"{Name} answered {method} wrongly: {what}. Use another node if it goes on.", inner);

    private async Task<ReadOnlyMemory<byte>> PostAsync(byte[] question, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(options.Timeout, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(question) { Headers = { ContentType = Json } } };
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            // Some nodes send the JSON of an error with 400 or 500; what is no JSON fails when it is read.
            return response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound
                or >= HttpStatusCode.BadGateway
                ? throw Unreachable($"HTTP {(int)response.StatusCode}", null)
                : await ReadAsync(response, either.Token);
        }
        catch (OperationCanceledException wrong) when (!cancel.IsCancellationRequested)
        {
            throw Unreachable($"no answer in {options.Timeout.TotalSeconds:0.###} s", wrong);
        }
        catch (Exception wrong) when (wrong is HttpRequestException or IOException)
        {
            throw Unreachable(wrong.Message, wrong);
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        var bytes = new MemoryStream();
        var buffer = new byte[64 << 10];
        while (await stream.ReadAsync(buffer, cancel) is > 0 and var count)
        {
            if (bytes.Length + count > options.LongestAnswer)
            {
                throw new NeuroException($"{codes}.too_much", $"{Name} answered with more than {options.LongestAnswer} bytes. Ask for less at once.");
            }

            bytes.Write(buffer, 0, count);
        }

        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    private NeuroException Unreachable(string why, Exception? inner) =>
        new($"{codes}.unreachable", $"{Name} cannot be reached: {Short(why)}. Check the address, and that the node runs.", inner);

    private static RpcAnswer[] Match(JsonElement root, long first, int count)
    {
        if (root.ValueKind == JsonValueKind.Object && (count == 1 || root.TryGetProperty("error", out _)))
        {
            // A node that refuses a batch as a whole answers with one error without an id.
            var whole = Read(root);
            return whole.Error is not null || Id(root) == first ? [.. Enumerable.Repeat(whole, count)] : throw new FormatException("the id is not that of the question");
        }

        var answers = new RpcAnswer?[count];
        foreach (var item in root.EnumerateArray())
        {
            var place = Id(item) is { } id && id >= first && id < first + count ? (int)(id - first) : throw new FormatException("an id that was not asked");
            answers[place] = answers[place] is null ? Read(item) : throw new FormatException("two answers with one id");
        }

        return [.. answers.Select(answer => answer ?? throw new FormatException("an answer is missing"))];
    }

    private static long? Id(JsonElement answer) => answer.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out var number)
        ? number
        : null;

    private static RpcAnswer Read(JsonElement answer)
    {
        if (answer.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object)
        {
            var code = error.TryGetProperty("code", out var number) && number.TryGetInt64(out var value) ? value : 0;
            var message = error.TryGetProperty("message", out var text) ? text.GetString() ?? "" : "";
            var data = error.TryGetProperty("data", out var given) && given.ValueKind == JsonValueKind.String ? given.GetString() : null;
            return new(default, new(code, Short(message), data));
        }

        return answer.TryGetProperty("result", out var result) ? new(result, null) : throw new FormatException("neither a result nor an error");
    }

    // One line, and not without end: it is a stranger's, and goes into an error.
    private static string Short(string text) =>
        string.Concat(text.Take(LongestMessage).Select(letter => char.IsControl(letter) ? ' ' : letter)) + (text.Length > LongestMessage ? "…" : "");
}
