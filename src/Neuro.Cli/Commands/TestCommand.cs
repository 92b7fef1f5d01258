using System.CommandLine;
using Neuro.Cli.Headless;
using Neuro.Client.Api;
using Neuro.Notebooks.Documents;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro test</c>: runs notebooks, each in a process of its own, and says which of their cells failed.</summary>
internal static class TestCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("notebooks") { Description = "Files, or folders whose .ipynb and .dib files are run.", Arity = ArgumentArity.OneOrMore };
        var junit = new Option<string?>("--junit") { Description = "Writes the results as JUnit XML: a suite a notebook, a case a cell." };
        var parameters = new Option<string[]>("--parameter", "-p") { Description = "name=value for the cells tagged parameters; may be repeated." };
        var command = new Command("test", "Runs notebooks as tests: a cell that fails is a failed test.") { paths, junit, parameters };
        command.SetAction((parsed, cancel) => TestAsync(parsed.GetValue(paths)!, parsed.GetValue(junit), parsed.GetValue(parameters) ?? [], cancel));
        return command;
    }

    private static async Task<int> TestAsync(string[] paths, string? junit, string[] parameters, CancellationToken cancel)
    {
        var tested = new List<TestedNotebook>();
        foreach (var path in paths.SelectMany(Files).Distinct())
        {
            var notebook = await NotebookTestRun.RunAsync(path, parameters, cancel);
            tested.Add(notebook);
            Console.WriteLine(FormattableString.Invariant($"{(notebook.Passed ? "passed" : "FAILED")}  {path}  {notebook.Cells.Count} cells, {notebook.Seconds:0.0} s"));
            foreach (var cell in notebook.Cells.Where(cell => cell.Verdict == CellVerdict.Failed))
            {
                var lines = $"{cell.Message}\n{cell.Details}".TrimEnd('\n').Split('\n').Distinct();
                Console.WriteLine($"    {cell.Name}\n        {string.Join("\n        ", lines)}");
            }
        }

        if (junit is not null)
        {
            if (Path.GetDirectoryName(Path.GetFullPath(junit)) is { } folder)
            {
                Directory.CreateDirectory(folder);
            }

            JUnitFile.Of(tested).Save(junit);
        }

        Console.WriteLine($"{tested.Count(notebook => notebook.Passed)} of {tested.Count} notebooks passed.");
        return tested.TrueForAll(notebook => notebook.Passed) ? 0 : 1;
    }

    private static IReadOnlyList<string> Files(string path)
    {
        if (!Directory.Exists(path))
        {
            return NotebookFormats.Of(path) is var _ && File.Exists(path) ? [path] : throw new NotebookException("notebook.missing", $"There is no notebook {path}.");
        }

        var found = Directory.EnumerateFiles(path).Where(file => Path.GetExtension(file).ToLowerInvariant() is ".ipynb" or ".dib").Order(StringComparer.Ordinal).ToList();
        return found.Count > 0 ? found : throw new NeuroException("test.empty", $"{path} has no .ipynb or .dib file; name scripts one by one.");
    }
}
