using System.Text.Json.Nodes;
using Neuro.Notebooks.Engine;

namespace Neuro.Notebooks.Jupyter;

/// <summary>The requests that are about code: one after another, in the order in which they came.</summary>
internal sealed class CellRequests(CSharpSession session, KernelSockets sockets, Task<History> history, Comms comms)
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private CancellationTokenSource? running;
    private (Message Request, CellPublisher Publisher)? current;

    public StandardInput Input { get; } = new(sockets);

    /// <summary>Whether the last cell failed in a way that the cells sent after it should not run.</summary>
    public bool AbortsQueue { get; private set; }

    /// <summary>Stops the running cell; nothing happens when none runs.</summary>
    public void Interrupt()
    {
        lock (gate)
        {
            _ = running?.CancelAsync();
        }
    }

    /// <summary>Publishes a message of a comm: among the outputs of the running cell, else under the request that is served.</summary>
    public void Publish(string type, object content, Message? served)
    {
        if (current is var (_, publisher))
        {
            publisher.Add(type, content);
        }
        else
        {
            sockets.Publish(type, content, served);
        }
    }

    public async Task<object> ExecuteAsync(Message request, CancellationToken cancel)
    {
        var asked = request.As<ExecuteRequest>();
        var counts = asked is { Silent: false, StoreHistory: true };
        var number = session.ExecutionCount + (counts ? 1 : 0);
        var publisher = new CellPublisher(sockets, request, number);
        if (!asked.Silent)
        {
            sockets.Publish("execute_input", new ExecuteInput(asked.Code, number), request);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Begin(stop, request, publisher);
        try
        {
            string? shown = null;
            var options = new CellOptions
            {
                Silent = asked.Silent,
                StoreHistory = asked.StoreHistory,
                Comms = comms,
                Input = asked.AllowStdin ? (question, cancelled) => AskAsync(request, publisher, question, cancelled) : null,
            };
            var result = await session.RunAsync(
                asked.Code,
                output =>
                {
                    shown = output is ResultOutput value ? value.Bundle.Text : shown;
                    publisher.Add(output);
                },
                options,
                stop.Token);
            if (counts)
            {
                (await history).Add(number, asked.Code, shown);
            }

            AbortsQueue = !result.Succeeded && asked.StopOnError;
            await publisher.FlushAsync();
            return result.Error is { } error ? CellPublisher.Describe(error, number) : new ExecuteReply(number, await EvaluateAsync(asked.UserExpressions ?? [], stop.Token));
        }
        finally
        {
            Begin(null, null, null);
        }
    }

    public async Task<CompleteReply> CompleteAsync(CompleteRequest asked, CancellationToken cancel)
    {
        var found = await session.CompleteAsync(asked.Code, CodePoints.ToUtf16(asked.Code, asked.CursorPos), cancel);
        var (start, end) = (CodePoints.FromUtf16(asked.Code, found.Start), CodePoints.FromUtf16(asked.Code, found.End));
        return new(
            [.. found.Items.Select(item => item.Text)], start, end, new([.. found.Items.Select(item => new TypedMatch(item.Text, item.Kind, start, end, item.Signature))]));
    }

    public async Task<InspectReply> InspectAsync(InspectRequest asked, CancellationToken cancel)
    {
        var found = await session.InspectAsync(asked.Code, CodePoints.ToUtf16(asked.Code, asked.CursorPos), asked.DetailLevel, cancel);
        return new(found is not null, found is null ? [] : CellPublisher.Data(found), []);
    }

    public IsCompleteReply IsComplete(IsCompleteRequest asked)
    {
        var answer = session.IsComplete(asked.Code);
        return answer.Status == CompletenessStatus.Incomplete ? new("incomplete", answer.Indent) : new(answer.Status == CompletenessStatus.Complete ? "complete" : "invalid");
    }

    /// <summary>Tells whoever waits for the running cell that the process ends now.</summary>
    public void Abandon(string reason)
    {
        if (current is not var (request, publisher))
        {
            return;
        }

        var error = CellPublisher.Describe(new("KernelExit", reason, reason, [], reason));
        publisher.FlushAsync().Wait(LastWords);
        sockets.Publish("error", error with { Status = null }, request);
        sockets.Send(KernelChannel.Shell, request, "execute_reply", error with { ExecutionCount = session.ExecutionCount });
        sockets.Publish("status", new StatusContent("idle"), request);
    }

    private void Begin(CancellationTokenSource? stop, Message? request, CellPublisher? publisher)
    {
        lock (gate)
        {
            (running, current) = (stop, request is null ? null : (request, publisher!));
        }
    }

    /// <summary>What the cell wrote before it asks is on the page when the question is.</summary>
    private async Task<string?> AskAsync(Message request, CellPublisher publisher, InputRequest question, CancellationToken cancel)
    {
        await publisher.FlushAsync();
        return await Input.AskAsync(request, question, cancel);
    }

    /// <summary>Each expression on its own: one that fails has its error in the place of its value.</summary>
    private async Task<JsonObject> EvaluateAsync(Dictionary<string, string> expressions, CancellationToken cancel)
    {
        var values = new JsonObject();
        foreach (var (name, expression) in expressions)
        {
            try
            {
                values[name] = new JsonObject { ["status"] = Statuses.Ok, ["data"] = CellPublisher.Data(await session.EvaluateAsync(expression, cancel)), ["metadata"] = new JsonObject() };
            }
            catch (Exception problem)
            {
                var error = CellPublisher.Describe(CellProblem.Describe(problem));
                values[name] = new JsonObject
                {
                    ["status"] = Statuses.Error, ["ename"] = error.Ename, ["evalue"] = error.Evalue, ["traceback"] = new JsonArray([.. error.Traceback.Select(line => (JsonNode)line)]),
                };
            }
        }

        return values;
    }
}
