using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Node.Mining;

/// <summary>What the device did for a while, all at one yield.</summary>
/// <param name="End">When it ended; it lasted for <paramref name="Seconds"/>.</param>
/// <param name="State">busy, mining, warming (the miner runs and does not earn yet), or idle.</param>
/// <param name="Yield">What an hour of mining would have paid meanwhile; null when unknown.</param>
/// <param name="Delivered">Promised for the work delivered meanwhile; the platform's ledger says what was paid.</param>
public sealed record Period(DateTimeOffset End, double Seconds, string State, Ntk? Yield, Ntk Delivered)
{
    /// <summary>What mining would have paid, or did.</summary>
    [JsonIgnore]
    public Ntk Mined => Yield is { } yield ? new((long)(yield.Nano * (decimal)Seconds / 3600)) : Ntk.Zero;
}

/// <summary>The device's times, a line each in <c>periods.jsonl</c>; lines are added and never changed.</summary>
public sealed class PeriodLog
{
    private const string FileName = "periods.jsonl";

    // A supervisor that is killed loses no more than this of what it did not write yet.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private readonly string path;
    private readonly TimeProvider time;
    private string? state;
    private Ntk? yield;
    private Ntk delivered;
    private long since;

    internal PeriodLog(string folder, TimeProvider time)
    {
        path = Path.Combine(folder, FileName);
        this.time = time;
    }

    /// <summary>All periods of a node, the oldest first. What is no line of this log, as one cut off by a power cut, is left out.</summary>
    public static IEnumerable<Period> Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        foreach (var line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            Period? period = null;
            try
            {
                period = JsonSerializer.Deserialize<Period>(line, NeuroJson.Options);
            }
            catch (JsonException)
            {
            }

            if (period is { Seconds: >= 0 and < 1e9, State: not null })
            {
                yield return period;
            }
        }
    }

    /// <summary>Tells what the device does now, and at which yield.</summary>
    internal void Is(string next, Ntk? perHour)
    {
        if (next == state && perHour == yield && time.GetElapsedTime(since) < Longest)
        {
            return;
        }

        Close();
        (state, yield, since) = (next, perHour, time.GetTimestamp());
    }

    internal void Delivered(Ntk pay) => delivered += pay;

    /// <summary>Writes down what is not written yet.</summary>
    internal void Close()
    {
        if (state is null)
        {
            return;
        }

        var period = new Period(time.GetUtcNow(), Math.Round(time.GetElapsedTime(since).TotalSeconds, 3), state, yield, delivered);
        (state, delivered) = (null, Ntk.Zero);
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        file.Seek(-Math.Min(1, file.Length), SeekOrigin.End);
        var torn = file.Length > 0 && file.ReadByte() != '\n';
        file.Write(Encoding.UTF8.GetBytes($"{(torn ? "\n" : "")}{JsonSerializer.Serialize(period, NeuroJson.Options)}\n"));
    }
}
