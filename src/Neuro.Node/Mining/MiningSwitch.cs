using Neuro.Node.Settings;

namespace Neuro.Node.Mining;

/// <summary>Who has the device.</summary>
internal enum DeviceOwner
{
    Nobody,
    Miner,
    Worker,
}

/// <summary>What is to be done next.</summary>
internal enum SwitchStep
{
    None,

    /// <summary>Tell the worker that the device is its own.</summary>
    Grant,
    StartMiner,
    ResumeMiner,
    StopMiner,
    SuspendMiner,
}

/// <summary>Decides who has the device, miner or worker: never both, and while mining pays never neither for longer than the warm-up.</summary>
/// <remarks>
/// A machine without processes: it is told what happened and says what to do, so that every order of events can be tried.
/// The worker gets the device only after the miner was seen to be gone or stopped. After work the miner waits a little for the next task, and no longer than its
/// warm-up: who waits at most as long as a restart costs loses at most twice what a clairvoyant would (the ski-rental argument).
/// </remarks>
internal sealed class MiningSwitch(MinerSettings settings, TimeProvider time)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private enum Phase
    {
        Off,
        Running,
        Stopping,
        Suspending,
        Suspended,
    }

    private Phase phase;
    private bool wanted;
    private bool working;
    private bool adopted;
    private int crashes;
    private long phaseSince = time.GetTimestamp();
    private TimeSpan pause;

    /// <summary>The longest time for which nobody has the device while mining pays: the warm-up, and a second where there is none.</summary>
    public TimeSpan Patience => settings.WarmUp > Second ? settings.WarmUp : Second;

    /// <summary>Whether mining is worth its energy.</summary>
    public bool Pays { get; set; } = true;

    public DeviceOwner Owner => working ? DeviceOwner.Worker : phase is Phase.Off or Phase.Suspended ? DeviceOwner.Nobody : DeviceOwner.Miner;

    /// <summary>Whether there are processes of the miner, running or stopped.</summary>
    public bool HasMiner => phase != Phase.Off;

    /// <summary>The miner runs and does not earn yet.</summary>
    public bool IsWarmingUp => phase == Phase.Running && !adopted && Elapsed < settings.WarmUp;

    /// <summary>The miner was told to leave, and when.</summary>
    public TimeSpan? Leaving => phase is Phase.Stopping or Phase.Suspending ? Elapsed : null;

    public bool IsSuspending => phase == Phase.Suspending;

    /// <summary>Whether the worker may ask for work: not before the miner has had its least time.</summary>
    public bool MayClaim => phase != Phase.Running || Elapsed >= settings.Dwell || !Pays;

    /// <summary>In a word or two, for people.</summary>
    public string Describe() => phase switch
    {
        Phase.Running => IsWarmingUp ? "warming up" : "mining",
        Phase.Stopping or Phase.Suspending => "making room",
        Phase.Suspended => "suspended",
        _ => Pays || working ? "stopped" : "not worth its energy",
    };

    private TimeSpan Elapsed => time.GetElapsedTime(phaseSince);

    /// <summary>A miner of an earlier life is there.</summary>
    public void Adopt(bool suspended)
    {
        Enter(suspended ? Phase.Suspended : Phase.Running, TimeSpan.Zero);
        adopted = true;
    }

    /// <summary>The worker has a task and waits for the device.</summary>
    public void Want() => wanted = !working;

    /// <summary>The worker has put its task down, or died.</summary>
    public void Free()
    {
        if (working)
        {
            (phaseSince, pause) = (time.GetTimestamp(), Linger);
        }

        (wanted, working) = (false, false);
    }

    /// <summary>The miner's processes are gone: told to, or by themselves.</summary>
    public void Ended()
    {
        if (phase == Phase.Suspended)
        {
            phase = Phase.Off; // Nobody's since it was suspended: that time goes on.
            return;
        }

        var crashed = phase != Phase.Stopping;
        crashes = !crashed || Elapsed > settings.WarmUp + TimeSpan.FromMinutes(1) ? 0 : crashes + 1;
        var backOff = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(crashes, 12)) / 2);
        Enter(Phase.Off, crashed ? (backOff < Patience ? backOff : Patience) : Linger);
    }

    /// <summary>All of the miner's processes are stopped.</summary>
    public void Suspended() => Enter(Phase.Suspended, Linger);

    /// <summary>The next thing to do; it counts as done. Ask until there is none.</summary>
    public SwitchStep Next()
    {
        if (wanted || !Pays)
        {
            if (phase == Phase.Running)
            {
                var suspend = settings.Stop == MinerStop.Suspend;
                Enter(suspend ? Phase.Suspending : Phase.Stopping, TimeSpan.Zero);
                return suspend ? SwitchStep.SuspendMiner : SwitchStep.StopMiner;
            }

            if (wanted && phase is (Phase.Off or Phase.Suspended))
            {
                (wanted, working) = (false, true);
                return SwitchStep.Grant;
            }

            return SwitchStep.None;
        }

        if (working || phase is not (Phase.Off or Phase.Suspended) || Elapsed < pause)
        {
            return SwitchStep.None;
        }

        var step = phase == Phase.Off ? SwitchStep.StartMiner : SwitchStep.ResumeMiner;
        Enter(Phase.Running, TimeSpan.Zero);
        return step;
    }

    private TimeSpan Linger => settings.Dwell < Patience ? settings.Dwell : Patience;

    private void Enter(Phase next, TimeSpan waits) => (phase, phaseSince, pause, adopted) = (next, time.GetTimestamp(), waits, false);
}
