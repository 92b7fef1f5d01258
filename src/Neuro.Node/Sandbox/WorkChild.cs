using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Neuro.Client.Api;
using Neuro.Client.Nodes;
using Neuro.Node.Settings;
using Neuro.Node.Work;

namespace Neuro.Node.Sandbox;

/// <summary>The process that does a node's work, seen from the worker: one order at a time, under limits of memory and time, cut off from the network where that is possible.</summary>
/// <remarks>
/// It does shard after shard, since to start it, to compile the kernels and to cut out a catalogue's artwork costs more than a small shard. After a failure of any kind another one is started. When a call
/// returns, however it returns, the process is at rest or gone: then the device is free.
/// </remarks>
/// <param name="command">Program and arguments that end in <see cref="WorkHost.Run()"/>.</param>
/// <param name="folder">The node's.</param>
/// <param name="log">Told what the process prints, a line each.</param>
internal sealed class WorkChild(IReadOnlyList<string> command, string folder, WorkLimits limits, NetworkCut network, Action<string> log, TimeProvider time) : IDisposable
{
    /// <summary>Of the errors that are the process's and not the input's.</summary>
    public const string Area = "work.";

    /// <summary>It held more than it may.</summary>
    public const string MemoryLimit = Area + "memory_limit";

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly string home = NodeFolder.Home(folder);
    private readonly SemaphoreSlim changed = new(0);
    private PipedProcess? process;
    private string lastLine = "";

    /// <summary>Whether there is no process now; the next order starts one.</summary>
    internal bool HasEnded => process is not { HasEnded: false };

    /// <summary>Whether the work is cut off from the network.</summary>
    public NetworkCut Network => network;

    /// <summary>Does a shard.</summary>
    /// <param name="longest">After which it is ended.</param>
    /// <exception cref="NeuroException">What the work was refused for; <c>work.memory_limit</c>, <c>work.time_limit</c>, <c>work.died</c>, <c>work.cannot_start</c>, <c>work.bad_result</c>.</exception>
    public async Task<WorkResult> RunAsync(Lease lease, IReadOnlyList<string> inputs, string scratch, WorkProgress progress, TimeSpan longest, CancellationToken cancel)
    {
        var (answer, peak) = await AskAsync(new WorkOrder(scratch, lease, inputs), progress, longest, cancel);
        return Checked(answer.Result ?? throw BadResult("says nothing"), scratch) with { PeakMemoryBytes = peak };
    }

    /// <summary>Measures the machine where the work will be done.</summary>
    public async Task<Capacity> MeasureAsync(string scratch, TimeSpan longest, CancellationToken cancel) =>
        (await AskAsync(new WorkOrder(scratch, null, []), new WorkProgress(), longest, cancel)).Answer.Capacity ?? throw BadResult("says nothing of the machine");

    public void Dispose() => End();

    private async Task<(WorkAnswer Answer, long Peak)> AskAsync(WorkOrder order, WorkProgress progress, TimeSpan longest, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        WorkAnswer? answer;
        long peak;
        try
        {
            await StartAsync(cancel);
            ProcessMemory.ForgetPeak(process!.Id);
            answer = await HearAsync(order, progress, longest, cancel);
            peak = ProcessMemory.Of(process.Id)?.Peak ?? 0;
        }
        catch
        {
            End();
            throw;
        }

        if (answer is { Code: null or WorkAnswer.Cancelled })
        {
            Empty();
        }
        else
        {
            End();
        }

        cancel.ThrowIfCancellationRequested();
        return answer is { Code: null } ? (answer, peak) : throw new NeuroException(answer!.Code!, answer.Message ?? "The work failed and did not say why.");
    }

    private async Task StartAsync(CancellationToken cancel)
    {
        if (!HasEnded)
        {
            return;
        }

        End();
        await ChildMark.EndAsync(folder, time, cancel); // What a killed worker of this node left: there is never more than one.
        Directory.CreateDirectory(home);
        IReadOnlyList<string> words = network.Works ? [.. NetworkCut.Command, .. command] : command;
        var start = new ProcessStartInfo(words[0], words.Skip(1)) { WorkingDirectory = home };
        ChildEnvironment.Scrub(start.Environment, home, limits.Memory);
        try
        {
            process = PipedProcess.Start(start, log, Error, () => changed.Release());
        }
        catch (Exception cannot) when (cannot is Win32Exception or UnauthorizedAccessException)
        {
            throw new NeuroException(Area + "cannot_start", $"The process that does the work cannot be started: {cannot.Message.TrimEnd('.')}. See that {words[0]} can be run.", cannot);
        }

        ChildMark.Write(folder, process.Id);

        void Error(string line)
        {
            lastLine = line;
            log(line);
        }
    }

    // Its last answer; null when it was told to drop the work and did not.
    private async Task<WorkAnswer?> HearAsync(WorkOrder order, WorkProgress progress, TimeSpan longest, CancellationToken cancel)
    {
        var child = process!;
        var began = time.GetTimestamp();
        long? asked = null;
        var telling = Task.Run(() => child.Tell(WorkLine.Write(order)), CancellationToken.None); // One that hangs must not keep us from ending it.
        using var wake = cancel.Register(() => changed.Release());
        while (true)
        {
            while (child.Reports.TryRead(out var line))
            {
                var answer = WorkLine.Read<WorkAnswer>(line);
                if (answer.IsLast)
                {
                    return answer;
                }

                progress.Report(answer.Fraction, answer.Points);
            }

            if (child.HasEnded)
            {
                throw new NeuroException(Area + "died", $"The process that did the work ended with code {child.ExitCode}{(lastLine.Length > 0 ? $": {lastLine}" : "")}.");
            }

            CheckLimits(child.Id, time.GetElapsedTime(began), longest);
            if (cancel.IsCancellationRequested && asked is null)
            {
                asked = time.GetTimestamp();
                _ = telling.ContinueWith(_ => child.Tell(WorkOrder.Cancel), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
            else if (asked is { } since && time.GetElapsedTime(since) > Grace)
            {
                return null;
            }

            await changed.WaitAsync(Tick, CancellationToken.None);
        }
    }

    private void CheckLimits(int id, TimeSpan took, TimeSpan longest)
    {
        if (took > longest)
        {
            throw new NeuroException(Area + "time_limit", string.Create(CultureInfo.InvariantCulture, $"The work was ended after {took.TotalSeconds:0} s; by what this node measured of itself it may take {longest.TotalSeconds:0} s."));
        }

        if (ProcessMemory.Of(id) is { } memory && memory.Now > limits.Memory)
        {
            throw new NeuroException(MemoryLimit, $"The work was ended when it held {memory.Now} bytes; it may hold {limits.Memory} on this node (work.memoryBytes).");
        }
    }

    // What it made lies in its scratch folder and is no link to elsewhere: whatever took hold of that process, no other file of ours is uploaded.
    private WorkResult Checked(WorkResult result, string scratch) =>
        result.Files.All(file => Path.GetDirectoryName(Path.GetFullPath(file.Path)) == Path.GetFullPath(scratch) && new FileInfo(file.Path) is { Exists: true, LinkTarget: null })
            ? result
            : throw BadResult("names a file that is not in its scratch folder");

    private NeuroException BadResult(string what)
    {
        End();
        return new(Area + "bad_result", $"The result of the work {what}.");
    }

    // Nothing of a shard is there for the next one to find.
    private void Empty()
    {
        foreach (var left in new DirectoryInfo(home).EnumerateFileSystemInfos())
        {
            if (left is DirectoryInfo inside)
            {
                inside.Delete(recursive: inside.LinkTarget is null);
            }
            else
            {
                left.Delete();
            }
        }
    }

    private void End()
    {
        if (process is not null)
        {
            process.Kill();
            process.Dispose();
            process = null;
            lastLine = "";
            ChildMark.Delete(folder);
        }

        try
        {
            if (Directory.Exists(home))
            {
                Directory.Delete(home, recursive: true);
            }
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            log($"{home} cannot be removed: {cannot.Message}");
        }
    }
}
