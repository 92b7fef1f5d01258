using System.Text.Json;
using System.Text.Json.Serialization;
using Neuro.Client.Api;
using Neuro.Client.Models;
using Neuro.Client.Nodes;
using Neuro.Node.Work;

namespace Neuro.Node.Sandbox;

/// <summary>A line to the process that does the work.</summary>
/// <param name="Scratch">The folder it works in.</param>
/// <param name="Lease">What to do; null to measure the machine.</param>
/// <param name="Inputs">Local paths of the lease's inputs, in order.</param>
internal sealed record WorkOrder(string Scratch, Lease? Lease, IReadOnlyList<string> Inputs)
{
    /// <summary>The other line: drop what you do.</summary>
    public const string Cancel = "cancel";
}

/// <summary>A line from the process that does the work: where it stands, or, with <see cref="IsLast"/>, how it ended.</summary>
internal sealed record WorkAnswer
{
    /// <summary>The code of work that was dropped as it was told.</summary>
    public const string Cancelled = "work.cancelled";

    public bool IsLast { get; init; }

    public double Fraction { get; init; }

    public IReadOnlyList<TrainingPoint> Points { get; init; } = [];

    public WorkResult? Result { get; init; }

    public Capacity? Capacity { get; init; }

    /// <summary>Of the error, in the words of <see cref="NeuroException"/>; null without one.</summary>
    public string? Code { get; init; }

    public string? Message { get; init; }
}

/// <summary>How orders and answers are written: as contracts are, on one line; a loss that is no number any more is told as it is.</summary>
internal static class WorkLine
{
    private static readonly JsonSerializerOptions Options = new(NeuroJson.Options) { NumberHandling = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.AllowNamedFloatingPointLiterals, MaxDepth = 64 };

    public static string Write<T>(T line) => JsonSerializer.Serialize(line, Options);

    public static T Read<T>(string line) => JsonSerializer.Deserialize<T>(line, Options)!;
}
