using System.Text.Json;

namespace Neuro.Chain.Tests.Vectors;

/// <summary>What ethers and viem made of the same input.</summary>
internal static class Vector
{
    private static readonly JsonDocument All = Read();

    /// <summary>Every vector of a kind: txs, personal, permit, abi, siwe.</summary>
    public static IReadOnlyList<JsonElement> Of(string kind) => [.. All.RootElement.GetProperty(kind).EnumerateArray()];

    public static string HighS => All.RootElement.GetProperty("highS").Text("sig");

    public static string Text(this JsonElement vector, string name) => vector.GetProperty(name).GetString()!;

    private static JsonDocument Read()
    {
        using var stream = typeof(Vector).Assembly.GetManifestResourceStream("eth-signing.json")!;
        return JsonDocument.Parse(stream);
    }
}
