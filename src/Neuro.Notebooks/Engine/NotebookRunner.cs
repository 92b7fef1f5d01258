using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Neuro.Notebooks.Documents;

namespace Neuro.Notebooks.Engine;

/// <summary>Runs a notebook without a notebook program: cell after cell, up to the first error, outputs written into the document as they come.</summary>
public sealed class NotebookRunner(CSharpSession session)
{
    private const int LongestTitle = 60;

    /// <summary>Runs every code cell. Whenever it stops, the document holds the outputs so far; earlier runs' outputs are gone.</summary>
    /// <param name="notebook">Changed in place; writing it to a file is the caller's.</param>
    /// <param name="parameters">Values for the declarations in the cell tagged <c>parameters</c>, by name.</param>
    /// <param name="cancel">Stops the running cell; the run then ends with that cell's <see cref="CellFinished"/>.</param>
    /// <exception cref="NotebookException">A parameter that the notebook does not declare, or a value of another type; nothing has run.</exception>
    public async IAsyncEnumerable<NotebookEvent> RunAsync(
        Notebook notebook, IReadOnlyDictionary<string, string>? parameters = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        NotebookParameters.Inject(notebook, parameters ?? new Dictionary<string, string>());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var events = Channel.CreateUnbounded<NotebookEvent>(new() { SingleReader = true });
        var work = Task.Run(() => WorkAsync(notebook, events.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var happened in events.Reader.ReadAllAsync(CancellationToken.None))
            {
                yield return happened;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await work;
        }
    }

    private async Task WorkAsync(Notebook notebook, ChannelWriter<NotebookEvent> events, CancellationToken cancel)
    {
        var recorder = new OutputRecorder();
        try
        {
            foreach (var cell in notebook.Cells.Where(cell => cell.Kind == CellKind.Code))
            {
                cell.Outputs.Clear();
                cell.ExecutionCount = null;
            }

            var cells = notebook.Cells.Where(cell => cell.Kind == CellKind.Code && !string.IsNullOrWhiteSpace(cell.Source)).ToList();
            for (var number = 1; number <= cells.Count; number++)
            {
                if (!await CellAsync(cells[number - 1], number, cells.Count, recorder, events, cancel))
                {
                    break;
                }
            }

            recorder.End();
            events.Complete();
        }
        catch (Exception broken)
        {
            recorder.End();
            events.Complete(broken);
        }
    }

    private async Task<bool> CellAsync(NotebookCell cell, int number, int count, OutputRecorder recorder, ChannelWriter<NotebookEvent> events, CancellationToken cancel)
    {
        events.TryWrite(new CellStarted(number, count, Title(cell.Source)));
        var result = await session.RunAsync(
            cell.Source,
            output =>
            {
                recorder.Add(cell, output);
                events.TryWrite(new CellShowed(number, output));
            },
            cancel: cancel);
        recorder.EndCell(cell, result.ExecutionCount);
        events.TryWrite(new CellFinished(number, result));
        return result.Succeeded;
    }

    private static string Title(string source)
    {
        var first = source.Split('\n').First(line => line.Trim().Length > 0).Trim();
        var title = first.StartsWith("//", StringComparison.Ordinal) && first.TrimStart('/').Trim() is { Length: > 0 } comment ? comment : first;
        return title.Length <= LongestTitle ? title : string.Concat(title.AsSpan(0, LongestTitle - 1), "…");
    }
}
