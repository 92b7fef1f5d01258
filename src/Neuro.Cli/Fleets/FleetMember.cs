using System.Diagnostics;
using System.Text.Json;
using Neuro.Cli.Embedding;
using Neuro.Client.Api;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;
using Neuro.Node.Benchmark;
using Neuro.Node.Mining;
using Neuro.Node.Settings;
using Neuro.Node.Work;

namespace Neuro.Cli.Fleets;

/// <summary>A node of a fleet: a real <c>neuro node run</c> in a process of its own, over a folder of its own.</summary>
public sealed class FleetMember
{
    private const int CuSeconds = 3600;
    private static readonly TimeSpan PatienceAtStop = TimeSpan.FromSeconds(15);

    private readonly TaskCompletionSource joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process process = null!;
    private string lastLine = "";

    private FleetMember(Rig rig, string folder, string nodeId, double cuPerSecond) => (Rig, Folder, NodeId, CuPerSecond) = (rig, folder, nodeId, cuPerSecond);

    public Rig Rig { get; }

    public string Name => Rig.Name;

    /// <summary>The node's, with its key, settings and history.</summary>
    public string Folder { get; }

    public string NodeId { get; }

    /// <summary>As filed.</summary>
    public double CuPerSecond { get; }

    public bool WasKilled { get; private set; }

    /// <summary>What the worker wrote down last.</summary>
    public WorkerStatus? Worker => WorkerStatus.Read(Folder);

    /// <summary>What its miner does; null without one.</summary>
    public string? Miner => Rig.MiningPerCu is null ? null : SupervisorStatus.Read(Folder)?.Miner;

    /// <summary>What the device did when, of a node with a miner; whole once it has stopped.</summary>
    public IReadOnlyList<Period> Periods => [.. PeriodLog.Read(Folder)];

    /// <summary>Gives a new node its key, its share of what was measured, and its miner; and starts it.</summary>
    internal static FleetMember Start(Rig rig, string folder, Capacity capacity, Uri platform, string ownerKey, Action<string> log)
    {
        Directory.CreateDirectory(folder);
        var key = Ed25519.NewKey();
        DataFolder.WriteSecret(Path.Combine(folder, "node.key"), Convert.ToBase64String(key));
        var now = DateTimeOffset.UtcNow.ToMillisecond();
        var measured = new Client.Nodes.Benchmark(now, typeof(CapacityBenchmark).Module.ModuleVersionId.ToString(), capacity, 0, 0, null, null, "").Signed(key);
        File.WriteAllText(Path.Combine(folder, "capacity.json"), JsonSerializer.Serialize(measured, NeuroJson.Options));
        if (rig.MiningPerCu is { } mining)
        {
            File.WriteAllText(Path.Combine(folder, NodeSettings.FileName), Settings(mining.Times((decimal)capacity.RenderCuPerSecond * CuSeconds)));
        }

        string[] arguments = ["run", "--platform", platform.ToString(), "--folder", folder, "--name", rig.Name, "--floor", rig.Floor.ToString()];
        var member = new FleetMember(rig, folder, Ed25519.PublicKey(key), capacity.RenderCuPerSecond);
        member.process = NodeProcess.Start(
            arguments, ownerKey,
            line =>
            {
                member.Hear(line);
                log($"{rig.Name}: {line}");
            },
            () => member.joined.TrySetException(new NeuroException("fleet.node_ended", $"The node {rig.Name} ended before it had joined: {member.lastLine}")));
        return member;
    }

    /// <exception cref="NeuroException"><c>fleet.node_ended</c></exception>
    internal Task JoinedAsync(CancellationToken cancel) => joined.Task.WaitAsync(cancel);

    /// <summary>SIGKILL: it says goodbye to nobody.</summary>
    public void Kill()
    {
        WasKilled = true;
        process.Kill();
    }

    /// <summary>Ends it, and its miner, as Ctrl-C does.</summary>
    internal async Task StopAsync()
    {
        using (process)
        {
            await NodeProcess.StopAsync(process, PatienceAtStop);
        }
    }

    // A loop that takes no power: what a miner earns is said, not made.
    private static string Settings(Ntk yieldPerHour) => JsonSerializer.Serialize(new
    {
        miner = new { command = new[] { "sh", "-c", "while :; do sleep 0.5; done" }, yield = yieldPerHour.ToString(), warmUpSeconds = 1, dwellSeconds = 0, graceSeconds = 2 },
    });

    private void Hear(string line)
    {
        lastLine = line;
        if (line.StartsWith(Neuro.Node.Work.Worker.JoinedLine, StringComparison.Ordinal))
        {
            joined.TrySetResult();
        }
    }
}
