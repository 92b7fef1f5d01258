namespace Neuro.Cli.Tests;

/// <summary>What the local node of one test measured is what those of later ones know: measuring takes ten seconds of all cores, and every notebook with a platform starts such a node.</summary>
internal static class MeasuredNode
{
    private static readonly Lock Gate = new();
    private static readonly string[] Files = ["node.key", "capacity.json"];
    private static string? kept;

    /// <summary>Keeps what a test's node measured, if it is the first.</summary>
    public static void KeepFrom(string dataFolder)
    {
        lock (Gate)
        {
            if (kept is null && Array.TrueForAll(Files, file => File.Exists(Path.Combine(dataFolder, "node", file))))
            {
                var folder = Directory.CreateTempSubdirectory("neuro-measured-").FullName;
                Copy(Path.Combine(dataFolder, "node"), folder);
                kept = folder;
            }
        }
    }

    /// <summary>Gives it to a test whose local node has not started yet.</summary>
    public static void GiveTo(string dataFolder)
    {
        lock (Gate)
        {
            var folder = Path.Combine(dataFolder, "node");
            if (kept is not null && !Directory.Exists(folder))
            {
                Directory.CreateDirectory(folder);
                Copy(kept, folder);
            }
        }
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Files)
        {
            File.Copy(Path.Combine(from, file), Path.Combine(to, file));
        }
    }
}
