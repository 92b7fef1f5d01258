using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Neuro.Notebooks.Documents;
using Neuro.Notebooks.Engine;

namespace Neuro.Notebooks.Headless;

/// <summary>Runs a notebook without a notebook program: cell after cell, up to the first error, outputs written into the document as they come.</summary>
/// <remarks>Disposed of, it disposes in turn of what cells have declared by <c>using</c>: the variables of a cell outlive it.</remarks>
public sealed class NotebookRunner(CSharpSession session) : IAsyncDisposable
{
    private const int LongestTitle = 60;

    private readonly Stack<object> owned = [];

    /// <summary>Runs every code cell. Whenever it stops, the document holds the outputs so far; earlier runs' outputs are gone.</summary>
    /// <param name="notebook">Changed in place; writing it to a file is the caller's.</param>
    /// <param name="options">Parameters, and what an earlier run leaves to do.</param>
    /// <param name="cancel">Stops the running cell; the run then ends with that cell's <see cref="CellFinished"/>.</param>
    /// <exception cref="NotebookException">A parameter that the notebook does not declare, or a value of another type; nothing has run.</exception>
    public async IAsyncEnumerable<NotebookEvent> RunAsync(Notebook notebook, RunOptions? options = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        options ??= new();
        NotebookParameters.Inject(notebook, options.Parameters);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var events = Channel.CreateUnbounded<NotebookEvent>(new() { SingleReader = true });
        var work = Task.Run(() => WorkAsync(notebook, options, events.Writer, stop.Token), CancellationToken.None);
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

    public async ValueTask DisposeAsync()
    {
        while (owned.TryPop(out var last))
        {
            switch (last)
            {
                case IAsyncDisposable disposable:
                    await disposable.DisposeAsync();
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }
        }
    }

    private async Task WorkAsync(Notebook notebook, RunOptions options, ChannelWriter<NotebookEvent> events, CancellationToken cancel)
    {
        var recorder = new OutputRecorder();
        try
        {
            var cells = notebook.Cells.Where(cell => cell.Kind == CellKind.Code && !string.IsNullOrWhiteSpace(cell.Source)).ToList();
            foreach (var cell in notebook.Cells.Where(cell => cell.Kind == CellKind.Code).Except(cells.Take(options.AlreadyRun)))
            {
                cell.Outputs.Clear();
                cell.ExecutionCount = null;
                CellRecord.Clear(cell);
            }

            var earlier = new Resumption(session, options.Earlier);
            for (var (i, key) = (0, ""); i < cells.Count; i++)
            {
                key = CellRecord.KeyAfter(key, cells[i].Source);
                if (i < options.AlreadyRun)
                {
                    continue;
                }

                var (skipped, succeeded) = (earlier.Skip(cells[i], key), true);
                if (skipped)
                {
                    events.TryWrite(new CellSkipped(i + 1, cells.Count, Title(cells[i].Source)));
                }
                else
                {
                    succeeded = await CellAsync(cells[i], key, i + 1, cells.Count, recorder, events, cancel);
                }

                recorder.Hold(() => options.Save?.Invoke(notebook));
                if (!succeeded)
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

    private async Task<bool> CellAsync(NotebookCell cell, string key, int number, int count, OutputRecorder recorder, ChannelWriter<NotebookEvent> events, CancellationToken cancel)
    {
        events.TryWrite(new CellStarted(number, count, Title(cell.Source)));
        var before = session.VariableNames;
        var (code, usings) = UsingDeclarations.AsVariables(cell.Source);
        var result = await session.RunAsync(
            code,
            output =>
            {
                recorder.Add(cell, output);
                events.TryWrite(new CellShowed(number, output));
            },
            cancel: cancel);
        recorder.EndCell(cell, result.ExecutionCount);
        foreach (var name in usings)
        {
            if (session.TryGetVariable(name, out var value) && value is not null && !owned.Contains(value))
            {
                owned.Push(value);
            }
        }

        if (result.Succeeded)
        {
            var (values, again) = cell.Tags.Contains(Resumption.Tag) ? KeptValues.Take(session, cell.Source, before) : (null, null);
            new CellRecord(key, result.Elapsed.TotalSeconds, values, again).Write(cell);
        }

        events.TryWrite(new CellFinished(number, result));
        return result.Succeeded;
    }

    /// <summary>What a cell is called: its first line, or the comment there.</summary>
    public static string Title(string source)
    {
        var first = source.Split('\n').First(line => line.Trim().Length > 0).Trim();
        var title = first.StartsWith("//", StringComparison.Ordinal) && first.TrimStart('/').Trim() is { Length: > 0 } comment ? comment : first;
        return title.Length <= LongestTitle ? title : string.Concat(title.AsSpan(0, LongestTitle - 1), "…");
    }
}
