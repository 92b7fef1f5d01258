using System.Runtime.InteropServices;

namespace Neuro.Cli.Embedding;

/// <summary>How to start this very program again: <c>Host exec Assembly …</c>.</summary>
internal static class ThisProgram
{
    public static string Assembly => typeof(ThisProgram).Assembly.Location;

    /// <summary>The host that runs this runtime: three folders above it, whoever started us and whatever is on the PATH.</summary>
    public static string Host { get; } = FindHost();

    /// <summary>Absolute paths that start it: the host and the assembly, or the one file that both are in.</summary>
    public static IReadOnlyList<string> Command => Assembly.Length > 0 ? [Host, "exec", Assembly] : [Environment.ProcessPath!];

    private static string FindHost()
    {
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var host = Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return File.Exists(host) ? host : "dotnet";
    }
}
