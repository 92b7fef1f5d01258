namespace Neuro.Benchmarks;

/// <summary>The repository.</summary>
internal static class Root
{
    public static string Folder { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Neuro.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("The benchmarks run from a build inside the repository: they use its corner shop.");
    }

    /// <summary>The machine's load average over a minute, where the system tells.</summary>
    public static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "?";
}
