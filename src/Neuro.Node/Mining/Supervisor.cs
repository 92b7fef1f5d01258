using System.Diagnostics;
using System.Globalization;
using Neuro.Client.Api;
using Neuro.Client.Tokens;
using Neuro.Node.Sandbox;
using Neuro.Node.Settings;
using Neuro.Node.Work;

namespace Neuro.Node.Mining;

/// <summary>Looks after two processes, the worker and the miner: starts them, starts them again when they die, and sees to it that one of them has the device.</summary>
/// <remarks>
/// It is small, loads nothing, and does no work, so that it lives when the worker is killed, for its memory for example. When it is killed itself, the worker stops
/// (its input ends) and the miner goes on; the next supervisor waits for the one and adopts the other.
/// </remarks>
public sealed class Supervisor : IDisposable
{
    /// <summary>Set for the process that is to be the worker.</summary>
    public const string WorkerVariable = "NEURO_NODE_WORKER";

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PatienceForPredecessor = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PatienceForWorker = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Steady = TimeSpan.FromMinutes(1);

    private readonly string folder;
    private readonly NodeSettings settings;
    private readonly IReadOnlyList<string> command;
    private readonly Action<string> log;
    private readonly Action<string> error;
    private readonly TimeProvider time;
    private readonly FileStream claim;
    private readonly DateTimeOffset since;
    private readonly MiningSwitch device;
    private readonly MiningFloor floor;
    private readonly MinerProcess miner;
    private readonly YieldSource? yields;
    private readonly PeriodLog periods;
    private readonly SemaphoreSlim changed = new(0);

    private PipedProcess? worker;
    private long workerSince;
    private TimeSpan backOff;
    private int starts;
    private bool joined;
    private bool drained;
    private long? away;
    private double? cuPerHour;
    private string told = "";
    private string lastLine = "";
    private (string Text, DateTimeOffset At)? lastError;
    private Ntk? yield;
    private Ntk energy;
    private SupervisorStatus? status;

    /// <param name="folder">The node's.</param>
    /// <param name="command">The worker: program and arguments.</param>
    /// <param name="log">Told what both do, a line each.</param>
    /// <param name="error">Told what the worker writes to its standard error.</param>
    /// <exception cref="NeuroException"><c>node.folder_in_use</c>, <c>miner.unsupported</c>, <c>miner.not_found</c>.</exception>
    public Supervisor(string folder, NodeSettings settings, IReadOnlyList<string> command, Action<string> log, Action<string> error, TimeProvider? time = null)
    {
        this.folder = folder = Path.GetFullPath(folder);
        (this.settings, this.command, this.log, this.error, this.time) = (settings, command, log, error, time ?? TimeProvider.System);
        var set = settings.Miner ?? new MinerSettings { Command = [] };
        (device, floor, miner) = (new(set, this.time), new(set.WarmUp, this.time), new(folder, set));
        if (settings.Miner is not null)
        {
            miner.Check();
            yields = new(set, this.time, Fails);
        }

        periods = new(folder, this.time);
        since = this.time.GetUtcNow();
        claim = Claim(folder, "supervisor.lock");
        if (ControlFile.Read(folder) == NodeControl.Drain)
        {
            ControlFile.Write(folder, NodeControl.Run); // Whoever starts it again wants it to work again.
        }
    }

    /// <summary>Runs until cancelled, or until the node was told to drain and has; the exit code.</summary>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        await WaitForPredecessorAsync(cancel);
        await ChildMark.EndAsync(folder, time, cancel);
        await AdoptAsync();
        try
        {
            while (!cancel.IsCancellationRequested)
            {
                Hear();
                if (worker is { HasEnded: true })
                {
                    await Task.Delay(Tick, time, cancel); // A Ctrl-C ends both: then this is no accident.
                    await ChildMark.EndAsync(folder, time, cancel); // Until what it started is gone, the device is not free.
                    if (Ended() is { } code)
                    {
                        return code;
                    }
                }

                StartWorker();
                Decide(cancel);
                Tell();
                await changed.WaitAsync(Tick, cancel);
            }

            return 0;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return 0;
        }
        finally
        {
            await StopAsync();
        }
    }

    public void Dispose()
    {
        worker?.Dispose();
        claim.Dispose();
        changed.Dispose();
    }

    private static FileStream Claim(string folder, string file)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return new FileStream(Path.Combine(folder, file), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception taken) when (taken is IOException or UnauthorizedAccessException)
        {
            throw new NeuroException("node.folder_in_use", $"{folder} cannot be used by this node ({taken.Message.TrimEnd('.')}). Stop the node that uses it, or give this one another --folder.", taken);
        }
    }

    // The worker of a supervisor that was killed may still be putting its shard down: until then the device is its own.
    private async Task WaitForPredecessorAsync(CancellationToken cancel)
    {
        for (var began = time.GetTimestamp(); ; await Task.Delay(Tick, time, cancel))
        {
            try
            {
                Claim(folder, NodeFolder.LockName).Dispose();
                return;
            }
            catch (NeuroException) when (time.GetElapsedTime(began) < PatienceForPredecessor)
            {
            }
        }
    }

    private async Task AdoptAsync()
    {
        if (!OperatingSystem.IsLinux() || !miner.FindLeftOver(out var isOurs))
        {
            return;
        }

        if (yields is not null && isOurs)
        {
            log($"Found the miner still there (process {miner.Id}).");
            device.Adopt(miner.IsStopped);
            return;
        }

        log($"Ends a miner that is no longer set (process {miner.Id}).");
        if (!await miner.EndAsync(time))
        {
            throw CannotEnd();
        }
    }

    private NeuroException CannotEnd() => new("miner.does_not_end", $"The miner (process {miner.Id}) does not end, not even by SIGKILL. Does it run as another user? End it by hand.");

    private void StartWorker()
    {
        if (worker is not null || (starts > 0 && time.GetElapsedTime(workerSince) < backOff))
        {
            return;
        }

        (workerSince, told, cuPerHour) = (time.GetTimestamp(), "", null);
        starts++;
        try
        {
            worker = PipedProcess.Start(WorkerCommand(), log, Error, () => changed.Release());
        }
        catch (Exception cannot) when (cannot is System.ComponentModel.Win32Exception or IOException or UnauthorizedAccessException)
        {
            Fails($"The worker cannot be started: {cannot.Message}");
            backOff = Next(backOff);
        }

        void Error(string line)
        {
            lastLine = line;
            error(line);
        }
    }

    private ProcessStartInfo WorkerCommand()
    {
        IReadOnlyList<string> words = settings.Share.Nice > 0 && OperatingSystem.IsLinux() ? ["nice", "-n", $"{settings.Share.Nice}", .. command] : command;
        var start = new ProcessStartInfo(words[0], words.Skip(1));
        foreach (var (name, value) in settings.Share.Environment().Append(new(WorkerVariable, "1")))
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private void Hear()
    {
        while (worker is not null && worker.Reports.TryRead(out var report))
        {
            switch (report.Split(' '))
            {
                case ["want"]:
                    device.Want();
                    break;
                case ["free"]:
                    device.Free();
                    break;
                case ["speed", var cu] when double.TryParse(cu, NumberStyles.Float, CultureInfo.InvariantCulture, out var speed) && speed > 0 && double.IsFinite(speed):
                    cuPerHour = speed;
                    break;
                case ["joined"]:
                    joined = true;
                    break;
                case ["delivered", var pay] when Ntk.TryParse(pay, null, out var amount):
                    periods.Delivered(amount);
                    break;
                case ["drained"]:
                    drained = true;
                    break;
            }
        }
    }

    // An exit code when this is the end of the node.
    private int? Ended()
    {
        var (code, ran) = (worker!.ExitCode, time.GetElapsedTime(workerSince));
        worker.Dispose();
        worker = null;
        device.Free();
        if (drained)
        {
            log("Drained.");
            return 0;
        }

        // Nothing to keep up: whoever has just started it reads why it does not start.
        if (yields is null && !joined && code == 1)
        {
            return code;
        }

        backOff = Next(ran > Steady ? TimeSpan.Zero : backOff);
        workerSince = time.GetTimestamp();
        Fails($"The worker ended with code {code}{(lastLine.Length > 0 ? $": {lastLine}" : "")}. It starts again in {backOff.TotalSeconds:0} s.");
        lastLine = "";
        return null;
    }

    private void Decide(CancellationToken cancel)
    {
        yield = yields is null ? Ntk.Zero : yields.Now(cancel);
        energy = settings.EnergyPerHour(time.GetLocalNow());
        floor.Know(yield, energy, cuPerHour);
        device.Pays = yields is not null && floor.Pays;
        Look();
        for (var step = device.Next(); step != SwitchStep.None; step = device.Next())
        {
            Do(step);
        }
    }

    // What became of the miner since.
    private void Look()
    {
        if (device.Leaving is { } leaving)
        {
            if (!miner.IsAlive)
            {
                device.Ended();
            }
            else if (device.IsSuspending && miner.IsStopped)
            {
                device.Suspended();
            }
            else if (device.IsSuspending)
            {
                miner.Suspend(); // It may have begun another process meanwhile.
            }
            else if (leaving > settings.Miner!.Grace)
            {
                miner.Kill();
            }
        }
        else if (device.HasMiner && !miner.IsAlive)
        {
            Fails($"The miner ended by itself; see {miner.LogPath}.");
            device.Ended();
        }
    }

    private void Do(SwitchStep step)
    {
        switch (step)
        {
            case SwitchStep.Grant:
                away ??= time.GetTimestamp();
                worker?.Tell("yours");
                break;
            case SwitchStep.StartMiner:
                try
                {
                    Back();
                    miner.Start();
                    log($"The miner starts (process {miner.Id}).");
                }
                catch (Exception cannot) when (cannot is System.ComponentModel.Win32Exception or IOException or UnauthorizedAccessException)
                {
                    Fails($"The miner cannot be started: {cannot.Message}");
                    device.Ended();
                }

                break;
            case SwitchStep.ResumeMiner:
                Back();
                miner.Resume();
                log("The miner goes on.");
                break;
            case SwitchStep.StopMiner:
                log(device.Pays ? "The miner makes room for work." : "Mining does not pay its energy: the miner stops.");
                miner.Stop();
                break;
            case SwitchStep.SuspendMiner:
                log(device.Pays ? "The miner makes room for work." : "Mining does not pay its energy: the miner stands still.");
                miner.Suspend();
                break;
        }
    }

    // From work to mining.
    private void Back()
    {
        if (away is { } began)
        {
            floor.Worked(time.GetElapsedTime(began));
            away = null;
        }
    }

    private void Tell()
    {
        var order = floor.Filed is { } atLeast && device.MayClaim ? $"claim {atLeast}" : "wait";
        if (worker is not null && order != told)
        {
            worker.Tell(told = order);
        }

        var state = device.Owner switch { DeviceOwner.Worker => "busy", DeviceOwner.Nobody => "idle", _ => device.IsWarmingUp ? "warming" : "mining" };
        Note(() => periods.Is(state, yields is null ? null : yield));
        Note(() => Write(yields is null ? "none" : device.Describe()));
    }

    // A full disk must not take the device from both.
    private void Note(Action write)
    {
        try
        {
            write();
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            if (lastError?.Text != full.Message)
            {
                Fails(full.Message);
            }
        }
    }

    private void Write(string what)
    {
        var next = new SupervisorStatus(
            ProcessMark.Own.Id, ProcessMark.Own.Start, since, what, device.HasMiner ? miner.Id : null, yields is null ? null : yield, energy, floor.Filed, starts, lastError?.Text, lastError?.At);
        if (next != status)
        {
            StatusFile.Write(Path.Combine(folder, SupervisorStatus.FileName), status = next);
        }
    }

    private async Task StopAsync()
    {
        if (worker is not null)
        {
            await worker.EndAsync(PatienceForWorker, time);
            Hear();
        }

        Note(periods.Close);
        if (device.HasMiner && !await miner.EndAsync(time))
        {
            Fails(CannotEnd().Message);
            return;
        }

        device.Ended();
        Note(() => Write(yields is null ? "none" : "stopped"));
    }

    private void Fails(string text)
    {
        lastError = (text, time.GetUtcNow());
        log(text);
    }

    private static TimeSpan Next(TimeSpan backOff) => TimeSpan.FromSeconds(Math.Min(LongestBackOff.TotalSeconds, Math.Max(1, backOff.TotalSeconds * 2)));
}
