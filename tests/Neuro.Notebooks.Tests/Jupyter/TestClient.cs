using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NetMQ;
using NetMQ.Sockets;

namespace Neuro.Notebooks.Tests.Jupyter;

/// <summary>A message as it came over the wire.</summary>
internal sealed record Received(string Type, JsonObject Header, JsonObject Parent, JsonObject Content)
{
    public string? ParentId => (string?)Parent["msg_id"];
}

/// <summary>What came of one request: its reply, and what was published for it up to idle.</summary>
internal sealed record Exchange(Received Reply, IReadOnlyList<Received> Published)
{
    public JsonObject Content => Reply.Content;

    public string Status => (string)Reply.Content["status"]!;

    public IEnumerable<Received> Of(string type) => Published.Where(message => message.Type == type);

    public JsonObject Only(string type) => Of(type).Single().Content;

    public string Text(string stream) => string.Concat(Of("stream").Where(message => (string?)message.Content["name"] == stream).Select(message => (string)message.Content["text"]!));

    /// <summary>The text/plain of the cell's result.</summary>
    public string? Result => (string?)Of("execute_result").SingleOrDefault()?.Content["data"]!["text/plain"];
}

/// <summary>Jupyter's side of the protocol, written anew from its description: nothing of the kernel's code is in it. Every wait has an end.</summary>
internal sealed class TestClient : IDisposable
{
    private static readonly byte[] Delimiter = "<IDS|MSG>"u8.ToArray();
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string session = Guid.NewGuid().ToString("N");
    private readonly byte[] key;
    private readonly DealerSocket shell, control, stdin;
    private readonly SubscriberSocket iopub = new();
    private readonly RequestSocket heartbeat = new();
    private readonly Dictionary<string, List<Received>> early = [];
    private int sent;

    public TestClient(KernelPorts ports)
    {
        key = Encoding.UTF8.GetBytes(ports.Key);
        (shell, control, stdin) = (Dealer(ports.Shell), Dealer(ports.Control), Dealer(ports.Stdin));
        iopub.Options.Linger = heartbeat.Options.Linger = TimeSpan.Zero;
        iopub.Connect($"tcp://127.0.0.1:{ports.Iopub}");
        heartbeat.Connect($"tcp://127.0.0.1:{ports.Hb}");
        iopub.SubscribeToAnyTopic();
        Next(iopub, "the welcome of iopub").Type.ShouldBe("iopub_welcome");
    }

    /// <summary>Sends a request on shell, or on control; the id of the message.</summary>
    public string Send(string type, JsonObject content, bool onControl = false) => Send(onControl ? control : shell, type, content, null);

    public Exchange Request(string type, JsonObject content, bool onControl = false) => Collect(Send(type, content, onControl), onControl);

    public Exchange Execute(string code, Action<JsonObject>? change = null)
    {
        var content = Cell(code);
        change?.Invoke(content);
        return Request("execute_request", content);
    }

    public static JsonObject Cell(string code) => new()
    {
        ["code"] = code, ["silent"] = false, ["store_history"] = true, ["user_expressions"] = new JsonObject(), ["allow_stdin"] = true, ["stop_on_error"] = true,
    };

    /// <summary>The reply to a message that was sent, and what is published for it up to idle.</summary>
    public Exchange Collect(string id, bool onControl = false)
    {
        var published = new List<Received>();
        while (!(published.LastOrDefault() is { Type: "status" } last && (string?)last.Content["execution_state"] == "idle"))
        {
            published.Add(Published(id));
        }

        var reply = Next(onControl ? control : shell, $"the reply to {id}");
        reply.ParentId.ShouldBe(id);
        return new(reply, published);
    }

    /// <summary>The next message published for the request; those for others wait for their turn.</summary>
    public Received Published(string id)
    {
        if (early.GetValueOrDefault(id) is [var first, ..] waiting)
        {
            waiting.RemoveAt(0);
            return first;
        }

        while (true)
        {
            var message = Next(iopub, $"something published for {id}");
            if (message.ParentId == id)
            {
                return message;
            }

            if (message.ParentId is { } other)
            {
                (early.TryGetValue(other, out var others) ? others : early[other] = []).Add(message);
            }
        }
    }

    /// <summary>The next of this type for the request, which has not ended before.</summary>
    public Received Published(string id, string type)
    {
        while (true)
        {
            var message = Published(id);
            if (message.Type == type)
            {
                return message;
            }

            (message is { Type: "status" } && (string?)message.Content["execution_state"] == "idle").ShouldBeFalse($"{id} ended without {type}");
        }
    }

    public Received Question() => Next(stdin, "a question on stdin");

    public void Answer(Received question, string value) => Send(stdin, "input_reply", new() { ["value"] = value }, question.Header);

    public byte[] Heartbeat(byte[] beat)
    {
        heartbeat.SendFrame(beat);
        return heartbeat.TryReceiveFrameBytes(Limit, out var echo) ? echo : throw new TimeoutException("The heart does not beat.");
    }

    /// <summary>Sends frames as they are to shell.</summary>
    public void SendRaw(params byte[][] frames) => shell.SendMultipartBytes(frames);

    /// <summary>The frames of a message, signed with the key that is given.</summary>
    public byte[][] Frames(string type, JsonObject content, JsonObject? parent, byte[] signedWith, out string id)
    {
        id = $"{session}_{++sent}";
        var header = new JsonObject { ["msg_id"] = id, ["session"] = session, ["username"] = "tester", ["date"] = "2026-01-01T00:00:00Z", ["msg_type"] = type, ["version"] = "5.4", ["more"] = 1 };
        byte[][] parts = [Json(header), Json(parent ?? []), Json([]), Json(content)];
        return [Delimiter, Encoding.ASCII.GetBytes(Signature(signedWith, parts)), .. parts];
    }

    public byte[][] Frames(string type, JsonObject content, out string id) => Frames(type, content, null, key, out id);

    public void Dispose()
    {
        foreach (var socket in new IDisposable[] { shell, control, stdin, iopub, heartbeat })
        {
            socket.Dispose();
        }
    }

    private string Send(DealerSocket socket, string type, JsonObject content, JsonObject? parent)
    {
        socket.SendMultipartBytes(Frames(type, content, parent, key, out var id));
        return id;
    }

    private DealerSocket Dealer(int port)
    {
        var socket = new DealerSocket();
        socket.Options.Identity = Encoding.ASCII.GetBytes(session);
        socket.Options.Linger = TimeSpan.Zero;
        socket.Connect($"tcp://127.0.0.1:{port}");
        return socket;
    }

    private Received Next(NetMQSocket socket, string what)
    {
        var frames = new List<byte[]>();
        if (!socket.TryReceiveMultipartBytes(Limit, ref frames))
        {
            throw new TimeoutException($"Waited {Limit.TotalSeconds} s for {what}.");
        }

        var at = frames.FindIndex(frame => frame.SequenceEqual(Delimiter));
        Encoding.ASCII.GetString(frames[at + 1]).ShouldBe(Signature(key, [.. frames.Skip(at + 2).Take(4)]), "every message of the kernel is signed");
        var header = Parse(frames[at + 2]);
        return new((string)header["msg_type"]!, header, Parse(frames[at + 3]), Parse(frames[at + 5]));
    }

    private static string Signature(byte[] key, byte[][] parts) => Convert.ToHexStringLower(HMACSHA256.HashData(key, parts.SelectMany(part => part).ToArray()));

    private static byte[] Json(JsonObject value) => Encoding.UTF8.GetBytes(value.ToJsonString());

    private static JsonObject Parse(byte[] json) => JsonNode.Parse(json)!.AsObject();
}

/// <summary>A connection file with ports that were free a moment ago.</summary>
internal sealed record KernelPorts(int Shell, int Control, int Stdin, int Iopub, int Hb, string Key)
{
    public static KernelPorts Free()
    {
        var listeners = Enumerable.Range(0, 5).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToList();
        listeners.ForEach(listener => listener.Stop());
        return new(ports[0], ports[1], ports[2], ports[3], ports[4], Guid.NewGuid().ToString());
    }

    public JsonObject ToJson() => new()
    {
        ["shell_port"] = Shell, ["control_port"] = Control, ["stdin_port"] = Stdin, ["iopub_port"] = Iopub, ["hb_port"] = Hb,
        ["ip"] = "127.0.0.1", ["key"] = Key, ["transport"] = "tcp", ["signature_scheme"] = "hmac-sha256", ["kernel_name"] = "neuro",
    };
}
