using System.Diagnostics;
using System.Threading.Channels;
using Neuro.Node.Settings;
using Neuro.Node.Work;

namespace Neuro.Node.Mining;

/// <summary>The worker as a process: what it reports comes through a channel, what it logs is passed on. It ends when its standard input does, so also when we are killed.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly Process process;

    private WorkerProcess(Process process, ChannelReader<string> reports) => (this.process, Reports) = (process, reports);

    /// <summary>Its reports, in order; complete when it has ended.</summary>
    public ChannelReader<string> Reports { get; }

    public bool HasEnded => Reports.Completion.IsCompleted;

    public int ExitCode => process.ExitCode;

    /// <param name="command">Program and arguments.</param>
    /// <param name="environment">Added to our own.</param>
    /// <param name="changed">Told when there is something to read.</param>
    public static WorkerProcess Start(IReadOnlyList<string> command, IEnumerable<KeyValuePair<string, string>> environment, int nice, Action<string> log, Action<string> error, Action changed)
    {
        IReadOnlyList<string> words = nice > 0 && OperatingSystem.IsLinux() ? ["nice", "-n", $"{nice}", .. command] : command;
        var start = new ProcessStartInfo(words[0], words.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        var reports = Channel.CreateUnbounded<string>();
        _ = RelayAsync();
        return new(process, reports);

        async Task RelayAsync()
        {
            // What it started and left behind may hold its output open; that is not waited for for ever.
            var heard = Task.WhenAll(ReadAsync(process.StandardOutput, Output), ReadAsync(process.StandardError, error));
            await Ended(process);
            await Task.WhenAny(heard, Task.Delay(LastWords));
            reports.Writer.Complete();
            changed();
        }

        void Output(string line)
        {
            if (line.StartsWith(Foreman.Mark))
            {
                reports.Writer.TryWrite(line[1..]);
                changed();
            }
            else
            {
                log(line);
            }
        }
    }

    public void Tell(string order)
    {
        try
        {
            process.StandardInput.WriteLine(order);
            process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has just ended; that is noticed where it is waited for.
        }
    }

    /// <summary>Ends it: first by the end of its input, upon which it gives its shard back; after the patience by force.</summary>
    public async Task EndAsync(TimeSpan patience, TimeProvider time)
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended.
        }

        try
        {
            await Ended(process).WaitAsync(patience, time);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            await Ended(process);
        }
    }

    public void Dispose() => process.Dispose();

    // Process.WaitForExitAsync would wait for the end of the output too.
    private static Task Ended(Process process)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => ended.TrySetResult();
        if (process.HasExited)
        {
            ended.TrySetResult();
        }

        return ended.Task;
    }

    private static async Task ReadAsync(StreamReader lines, Action<string> line)
    {
        while (await lines.ReadLineAsync() is { } text)
        {
            line(text);
        }
    }
}
