using Neuro.Cli.Embedding;
using Neuro.Client.Api;
using Neuro.Interactive.Magics;
using Neuro.Notebooks.Documents;

namespace Neuro.Cli.Headless;

/// <summary>The platform for the time of a run: the one that is up on this machine, else one of the run's own; none for a notebook that speaks to none.</summary>
internal static class PlatformNeed
{
    /// <summary>Words by which code reaches a platform; a file that a cell brings in may have them too.</summary>
    private static readonly string[] Words = ["#!neuro-", "NeuroClient", "NeuroSession", "#!import", "#load"];

    /// <summary>Words of code that starts a platform of its own.</summary>
    private static readonly string[] Own = [nameof(EmbeddedPlatform), "#!neuro-up"];

    /// <summary>What starts its own platform needs none.</summary>
    public static bool Of(Notebook notebook)
    {
        var code = notebook.Cells.Where(cell => cell.Kind == CellKind.Code).Select(cell => cell.Source).ToList();
        return Words.Any(Has) && !Own.Any(Has);

        bool Has(string word) => code.Exists(source => source.Contains(word, StringComparison.Ordinal));
    }

    /// <returns>What to end after the run; null when a platform is up already.</returns>
    public static async Task<EmbeddedPlatform?> StartAsync(TextWriter terminal, bool verbose, CancellationToken cancel)
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
}
