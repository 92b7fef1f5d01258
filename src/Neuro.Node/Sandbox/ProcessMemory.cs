using System.Diagnostics;
using System.Globalization;

namespace Neuro.Node.Sandbox;

/// <summary>What a process holds, bytes, from <c>/proc/ID/status</c> (proc(5)); elsewhere what .NET tells.</summary>
/// <param name="Now">In memory and swapped out.</param>
/// <param name="Peak">The most it ever held in memory, or since <see cref="ForgetPeak"/>.</param>
internal readonly record struct ProcessMemory(long Now, long Peak)
{
    /// <summary>Null when there is no such process.</summary>
    public static ProcessMemory? Of(int id)
    {
        try
        {
            if (!OperatingSystem.IsLinux())
            {
                using var process = Process.GetProcessById(id);
                return new(process.WorkingSet64, process.PeakWorkingSet64);
            }

            var lines = File.ReadAllLines($"/proc/{id}/status");
            return new(Read(lines, "VmRSS:") + Read(lines, "VmSwap:"), Read(lines, "VmHWM:"));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Lets the peak begin anew, where the system can.</summary>
    public static void ForgetPeak(int id)
    {
        try
        {
            File.WriteAllText($"/proc/{id}/clear_refs", "5");
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            // Then it is that of the process's whole life.
        }
    }

    // "VmRSS:	   51234 kB"; a process that is ending has none.
    private static long Read(string[] lines, string name) =>
        Array.Find(lines, line => line.StartsWith(name, StringComparison.Ordinal)) is { } line && long.TryParse(line[name.Length..].Replace("kB", "").Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var kilobytes)
            ? kilobytes * 1024
            : 0;
}
