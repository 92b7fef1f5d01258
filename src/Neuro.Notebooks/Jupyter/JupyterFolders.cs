using System.Diagnostics;
using Neuro.Client.Api;

namespace Neuro.Notebooks.Jupyter;

/// <summary>Where Jupyter keeps its data. Source: "Common Directories and File Locations", docs.jupyter.org.</summary>
public static class JupyterFolders
{
    /// <summary>This user's: <c>JUPYTER_DATA_DIR</c>, else what the system has for it.</summary>
    public static string User =>
        Variable("JUPYTER_DATA_DIR")
        ?? (OperatingSystem.IsWindows() ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "jupyter")
            : OperatingSystem.IsMacOS() ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "Library", "Jupyter")
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "jupyter"));

    /// <summary>That of the Python environment: the active one's, else that of the python3 on the PATH.</summary>
    /// <exception cref="NeuroException"><c>jupyter.no_prefix</c>: there is neither.</exception>
    public static string SysPrefix() => Path.Combine(
        Variable("VIRTUAL_ENV") ?? Variable("CONDA_PREFIX") ?? AskPython() ?? throw new NeuroException(
            "jupyter.no_prefix", "No Python environment is active (VIRTUAL_ENV, CONDA_PREFIX) and there is no python3 to ask. Activate one, or leave --sys-prefix out to install for yourself."),
        "share",
        "jupyter");

    /// <summary>Where Jupyter looks for kernels, in its order.</summary>
    internal static IEnumerable<string> Search()
    {
        var environment = (Variable("VIRTUAL_ENV") ?? Variable("CONDA_PREFIX")) is { } prefix ? new[] { Path.Combine(prefix, "share", "jupyter") } : [];
        string[] machine = OperatingSystem.IsWindows()
            ? [Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "jupyter")]
            : ["/usr/local/share/jupyter", "/usr/share/jupyter"];
        return (Variable("JUPYTER_PATH")?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? []).Append(User).Concat(environment).Concat(machine);
    }

    private static string? AskPython()
    {
        try
        {
            using var python = Process.Start(new ProcessStartInfo("python3", ["-c", "import sys; print(sys.prefix)"]) { RedirectStandardOutput = true })!;
            var prefix = python.StandardOutput.ReadToEnd().Trim();
            python.WaitForExit();
            return python.ExitCode == 0 && prefix.Length > 0 ? prefix : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
