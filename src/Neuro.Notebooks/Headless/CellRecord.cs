using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Neuro.Notebooks.Documents;

namespace Neuro.Notebooks.Headless;

/// <summary>What a run leaves in a cell's metadata, under <c>neuro</c>, when the cell has run through.</summary>
/// <param name="Key">SHA-256 of the cell's code and of all code before it, parameters included.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Values">Of a cell that may be skipped: the variables to bring back, by name.</param>
/// <param name="Again">Why a cell tagged to be skipped cannot be.</param>
public sealed record CellRecord(string Key, double Seconds, JsonObject? Values = null, string? Again = null)
{
    private const string Name = "neuro";

    /// <summary>The key of the next cell, from the one before; the first follows on an empty text.</summary>
    internal static string KeyAfter(string key, string source) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{key}\n{source}")));

    /// <summary>Null where no run left one, or what stands there is not one of ours.</summary>
    public static CellRecord? Of(NotebookCell cell) => cell.Node["metadata"]?[Name] is JsonObject record && Text(record["key"]) is { } key
        ? new(key, record["seconds"] is JsonValue seconds && seconds.TryGetValue<double>(out var taken) ? taken : 0, record["values"] as JsonObject, Text(record["again"]))
        : null;

    internal static void Clear(NotebookCell cell) => (cell.Node["metadata"] as JsonObject)?.Remove(Name);

    internal void Write(NotebookCell cell)
    {
        var record = new JsonObject { ["key"] = Key, ["seconds"] = Math.Round(Seconds, 3) };
        if (Values is not null)
        {
            record["values"] = Values.DeepClone();
        }

        if (Again is not null)
        {
            record["again"] = Again;
        }

        cell.Metadata[Name] = record;
    }

    private static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;
}
