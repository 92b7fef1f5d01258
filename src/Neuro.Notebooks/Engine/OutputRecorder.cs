using System.Text;
using System.Text.Json.Nodes;
using Neuro.Notebooks.Documents;

namespace Neuro.Notebooks.Engine;

/// <summary>Writes what cells show into their document: text of one stream together, an update in the place of what it replaces.</summary>
internal sealed class OutputRecorder
{
    private const string Red = "\u001b[31m", Plain = "\u001b[0m";

    private readonly Dictionary<string, JsonObject> displays = [];
    private readonly StringBuilder text = new();
    private readonly List<JsonObject> results = [];
    private bool textIsError;
    private bool clearAtNext;

    public void Add(NotebookCell cell, CellOutput output)
    {
        if (output is ClearOutput clear)
        {
            EndText(cell);
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
            if (stream.IsError != textIsError)
            {
                EndText(cell);
            }

            textIsError = stream.IsError;
            text.Append(stream.Text);
            return;
        }

        EndText(cell);
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
        clearAtNext = false;
        EndText(cell);
        results.ForEach(result => result["execution_count"] = executionCount);
        results.Clear();
        cell.ExecutionCount = executionCount;
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

    private void EndText(NotebookCell cell)
    {
        if (text.Length > 0)
        {
            Append(cell, NotebookOutputs.Stream(textIsError ? "stderr" : "stdout", text.ToString()));
            text.Clear();
        }
    }

    private static JsonObject Append(NotebookCell cell, JsonObject output)
    {
        cell.Outputs.Add(output);
        return output;
    }
}
