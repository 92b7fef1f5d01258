using System.Diagnostics;
using Neuro.Node.Mining;
using Neuro.Node.Work;

namespace Neuro.Node.Sandbox;

/// <summary>Which process does the work of a node, written down before it gets any: when the worker was killed, whoever comes next ends that process before the device counts as free.</summary>
internal sealed record ChildMark(string Boot, ProcessMark Process)
{
    private const string FileName = "work.pid";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    public static void Write(string folder, int process)
    {
        if (OperatingSystem.IsLinux() && ProcessLine.Read(process) is { } line)
        {
            StatusFile.Write(Path.Combine(folder, FileName), new ChildMark(ProcessMark.Boot(), line.Mark));
        }
    }

    public static void Delete(string folder) => File.Delete(Path.Combine(folder, FileName));

    /// <summary>Ends by force what a killed worker left; returns when it is gone. Elsewhere than on Linux it is left to notice itself that nobody is there.</summary>
    public static async Task EndAsync(string folder, TimeProvider time, CancellationToken cancel)
    {
        if (Read(folder) is not { } mark)
        {
            return;
        }

        for (; mark.IsAlive; await Task.Delay(Look, time, cancel))
        {
            Kill(mark.Id);
        }

        Delete(folder);
    }

    /// <summary>The process as it was written down since the machine started; null when there is none.</summary>
    internal static ProcessMark? Read(string folder) =>
        OperatingSystem.IsLinux() && StatusFile.Read<ChildMark>(Path.Combine(folder, FileName)) is { } kept && kept.Boot == ProcessMark.Boot() ? kept.Process : null;

    private static void Kill(int id)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            // It has just ended.
        }
    }
}
