using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Neuro.Interactive.Formatting;
using Neuro.Notebooks.Engine;

namespace Neuro.Notebooks.Jupyter;

/// <summary>Publishes what one cell shows, under its request, in order.</summary>
/// <remarks>A cell's thread can be interrupted at any wait, so it only puts its outputs down here; a task of the publisher's own takes them to the sockets.</remarks>
internal sealed class CellPublisher
{

    /// <summary>So many outputs may wait for the sockets; a cell that shows more waits itself.</summary>
    private const int MostWaiting = 1000;

    private readonly KernelSockets sockets;
    private readonly Message request;
    private readonly int executionCount;
    private readonly Channel<object> inbox = Channel.CreateBounded<object>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    public CellPublisher(KernelSockets sockets, Message request, int executionCount)
    {
        (this.sockets, this.request, this.executionCount) = (sockets, request, executionCount);
        _ = PublishAsync();
    }

    /// <summary>Takes an output, from any thread, also after the cell has ended.</summary>
    public void Add(CellOutput output) => Put(output);

    /// <summary>Takes a message that is to stand among the outputs.</summary>
    public void Add(string type, object content) => Put((type, content));

    /// <summary>Ends when all that was added before is with the sockets.</summary>
    public async Task FlushAsync()
    {
        var flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await inbox.Writer.WriteAsync(flushed);
        await flushed.Task;
    }

    /// <summary>An error as Jupyter shows it: one red line, and what belongs beneath it.</summary>
    public static ErrorContent Describe(CellError error, int? executionCount = null) =>
        new(error.Name, error.Message, error.Traceback, executionCount, Statuses.Error);

    /// <summary>The forms of a value as they go over the wire; progress is for terminals and is left out.</summary>
    public static JsonObject Data(MimeBundle bundle)
    {
        var data = new JsonObject();
        foreach (var (mime, content) in bundle.Where(form => form.Key != MimeTypes.Progress))
        {
            data[mime] = mime.EndsWith("json", StringComparison.Ordinal) ? Json(content) : content;
        }

        return data;
    }

    private static JsonNode? Json(string content)
    {
        try
        {
            return JsonNode.Parse(content);
        }
        catch (JsonException)
        {
            return content; // Whoever wrote it sees what they wrote.
        }
    }

    private void Put(object item)
    {
        while (!inbox.Writer.TryWrite(item))
        {
            inbox.Writer.WaitToWriteAsync().AsTask().Wait();
        }
    }

    private async Task PublishAsync()
    {
        while (await inbox.Reader.WaitToReadAsync())
        {
            while (inbox.Reader.TryRead(out var item))
            {
                Take(item);
            }

            await sockets.SentAsync();
        }
    }

    private void Take(object item)
    {
        switch (item)
        {
            case StreamOutput stream:
                sockets.Publish("stream", new StreamContent(stream.IsError ? "stderr" : "stdout", stream.Text), request);
                break;
            case DisplayOutput display:
                sockets.Publish("display_data", new DisplayContent(Data(display.Bundle), [], new(display.Id)), request);
                break;
            case DisplayUpdate update:
                sockets.Publish("update_display_data", new DisplayContent(Data(update.Bundle), [], new(update.Id)), request);
                break;
            case ResultOutput result:
                sockets.Publish("execute_result", new DisplayContent(Data(result.Bundle), [], new(), executionCount), request);
                break;
            case ErrorOutput failed:
                sockets.Publish("error", Describe(failed.Error) with { Status = null }, request);
                break;
            case ClearOutput clear:
                sockets.Publish("clear_output", new ClearOutputContent(clear.Wait), request);
                break;
            case (string type, object content):
                sockets.Publish(type, content, request);
                break;
            case TaskCompletionSource flushed:
                flushed.SetResult();
                break;
        }
    }
}
