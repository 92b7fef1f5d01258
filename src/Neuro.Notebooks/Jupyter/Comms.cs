using System.Text.Json;
using Neuro.Notebooks.Engine;

namespace Neuro.Notebooks.Jupyter;

/// <summary>Channels between code in the page (a widget) and code of a cell, opened by either side under the name of a target.</summary>
/// <remarks>A handler runs after the cells before it, and what it shows or prints appears under the cell that set it.</remarks>
public sealed class Comms
{
    private readonly Action<string, object> publish;
    private readonly Dictionary<string, Action<Comm, JsonElement>> targets = [];
    private readonly Dictionary<string, Comm> open = [];
    private readonly Lock gate = new();

    internal Comms(Action<string, object> publish) => this.publish = publish;

    /// <summary>The channels of the notebook whose cell is running.</summary>
    /// <exception cref="InvalidOperationException">The code does not run in a Jupyter kernel.</exception>
    public static Comms Current => CellRun.Current?.Options.Comms ?? throw new InvalidOperationException("Comms are there in a cell of a Jupyter notebook alone.");

    /// <summary>Names a target that the page may open; <paramref name="opened"/> gets the channel and the data of the opening.</summary>
    public void Register(string target, Action<Comm, JsonElement> opened)
    {
        lock (gate)
        {
            targets[target] = Comm.InContext(opened);
        }
    }

    /// <summary>Opens a channel to a target of the page.</summary>
    public Comm Open(string target, object? data = null)
    {
        var comm = Add(Guid.NewGuid().ToString("N"), target);
        publish("comm_open", new CommContent(comm.Id, target, Comm.Json(data)));
        return comm;
    }

    /// <summary>The channels that are open, by id.</summary>
    internal Dictionary<string, CommTarget> Named(string? target)
    {
        lock (gate)
        {
            return open.Values.Where(comm => target is null || comm.Target == target).ToDictionary(comm => comm.Id, comm => new CommTarget(comm.Target));
        }
    }

    /// <summary>Takes comm_open, comm_msg or comm_close of the page; a target that nobody named is closed again.</summary>
    internal void Receive(Message message)
    {
        var content = message.As<CommContent>();
        var data = content.Data ?? Comm.Json(null);
        if (message.Type == "comm_open")
        {
            if (TargetOf(content.TargetName) is { } opened)
            {
                opened(Add(content.CommId, content.TargetName!), data);
            }
            else
            {
                publish("comm_close", new CommContent(content.CommId, Data: Comm.Json(null)));
            }
        }
        else if (Find(content.CommId, remove: message.Type == "comm_close") is { } comm)
        {
            (message.Type == "comm_close" ? comm.Closed : comm.Received)?.Invoke(data);
        }
    }

    internal void Send(Comm comm, JsonElement data) => publish("comm_msg", new CommContent(comm.Id, Data: data));

    internal void Close(Comm comm, JsonElement data)
    {
        if (Find(comm.Id, remove: true) is not null)
        {
            publish("comm_close", new CommContent(comm.Id, Data: data));
        }
    }

    private Action<Comm, JsonElement>? TargetOf(string? name)
    {
        lock (gate)
        {
            return name is null ? null : targets.GetValueOrDefault(name);
        }
    }

    private Comm Add(string id, string target)
    {
        lock (gate)
        {
            return open[id] = new Comm(this, id, target);
        }
    }

    private Comm? Find(string id, bool remove)
    {
        lock (gate)
        {
            var comm = open.GetValueOrDefault(id);
            if (remove)
            {
                open.Remove(id);
            }

            return comm;
        }
    }
}

/// <summary>One channel of <see cref="Comms"/>.</summary>
public sealed class Comm
{
    private readonly Comms comms;

    internal Comm(Comms comms, string id, string target) => (this.comms, Id, Target) = (comms, id, target);

    public string Id { get; }

    public string Target { get; }

    /// <summary>Called with the data of each message of the page.</summary>
    public Action<JsonElement>? Received
    {
        get;
        set => field = InContext(value);
    }

    /// <summary>Called when the page closes the channel.</summary>
    public Action<JsonElement>? Closed
    {
        get;
        set => field = InContext(value);
    }

    /// <summary>Sends data to the page, as JSON.</summary>
    public void Send(object? data) => comms.Send(this, Json(data));

    public void Close(object? data = null) => comms.Close(this, Json(data));

    internal static JsonElement Json(object? data) => data is null ? JsonElement.Parse("{}") : JsonSerializer.SerializeToElement(data);

    /// <summary>The handler as it runs later: where its cell's outputs go is part of the context.</summary>
    internal static Action<Comm, JsonElement> InContext(Action<Comm, JsonElement> handler)
    {
        var context = ExecutionContext.Capture()!;
        return (comm, data) => ExecutionContext.Run(context, _ => handler(comm, data), null);
    }

    private static Action<JsonElement>? InContext(Action<JsonElement>? handler)
    {
        var context = ExecutionContext.Capture()!;
        return handler is null ? null : data => ExecutionContext.Run(context, _ => handler(data), null);
    }
}
