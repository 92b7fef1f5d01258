using System.Text;
using System.Text.Json.Nodes;
using Neuro.Notebooks.Documents;
using Neuro.Notebooks.Engine;

namespace Neuro.Notebooks.Headless;

/// <summary>Writes what cells show into their document: text of one stream together, an update in the place of what it replaces; from any thread, up to the end of the run.</summary>
internal sealed class OutputRecorder
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, JsonObject> displays = [];
    private readonly StringBuilder text = new();
    private readonly List<JsonObject> results = [];
    private readonly OutputBounds bounds = new();
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

    /// <summary>Does something with the document while no cell, nor a task that one left behind, changes it.</summary>
    public void Hold(Action work)
    {
        lock (gate)
        {
            EndText();
            work();
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
            case DisplayOutput display when bounds.Take(cell, display.Bundle) is { } bundle:
                displays[display.Id] = Append(cell, NotebookOutputs.Display(bundle));
                break;
            case DisplayUpdate update when displays.TryGetValue(update.Id, out var shown):
                shown["data"] = NotebookOutputs.Data(OutputBounds.InPlace(update.Bundle));
                break;
            case ResultOutput result when bounds.Take(cell, result.Bundle) is { } bundle:
                results.Add(Append(cell, NotebookOutputs.Result(bundle, 0)));
                break;
            case ErrorOutput { Error: var error }:
                Append(cell, NotebookOutputs.Error(error.Name, error.Message, error.Traceback));
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
            bounds.Clear(cell);
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
