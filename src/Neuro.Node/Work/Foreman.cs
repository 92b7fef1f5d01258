using Neuro.Client.Api;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;
using Neuro.Node.Mining;
using Neuro.Node.Sandbox;

namespace Neuro.Node.Work;

/// <summary>Whom a worker asks before it claims and before it works: its owner, by a file, and its supervisor, by its standard input; and whom it tells what it does.</summary>
/// <remarks>
/// Without a supervisor the device is the worker's own. With one, lines go both ways: <c>want</c>, <c>free</c>, <c>speed</c>, <c>joined</c>, <c>delivered</c> and <c>drained</c> up, each behind
/// a control character that no log line has; <c>yours</c>, <c>claim</c>, <c>wait</c> and <c>floor</c> down.
/// </remarks>
/// <param name="folder">The node's.</param>
/// <param name="reports">To the supervisor; null without one.</param>
public sealed class Foreman(string folder, TimeProvider time, TextWriter? reports = null)
{
    internal const char Mark = '\u0001';
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private WorkerStatus? status;
    private TaskCompletionSource granted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool mayClaim = reports is null;
    private Ntk? floor;

    /// <summary>Listens to the supervisor until it is gone, however it went; then the worker is to stop.</summary>
    public async Task ListenAsync(TextReader orders, CancellationTokenSource stop)
    {
        while (await orders.ReadLineAsync(CancellationToken.None) is { } line)
        {
            switch (line.Split(' '))
            {
                case ["yours"]:
                    lock (gate)
                    {
                        granted.TrySetResult();
                    }

                    break;
                case ["claim", var atLeast]:
                    lock (gate)
                    {
                        floor = Ntk.Parse(atLeast);
                    }

                    mayClaim = true;
                    break;
                case ["wait"]:
                    mayClaim = false;
                    break;
            }
        }

        await stop.CancelAsync();
    }

    /// <summary>Writes a line of the log where the supervisor passes it on.</summary>
    public void Log(string line)
    {
        lock (gate)
        {
            reports?.WriteLine(line.ReplaceLineEndings(" ").Replace(Mark, ' '));
        }
    }

    /// <summary>The floor to file, NTK per CU: the worker's own, or what mining asks for when that is more.</summary>
    internal Ntk Floor(Ntk own)
    {
        lock (gate)
        {
            return floor is { } mining && mining > own ? mining : own;
        }
    }

    /// <summary>Waits while no new work is wanted; false when the node is to stop.</summary>
    internal async Task<bool> MayClaimAsync(CancellationToken cancel)
    {
        while (true)
        {
            switch (ControlFile.Read(folder))
            {
                case NodeControl.Drain:
                    Report("drained");
                    return false;
                case NodeControl.Run when mayClaim:
                    return true;
                default:
                    await Task.Delay(Look, time, cancel);
                    break;
            }
        }
    }

    /// <summary>Waits for the device; disposing gives it back.</summary>
    internal async Task<IDisposable> TakeDeviceAsync(CancellationToken cancel)
    {
        if (reports is null)
        {
            return new Device(null);
        }

        Task yours;
        lock (gate)
        {
            granted = new(TaskCreationOptions.RunContinuationsAsynchronously);
            yours = granted.Task;
        }

        Report("want");
        try
        {
            await yours.WaitAsync(cancel);
            return new Device(this);
        }
        catch
        {
            Report("free");
            throw;
        }
    }

    internal void Measured(Capacity capacity)
    {
        // One floor for all kinds of work: it must do for the kind at which this machine is slowest.
        var slowest = new[] { capacity.RenderCuPerSecond, capacity.TrainCuPerSecond }.Where(speed => speed > 0).DefaultIfEmpty().Min();
        Report(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"speed {slowest * 3600:R}"));
    }

    internal void Starts(Uri platform, string name) =>
        Tell(_ => new(ProcessMark.Own.Id, ProcessMark.Own.Start, time.GetUtcNow(), platform.ToString(), name, "connecting", null, null, 0, null, null));

    internal void IsCutOff(NetworkCut network) => Tell(was => was with { Network = network.Detail });

    internal void Joined(Ntk filed)
    {
        Report("joined");
        Tell(was => was with { Connection = "joined", Floor = filed });
    }

    internal void Answers() => Tell(was => was.Connection == "away" ? was with { Connection = "joined" } : was);

    internal void Begins(Lease lease) => Tell(was => was with { Shard = new(lease.JobId, lease.Shard, lease.Spec.Kind, lease.Pay, time.GetUtcNow()) });

    internal void Delivered(Lease lease)
    {
        Report($"delivered {lease.Pay}");
        Tell(was => was with { Shards = was.Shards + 1 });
    }

    internal void Ends() => Tell(was => was with { Shard = null });

    internal void Fails(string error, bool away) => Tell(was => was with { Connection = away ? "away" : was.Connection, LastError = error, LastErrorAt = time.GetUtcNow() });

    private void Report(string line)
    {
        lock (gate)
        {
            reports?.WriteLine(Mark + line);
        }
    }

    private void Tell(Func<WorkerStatus, WorkerStatus> change)
    {
        lock (gate)
        {
            var next = change(status!);
            if (next == status)
            {
                return;
            }

            status = next;
            try
            {
                StatusFile.Write(Path.Combine(folder, WorkerStatus.FileName), next);
            }
            catch (Exception full) when (full is IOException or UnauthorizedAccessException)
            {
                // A status that cannot be written is no reason to stop working.
            }
        }
    }

    private sealed class Device(Foreman? foreman) : IDisposable
    {
        public void Dispose() => foreman?.Report("free");
    }
}
