using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Neuro.Cli.Tests;

/// <summary>The `neuro` tool as a person runs it: a process of its own, over its own data folder.</summary>
internal sealed class NeuroProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly List<(Regex Pattern, TaskCompletionSource<Match> Seen)> waits = [];

    private NeuroProcess(Process process) => this.process = process;

    public int Id => process.Id;

    /// <summary>Everything it printed so far.</summary>
    public string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    public static NeuroProcess Start(string dataFolder, params string[] arguments) => Start(dataFolder, [], arguments);

    /// <param name="wrapper">A program with arguments that ends in running what follows it, such as <c>unshare -rm</c>.</param>
    public static NeuroProcess Start(string dataFolder, IReadOnlyList<string> wrapper, IReadOnlyList<string> arguments)
    {
        return StartCommand(dataFolder, [.. wrapper, Dotnet(), "exec", Path.Combine(AppContext.BaseDirectory, "neuro.dll"), .. arguments]);
    }

    /// <summary>One of the benchmarks, as a person runs it.</summary>
    public static NeuroProcess StartBenchmark(string dataFolder, params string[] arguments) =>
        StartCommand(dataFolder, [Dotnet(), "exec", Path.Combine(AppContext.BaseDirectory, "Neuro.Benchmarks.dll"), .. arguments]);

    /// <summary>Another program that starts ours.</summary>
    public static NeuroProcess StartCommand(string dataFolder, params string[] command)
    {
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Repository.Root,
            // No benchmark photos: the quick start then shows the corner shop, the same on every machine.
            Environment = { ["NEURO_DATA"] = dataFolder, ["NEURO_BENCH_DIR"] = "/nonexistent", ["NEURO_URL"] = null, ["NEURO_API_KEY"] = null },
        };
        foreach (var argument in command[1..])
        {
            start.ArgumentList.Add(argument);
        }

        var neuro = new NeuroProcess(new Process { StartInfo = start });
        neuro.process.OutputDataReceived += neuro.Received;
        neuro.process.ErrorDataReceived += neuro.Received;
        neuro.process.Start();
        neuro.process.BeginOutputReadLine();
        neuro.process.BeginErrorReadLine();
        return neuro;
    }

    /// <summary>Runs to its end; the exit code.</summary>
    public async Task<int> ExitAsync(CancellationToken cancel)
    {
        try
        {
            await process.WaitForExitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"neuro (process {Id}) did not end. It printed:\n{Output}");
        }

        return process.ExitCode;
    }

    /// <summary>The first line, printed before or after this call, that matches.</summary>
    public async Task<Match> LineAsync(string pattern, CancellationToken cancel)
    {
        var seen = new TaskCompletionSource<Match>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (output)
        {
            var regex = new Regex(pattern, RegexOptions.Multiline);
            if (regex.Match(output.ToString()) is { Success: true } already)
            {
                return already;
            }

            waits.Add((regex, seen));
        }

        try
        {
            return await seen.Task.WaitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"neuro (process {Id}) did not print /{pattern}/. It printed:\n{Output}");
        }
    }

    /// <summary>What Ctrl-C sends.</summary>
    public void Interrupt() => Signal(Id, 2);

    /// <summary>SIGKILL to this process alone: nothing of it runs after that.</summary>
    public void Kill() => process.Kill();

    public static void Signal(int process, int signal) => kill(process, signal).ShouldBe(0);

    /// <summary>Processes whose command line has all of <paramref name="words"/>.</summary>
    public static int[] Running(params string[] words) =>
    [
        .. Directory.GetDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
            .Where(id => id > 0 && CommandLine(id) is { } line && words.All(line.Contains)),
    ];

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static string Dotnet() => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    private static string? CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null; // It ended meanwhile.
        }
    }

    private void Received(object sender, DataReceivedEventArgs received)
    {
        if (received.Data is not { } line)
        {
            return;
        }

        lock (output)
        {
            output.AppendLine(line);
            foreach (var (pattern, seen) in waits)
            {
                if (pattern.Match(line) is { Success: true } match)
                {
                    seen.TrySetResult(match);
                }
            }
        }
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int pid, int sig);
}
