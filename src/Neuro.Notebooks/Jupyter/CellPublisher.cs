using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Neuro.Interactive.Formatting;
using Neuro.Notebooks.Engine;

namespace Neuro.Notebooks.Jupyter;

/// <summary>Publishes what one cell shows, under its request; console text is collected for a moment, so that a loop of lines is some messages a second.</summary>
internal sealed class CellPublisher
{
    private const string Red = "\u001b[31m", Plain = "\u001b[0m";
    private const int LargestText = 65_536;
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    private readonly KernelSockets sockets;
    private readonly Message request;
    private readonly int executionCount;
    private readonly Lock gate = new();
    private readonly StringBuilder text = new();
    private readonly ITimer timer;
    private bool textIsError;

    public CellPublisher(KernelSockets sockets, Message request, int executionCount, TimeProvider time)
    {
        (this.sockets, this.request, this.executionCount) = (sockets, request, executionCount);
        timer = time.CreateTimer(_ => Collected(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes an output, from any thread, also after the cell has ended.</summary>
    public void Add(CellOutput output)
    {
        try
        {
        }
        finally
        {
            // An interrupt ends the cell's thread wherever it is, but not in here: a half-sent message would take the sockets with it.
            lock (gate)
            {
                Take(output);
            }
        }
    }

    /// <summary>Publishes the text that waits.</summary>
    public void Flush()
    {
        lock (gate)
        {
            SendText(all: true);
        }
    }

    /// <summary>An error as Jupyter shows it: one red line, and what belongs beneath it.</summary>
    public static ErrorContent Describe(CellError error, int? executionCount = null) =>
        new(error.Name, error.Message, [Red + error.Line + Plain, .. error.Excerpt], executionCount, Statuses.Error);

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

    private void Collected()
    {
        lock (gate)
        {
            SendText(all: false);
        }
    }

    private void Take(CellOutput output)
    {
        if (output is StreamOutput stream)
        {
            if (stream.IsError != textIsError)
            {
                SendText(all: true);
                textIsError = stream.IsError;
            }

            if (text.Length <= 1) // Nothing, or half a character that was kept.
            {
                timer.Change(Moment, Timeout.InfiniteTimeSpan);
            }

            text.Append(stream.Text);
            if (text.Length >= LargestText)
            {
                SendText(all: false);
            }

            return;
        }

        SendText(all: true);
        switch (output)
        {
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
        }
    }

    /// <summary>Sends the text; unless <paramref name="all"/>, not the first half of a character whose second half is to come.</summary>
    private void SendText(bool all)
    {
        var kept = !all && text.Length > 0 && char.IsHighSurrogate(text[^1]) ? 1 : 0;
        if (text.Length > kept)
        {
            sockets.Publish("stream", new StreamContent(textIsError ? "stderr" : "stdout", text.ToString(0, text.Length - kept)), request);
            text.Remove(0, text.Length - kept);
        }
    }
}
