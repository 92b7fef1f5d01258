using System.Text.Json;
using Neuro.Client.Api;
using Neuro.Client.Data;

namespace Neuro.Client.Jobs;

/// <summary>A job's receipts with what it takes to check them without the platform: <c>neuro verify</c> reads the file.</summary>
/// <remarks>
/// Signatures hold whatever else is in the file. The recipe is bound to them by its hash; seed and range of a shard are in its tar, whose hash is signed. That the key is the
/// platform's, a file cannot prove: compare it with one that you had from elsewhere.
/// </remarks>
/// <param name="Platform">Where the receipts came from.</param>
/// <param name="PublicKey">The ed25519 key by which that platform signs, base64.</param>
/// <param name="Dataset">What was made, with recipe and seed; null for a job that made no dataset.</param>
public sealed record ReceiptBundle(Uri Platform, string PublicKey, IReadOnlyList<Receipt> Receipts, DatasetManifest? Dataset = null)
{
    private static readonly JsonSerializerOptions Readable = new(NeuroJson.Options) { WriteIndented = true };

    public string ToJson() => JsonSerializer.Serialize(this, Readable);
}
