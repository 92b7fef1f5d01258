using System.CommandLine;
using System.Diagnostics;
using Neuro.Cli.Embedding;
using Neuro.Cli.Headless;
using Neuro.Cli.Terminal;
using Neuro.Client.Api;
using Neuro.Interactive.Magics;
using Neuro.Notebooks.Documents;
using Neuro.Notebooks.Engine;
using Neuro.Notebooks.Headless;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro run</c>: executes a notebook or script headless, against the platform on this machine where it needs one.</summary>
/// <remarks>The executed notebook is written after each cell, its report at the end.</remarks>
internal static class RunCommand
{
    public static Command Create()
    {
        var notebook = new Argument<string>("notebook") { Description = "An .ipynb, .dib, .csx or .cs file." };
        var output = new Option<string?>("--output", "-o")
        {
            Description = "Folder for the report and the executed notebook; artifacts/reports if left out, for a script none.",
        };
        var parameters = new Option<string[]>("--parameter", "-p") { Description = "name=value for the cell tagged parameters; may be repeated." };
        var resume = new Option<bool>("--resume") { Description = "Keeps cells tagged skip-on-resume as the last run into the same folder left them; the others run again." };
        var arguments = new Argument<string[]>("arguments") { Description = "What a script finds in args, after --.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("run", "Executes a notebook or a script without a notebook program.") { notebook, output, parameters, resume, arguments };
        command.SetAction((parsed, cancel) =>
        {
            var (values, given) = (Parameters(parsed.GetValue(parameters) ?? []), parsed.GetValue(arguments) ?? []);
            return RunAsync(new(parsed.GetValue(notebook)!, parsed.GetValue(output), values, parsed.GetValue(resume), given, parsed.GetValue<bool>("--verbose")), cancel);
        });
        return command;
    }

    private sealed record Asked(string Path, string? Output, IReadOnlyDictionary<string, string> Parameters, bool Resume, string[] Arguments, bool Verbose)
    {
        public bool IsScript { get; } = NotebookFormats.Of(Path) is NotebookFormat.Cs or NotebookFormat.Csx;

        /// <summary>Null for a script that was not told where.</summary>
        public RunFiles? Files { get; } = Output is null && NotebookFormats.Of(Path) is NotebookFormat.Cs or NotebookFormat.Csx
            ? null
            : new(Output ?? System.IO.Path.Combine("artifacts", "reports"), System.IO.Path.GetFileNameWithoutExtension(Path));
    }

    private static async Task<int> RunAsync(Asked asked, CancellationToken cancel)
    {
        var (terminal, errors) = (Console.Out, Console.Error); // Cells have their own console from now on.
        var watch = Stopwatch.StartNew();
        var notebook = Notebook.Read(asked.Path);
        var earlier = asked.Resume ? Earlier(asked) : null;
        await using var platform = PlatformNeed.Of(notebook) ? await PlatformNeed.StartAsync(terminal, asked.Verbose, cancel) : null;
        await using var neuro = new NeuroSession();
        var session = new CSharpSession(PlatformCells.Options(neuro));
        if (asked.IsScript)
        {
            session.SetVariable("args", asked.Arguments);
        }

        await using var runner = new NotebookRunner(session);
        var (show, close) = View(asked, terminal, errors);
        var (began, failed, succeeded, number) = (false, false, false, 0);
        using var exit = new EarlyExit(() => errors.WriteLine($"\nCell {number} ended the whole process; what was done before it is kept.\n{asked.Files?.Executed}"));
        var options = new RunOptions { Parameters = asked.Parameters, Earlier = earlier, Save = asked.Files is { } saved ? saved.Save : null };
        try
        {
            await foreach (var happened in runner.RunAsync(notebook, options, cancel))
            {
                (began, number) = (true, happened.Number);
                show(happened);
                failed |= happened is CellFinished { Result.Succeeded: false };
            }

            succeeded = !failed;
        }
        finally
        {
            close();
            if (began && asked.Files is { } files)
            {
                Keep(files);
            }
        }

        return cancel.IsCancellationRequested ? 130 : succeeded ? 0 : 1;

        // What was done is kept, however the run ended; a run that was refused leaves the last one's files alone.
        void Keep(RunFiles files)
        {
            files.Save(notebook);
            files.WriteReport(notebook);
            terminal.WriteLine($"{(succeeded ? "Done" : "Stopped")} in {watch.Elapsed.TotalSeconds:0} s.\n  report    {files.Report}\n  notebook  {files.Executed}");
        }
    }

    private static Notebook? Earlier(Asked asked) =>
        (asked.Files ?? throw new NeuroException("run.nothing_kept", "A script leaves nothing to resume unless -o says where.")).Earlier();

    private static (Action<NotebookEvent> Show, Action Close) View(Asked asked, TextWriter terminal, TextWriter errors)
    {
        if (asked.IsScript)
        {
            return (new ScriptView(terminal, errors, titles: false, asked.Verbose).Show, () => { });
        }

        var view = new RunView(terminal, Console.IsOutputRedirected ? null : Columns, asked.Verbose);
        return (view.Show, view.Close);
    }

    // Some terminals do not say.
    private static int Columns() => Console.WindowWidth is > 0 and var width ? width : 80;

    private static Dictionary<string, string> Parameters(string[] given)
    {
        var parameters = new Dictionary<string, string>();
        foreach (var pair in given)
        {
            var at = pair.IndexOf('=');
            parameters[at > 0 ? pair[..at] : throw new NeuroException("run.bad_parameter", $"-p {pair} is not name=value; write it like -p images=200.")] = pair[(at + 1)..];
        }

        return parameters;
    }
}
