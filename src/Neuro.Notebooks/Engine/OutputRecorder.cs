using System.Text;
using System.Text.Json.Nodes;
using Neuro.Notebooks.Documents;

namespace Neuro.Notebooks.Engine;

/// <summary>Writes what cells show into their document: text of one stream together, an update in the place of what it replaces; from any thread, up to the end of the run.</summary>
internal sealed class OutputRecorder
{
    private const string Red = "\u001b[31m", Plain = "\u001b[0m";

    private readonly Lock gate = new();
    private readonly Dictionary<string, JsonObject> displays = [];
    private readonly StringBuilder text = new();
    private readonly List<JsonObject> results = [];
    private bool textIsError;
    private bool clearAtNext;
    private NotebookCell? textCell;
    private bool ended;

    public void Add(NotebookCell cell, CellOutput output)
    {
        lock (gate)
        {
            if (!ended)
            {
                Write(cell, output);
            }
        }
    }

    /// <summary>The document is the caller's alone from now on, whatever cells left running.</summary>
    public void End()
    {
        lock (gate)
        {
            EndText();
            ended = true;
        }
    }

    private void Write(NotebookCell cell, CellOutput output)
    {
        if (output is ClearOutput clear)
        {
            EndText();
            clearAtNext = clear.Wait;
            Clear(cell, now: !clear.Wait);
            return;
        }

        if (output is not DisplayUpdate)
        {
            Clear(cell, now: clearAtNext);
        }

        if (output is StreamOutput stream)
        {
            if (stream.IsError != textIsError || cell != textCell)
            {
                EndText();
            }

            (textIsError, textCell) = (stream.IsError, cell);
            text.Append(stream.Text);
            return;
        }

        EndText();
        switch (output)
        {
            case DisplayOutput display:
                displays[display.Id] = Append(cell, NotebookOutputs.Display(display.Bundle));
                break;
            case DisplayUpdate update when displays.TryGetValue(update.Id, out var shown):
                shown["data"] = NotebookOutputs.Data(update.Bundle);
                break;
            case ResultOutput result:
                results.Add(Append(cell, NotebookOutputs.Result(result.Bundle, 0)));
                break;
            case ErrorOutput { Error: var error }:
                Append(cell, NotebookOutputs.Error(error.Name, error.Message, error.Excerpt.Prepend(Red + error.Line + Plain)));
                break;
        }
    }

    public void EndCell(NotebookCell cell, int executionCount)
    {
        lock (gate)
        {
            clearAtNext = false;
            EndText();
            results.ForEach(result => result["execution_count"] = executionCount);
            results.Clear();
            cell.ExecutionCount = executionCount;
        }
    }

    private void Clear(NotebookCell cell, bool now)
    {
        if (now)
        {
            cell.Outputs.Clear();
            results.Clear();
            clearAtNext = false;
        }
    }

    private void EndText()
    {
        if (text.Length > 0)
        {
            Append(textCell!, NotebookOutputs.Stream(textIsError ? "stderr" : "stdout", text.ToString()));
            text.Clear();
        }
    }

    private static JsonObject Append(NotebookCell cell, JsonObject output)
    {
        cell.Outputs.Add(output);
        return output;
    }
}
