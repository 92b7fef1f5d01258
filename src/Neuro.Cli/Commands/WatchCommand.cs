using System.CommandLine;
using Neuro.Cli.Embedding;
using Neuro.Cli.Headless;
using Neuro.Cli.Terminal;
using Neuro.Interactive.Magics;
using Neuro.Notebooks.Documents;
using Neuro.Notebooks.Engine;
using Neuro.Notebooks.Headless;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro watch</c>: whenever the file is saved, the first cell that changed and those after it run again, in one session.</summary>
internal static class WatchCommand
{
    public static Command Create()
    {
        var notebook = new Argument<string>("notebook") { Description = "A .cs, .csx, .dib or .ipynb file." };
        var command = new Command("watch", "Runs the changed cells of a notebook or script, and those after them, whenever it is saved; Ctrl-C ends it.") { notebook };
        command.SetAction((parsed, cancel) => WatchAsync(parsed.GetValue(notebook)!, parsed.GetValue<bool>("--verbose"), cancel));
        return command;
    }

    private static async Task<int> WatchAsync(string path, bool verbose, CancellationToken cancel)
    {
        var (terminal, errors) = (Console.Out, Console.Error); // Cells have their own console from now on.
        Notebook.Read(path);
        await using var neuro = new NeuroSession();
        var session = new CSharpSession(PlatformCells.Options(neuro));
        session.SetVariable("args", Array.Empty<string>());
        await using var runner = new NotebookRunner(session);
        var view = new ScriptView(terminal, errors, titles: true, verbose);
        using var file = new SavedFile(path);
        EmbeddedPlatform? platform = null;
        List<string> done = [];
        try
        {
            for (var next = file.NextAsync(cancel); ;)
            {
                var text = await next;
                next = file.NextAsync(cancel);
                if (Parse(text) is not { } notebook)
                {
                    continue;
                }

                if (platform is null && PlatformNeed.Of(notebook))
                {
                    platform = await PlatformNeed.StartAsync(terminal, verbose, cancel);
                }

                using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                var run = RunChangedAsync(notebook, stop.Token);
                if (await Task.WhenAny(run, next) == next)
                {
                    await stop.CancelAsync(); // What was saved meanwhile counts.
                }

                await run;
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return 0;
        }
        finally
        {
            await (platform?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        async Task RunChangedAsync(Notebook notebook, CancellationToken stop)
        {
            var cells = notebook.Cells.Where(cell => cell.Kind == CellKind.Code && !string.IsNullOrWhiteSpace(cell.Source)).Select(cell => cell.Source).ToList();
            var same = done.Zip(cells).TakeWhile(pair => pair.First == pair.Second).Count();
            done.RemoveRange(same, done.Count - same);
            await foreach (var happened in runner.RunAsync(notebook, new() { AlreadyRun = same }, stop))
            {
                view.Show(happened);
                if (happened is CellFinished { Result.Succeeded: true })
                {
                    done.Add(cells[happened.Number - 1]);
                }
            }

            terminal.WriteLine(stop.IsCancellationRequested ? "" : $"── waiting for {Path.GetFileName(path)} to be saved");
            terminal.Flush();
        }

        Notebook? Parse(string text)
        {
            try
            {
                return Notebook.Parse(text, NotebookFormats.Of(path), Path.GetFileName(path));
            }
            catch (NotebookException broken)
            {
                errors.WriteLine(broken.Message);
                return null;
            }
        }
    }
}
