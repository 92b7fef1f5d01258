using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Neuro.Notebooks.Jupyter;

/// <summary>The Jupyter that started this kernel: when it is gone without a goodbye, nobody would ever stop the kernel.</summary>
internal static class ParentProcess
{
    private const string Variable = "JPY_PARENT_PID";

    /// <summary>Cancels <paramref name="stop"/> when the process that JPY_PARENT_PID names ends. On Windows the variable holds a handle, not a number to find it by, and is left alone.</summary>
    public static async Task WatchAsync(CancellationTokenSource stop, Action<string> log)
    {
        if (OperatingSystem.IsWindows() || !int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out var id))
        {
            return;
        }

        try
        {
            using var parent = Process.GetProcessById(id);
            await parent.WaitForExitAsync(stop.Token);
        }
        catch (ArgumentException)
        {
            // It was gone already.
        }
        catch (Win32Exception refused)
        {
            log($"Process {id} ({Variable}) cannot be watched: {refused.Message}.");
            return;
        }
        catch (OperationCanceledException)
        {
            return;
        }

        log($"The Jupyter that started this kernel (process {id}) is gone; the kernel ends.");
        await stop.CancelAsync();
    }
}
