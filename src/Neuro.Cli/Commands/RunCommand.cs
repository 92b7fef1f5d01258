using System.CommandLine;
using System.Diagnostics;
using Neuro.Cli.Embedding;
using Neuro.Cli.Terminal;
using Neuro.Client.Api;
using Neuro.Interactive.Magics;
using Neuro.Interactive.Reports;
using Neuro.Notebooks.Documents;
using Neuro.Notebooks.Engine;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro run</c>: executes a notebook headless against the platform on this machine, started for the run if none is up, and writes the executed notebook and its report.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var notebook = new Argument<string>("notebook") { Description = "An .ipynb file." };
        var output = new Option<string>("--output", "-o") { Description = "Folder for the report and the executed notebook.", DefaultValueFactory = _ => Path.Combine("artifacts", "reports") };
        var parameters = new Option<string[]>("--parameter", "-p") { Description = "name=value for the cell tagged parameters; may be repeated.", AllowMultipleArgumentsPerToken = false };
        var command = new Command("run", "Executes a notebook without a notebook program and writes a report.") { notebook, output, parameters };
        command.SetAction((parsed, cancel) => RunAsync(
            parsed.GetValue(notebook)!, parsed.GetValue(output)!, Parameters(parsed.GetValue(parameters) ?? []), parsed.GetValue<bool>("--verbose"), cancel));
        return command;
    }

    private static async Task<int> RunAsync(string path, string output, IReadOnlyDictionary<string, string> parameters, bool verbose, CancellationToken cancel)
    {
        var terminal = Console.Out; // Cells have their own console from now on.
        var watch = Stopwatch.StartNew();
        var notebook = Notebook.Read(path);
        Directory.CreateDirectory(output);
        await using var platform = await StartPlatformAsync(terminal, verbose, cancel);
        await using var neuro = new NeuroSession();
        var session = new CSharpSession(PlatformCells.Options(neuro));
        var view = new RunView(terminal, Console.IsOutputRedirected ? null : Columns, verbose);
        var (began, failed, succeeded) = (false, false, false);
        try
        {
            await foreach (var happened in new NotebookRunner(session).RunAsync(notebook, parameters, cancel))
            {
                began = true;
                view.Show(happened);
                failed |= happened is CellFinished { Result.Succeeded: false };
            }

            succeeded = !failed;
        }
        finally
        {
            view.Close();
            if (began)
            {
                Keep();
            }
        }

        return cancel.IsCancellationRequested ? 130 : succeeded ? 0 : 1;

        // What was done is kept, however the run ended; a run that was refused leaves the last one's files alone.
        void Keep()
        {
            var name = Path.GetFileNameWithoutExtension(path);
            var (executed, report) = (Path.Combine(output, name + ".ipynb"), Path.Combine(output, name + ".html"));
            notebook.Write(executed);
            Report.Write(report, NotebookReport.Title(notebook, name), NotebookReport.Cells(notebook));
            terminal.WriteLine($"{(succeeded ? "Done" : "Stopped")} in {watch.Elapsed.TotalSeconds:0} s.\n  report    {report}\n  notebook  {executed}");
        }
    }

    // Some terminals do not say.
    private static int Columns() => Console.WindowWidth is > 0 and var width ? width : 80;

    // The platform on this machine if one is up, else one for the time of the run.
    private static async Task<EmbeddedPlatform?> StartPlatformAsync(TextWriter terminal, bool verbose, CancellationToken cancel)
    {
        try
        {
            if (Connection.Read() is null)
            {
                terminal.WriteLine($"Starting the platform on this machine, data in {DataFolder.Path}.");
            }

            return await EmbeddedPlatform.StartAsync(new EmbeddedOptions { Verbose = verbose, Log = verbose ? terminal.WriteLine : Quiet }, cancel);
        }
        catch (NeuroException running) when (running.Code == "platform.data_folder_in_use" && Connection.Read() is { } connection)
        {
            terminal.WriteLine($"Using the platform that is up at {connection.Url}.");
            return null;
        }

        void Quiet(string line)
        {
            if (line.Contains("Measur", StringComparison.Ordinal))
            {
                terminal.WriteLine(line);
            }
        }
    }

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
