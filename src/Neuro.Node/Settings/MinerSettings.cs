using Neuro.Client.Tokens;

namespace Neuro.Node.Settings;

/// <summary>How a miner is made to leave the device.</summary>
public enum MinerStop
{
    /// <summary>SIGTERM, and SIGKILL after the grace.</summary>
    Terminate,

    /// <summary>SIGINT, and SIGKILL after the grace.</summary>
    Interrupt,

    /// <summary>SIGSTOP; it goes on with SIGCONT. It keeps its memory, that of the GPU too.</summary>
    Suspend,
}

/// <summary>The miner that this machine runs while the node has no work, and what it earns.</summary>
public sealed record MinerSettings
{
    /// <summary>Program and arguments; no shell reads them.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>What an hour of mining pays; null when <see cref="YieldCommand"/> tells.</summary>
    public Ntk? Yield { get; init; }

    /// <summary>Prints what an hour of mining pays now: one number of NTK.</summary>
    public IReadOnlyList<string>? YieldCommand { get; init; }

    /// <value>Five minutes between two runs of <see cref="YieldCommand"/>.</value>
    public TimeSpan YieldEvery { get; init; } = TimeSpan.FromMinutes(5);

    public MinerStop Stop { get; init; }

    /// <value>Ten seconds.</value>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From its start until it earns.</summary>
    /// <value>Thirty seconds.</value>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The least time for which it mines once begun, and how long the device waits for the next task after one; for the latter no longer than the warm-up.</summary>
    /// <value>Thirty seconds.</value>
    public TimeSpan Dwell { get; init; } = TimeSpan.FromSeconds(30);

    internal static MinerSettings Read(SettingsValue miner)
    {
        miner.Object("command", "yield", "stop", "graceSeconds", "warmUpSeconds", "dwellSeconds");
        var defaults = new MinerSettings { Command = [] };
        var settings = defaults with
        {
            Command = miner.Get("command").Command(),
            Stop = miner.Find("stop") is { } stop ? ReadStop(stop) : defaults.Stop,
            Grace = miner.Find("graceSeconds")?.Seconds(0, 15) ?? defaults.Grace,
            WarmUp = miner.Find("warmUpSeconds")?.Seconds(0, 3600) ?? defaults.WarmUp,
            Dwell = miner.Find("dwellSeconds")?.Seconds(0, 3600) ?? defaults.Dwell,
        };
        var yield = miner.Get("yield");
        if (yield.Json.ValueKind != System.Text.Json.JsonValueKind.Object)
        {
            return settings with { Yield = yield.Amount() };
        }

        yield.Object("command", "everySeconds");
        return settings with { YieldCommand = yield.Get("command").Command(), YieldEvery = yield.Find("everySeconds")?.Seconds(10, 86_400) ?? defaults.YieldEvery };
    }

    private static MinerStop ReadStop(SettingsValue stop) => stop.Text("SIGTERM, SIGINT or suspend") switch
    {
        "SIGTERM" => MinerStop.Terminate,
        "SIGINT" => MinerStop.Interrupt,
        "suspend" => MinerStop.Suspend,
        _ => throw stop.Expected("SIGTERM, SIGINT or suspend"),
    };
}
