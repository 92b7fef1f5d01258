using System.Text.Json;
using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Node.Work;

/// <summary>What a worker does, for whoever asks from outside; it stays there when the worker dies.</summary>
/// <param name="Process">Of the worker.</param>
/// <param name="ProcessStart">With <paramref name="Process"/> tells whether it still runs.</param>
/// <param name="Floor">As filed, NTK per CU.</param>
/// <param name="Shards">Delivered since it started.</param>
public sealed record WorkerStatus(
    int Process, long ProcessStart, DateTimeOffset Since, string Platform, string Name, string Connection, Ntk? Floor, CurrentShard? Shard, int Shards, string? LastError, DateTimeOffset? LastErrorAt)
{
    internal const string FileName = "worker.json";

    /// <summary>Whether its work can reach the network, and why.</summary>
    public string? Network { get; init; }

    public bool IsRunning => new Mining.ProcessMark(Process, ProcessStart).IsAlive;

    public static WorkerStatus? Read(string folder) => StatusFile.Read<WorkerStatus>(Path.Combine(folder, FileName));
}

/// <summary>The shard in hand.</summary>
public sealed record CurrentShard(Guid Job, int Shard, string Kind, Ntk Pay, DateTimeOffset Since);

/// <summary>What the supervisor of a node does.</summary>
/// <param name="Miner">mining, warming up, stopping, stopped, suspended, working, waiting or none.</param>
/// <param name="Yield">NTK per hour; null when unknown.</param>
/// <param name="Energy">NTK per hour.</param>
/// <param name="Floor">What mining and energy ask for, NTK per CU; null when unknown.</param>
public sealed record SupervisorStatus(int Process, long ProcessStart, DateTimeOffset Since, string Miner, int? MinerProcess, Ntk? Yield, Ntk Energy, Ntk? Floor, int WorkerStarts, string? LastError, DateTimeOffset? LastErrorAt)
{
    internal const string FileName = "supervisor.json";

    public bool IsRunning => new Mining.ProcessMark(Process, ProcessStart).IsAlive;

    public static SupervisorStatus? Read(string folder) => StatusFile.Read<SupervisorStatus>(Path.Combine(folder, FileName));
}

internal static class StatusFile
{
    public static T? Read<T>(string path)
        where T : class
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<T>(File.ReadAllText(path), NeuroJson.Options) : null;
        }
        catch (Exception broken) when (broken is JsonException or IOException)
        {
            return null;
        }
    }

    public static void Write<T>(string path, T status) => DataFolder.WriteSecret(path, JsonSerializer.Serialize(status, NeuroJson.Options));
}
