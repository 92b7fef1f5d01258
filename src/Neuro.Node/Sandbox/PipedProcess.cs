using System.Diagnostics;
using System.Threading.Channels;
using Neuro.Node.Work;

namespace Neuro.Node.Sandbox;

/// <summary>A process that we look after: what it reports comes through a channel, what it logs is passed on. It ends when its standard input does, so also when we are killed.</summary>
internal sealed class PipedProcess : IDisposable
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly Process process;

    private PipedProcess(Process process, ChannelReader<string> reports) => (this.process, Reports) = (process, reports);

    /// <summary>Its reports, in order; complete when it has ended.</summary>
    public ChannelReader<string> Reports { get; }

    public bool HasEnded => Reports.Completion.IsCompleted;

    public int ExitCode => process.ExitCode;

    public int Id => process.Id;

    /// <param name="changed">Told when there is something to read.</param>
    public static PipedProcess Start(ProcessStartInfo start, Action<string> log, Action<string> error, Action changed)
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
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
            // A native library may have printed half a line before.
            var (said, mark) = (line, line.IndexOf(Foreman.Mark));
            if (mark >= 0)
            {
                reports.Writer.TryWrite(line[(mark + 1)..]);
                changed();
                said = line[..mark];
            }

            if (mark < 0 || said.Length > 0)
            {
                log(said);
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

    /// <summary>Ends it now, by force; none of it is left when this returns.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
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
