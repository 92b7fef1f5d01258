using System.Diagnostics;
using Neuro.Cli.Embedding;
using Neuro.Notebooks.Documents;
using Neuro.Notebooks.Engine;
using Neuro.Notebooks.Headless;

namespace Neuro.Cli.Headless;

public enum CellVerdict
{
    Passed,
    Failed,
    NotRun,
}

/// <summary>A cell of a tested notebook.</summary>
/// <param name="Name">Its number among the code cells, and what it is.</param>
/// <param name="Message">Of a failed cell: the error's line.</param>
/// <param name="Details">Of a failed cell: what stands beneath it.</param>
internal sealed record TestedCell(string Name, CellVerdict Verdict, double Seconds, string Message = "", string Details = "");

/// <summary>A notebook that was tested; one that could not be read at all has one failed cell that says why.</summary>
internal sealed record TestedNotebook(string Path, IReadOnlyList<TestedCell> Cells, double Seconds)
{
    public bool Passed => Cells.All(cell => cell.Verdict == CellVerdict.Passed);
}

/// <summary>Runs a notebook as <c>neuro run</c> in a process of its own, so that whatever a cell does to its process the other notebooks are tested.</summary>
internal static class NotebookTestRun
{
    private const int MostDetails = 4_000;

    public static async Task<TestedNotebook> RunAsync(string path, IReadOnlyList<string> parameters, CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        var folder = Directory.CreateTempSubdirectory("neuro-test-").FullName;
        try
        {
            var given = parameters.SelectMany(parameter => new[] { "-p", parameter });
            var (exitCode, printed) = await ProcessAsync([.. ThisProgram.Command, "run", path, "-o", folder, .. given], cancel);
            var executed = Path.Combine(folder, Path.GetFileNameWithoutExtension(path) + ".ipynb");
            var cells = File.Exists(executed) ? Cells(Notebook.Read(executed), exitCode, printed) : [Broken(Path.GetFileName(path), exitCode, printed)];
            return new(path, cells, Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(int ExitCode, string Printed)> ProcessAsync(IReadOnlyList<string> command, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
        try
        {
            await process.WaitForExitAsync(cancel);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        return (process.ExitCode, await output + await errors);
    }

    /// <summary>Cells up to the failed one passed; when none failed but the process did, the next one ended it.</summary>
    private static List<TestedCell> Cells(Notebook notebook, int exitCode, string printed)
    {
        var (cells, ended) = (new List<TestedCell>(), false);
        foreach (var cell in notebook.Cells.Where(cell => cell.Kind == CellKind.Code && !string.IsNullOrWhiteSpace(cell.Source)))
        {
            var name = $"[{cells.Count + 1}] {NotebookRunner.Title(cell.Source)}";
            if (CellRecord.Of(cell) is { } record)
            {
                cells.Add(new(name, CellVerdict.Passed, record.Seconds));
            }
            else if (!ended && exitCode != 0)
            {
                var (message, details) = Error(cell);
                cells.Add(message is null ? Broken(name, exitCode, printed) : new(name, CellVerdict.Failed, 0, message, details));
                ended = true;
            }
            else
            {
                cells.Add(new(name, CellVerdict.NotRun, 0));
            }
        }

        return cells;
    }

    private static (string? Message, string Details) Error(NotebookCell cell) => NotebookReport.Errors(cell).LastOrDefault() is { } error
        ? (error.Split('\n')[0], error)
        : (null, "");

    private static TestedCell Broken(string name, int exitCode, string printed)
    {
        var end = printed.Trim();
        return new(name, CellVerdict.Failed, 0, $"The process ended with code {exitCode}.", end.Length > MostDetails ? "…" + end[^MostDetails..] : end);
    }
}
