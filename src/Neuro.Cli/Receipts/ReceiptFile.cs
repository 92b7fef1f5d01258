using System.Text.Json;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;

namespace Neuro.Cli.Receipts;

/// <summary>A file of receipts, which may come from a stranger: a <see cref="ReceiptBundle"/>, or a receipt or a list of them as the API gives them.</summary>
/// <param name="Platform">Null where only receipts are in the file.</param>
/// <param name="PublicKey">Null where only receipts are in the file.</param>
internal sealed record ReceiptFile(Uri? Platform, string? PublicKey, DatasetManifest? Dataset, IReadOnlyList<Receipt> Receipts)
{
    // A receipt has under a kilobyte.
    private const long MostBytes = 1L << 30;

    private static readonly JsonSerializerOptions Strict = new(NeuroJson.Options) { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    /// <exception cref="NeuroException"><c>receipt.too_large</c>, <c>receipt.not_readable</c>, <c>receipt.none</c>.</exception>
    public static ReceiptFile Read(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length > MostBytes)
        {
            throw new NeuroException("receipt.too_large", $"{path} has {file.Length:N0} bytes; a file of receipts has at most {MostBytes:N0}.");
        }

        try
        {
            using var document = JsonDocument.Parse(file, new JsonDocumentOptions { MaxDepth = NeuroJson.Options.MaxDepth });
            var read = Read(document.RootElement);
            return read.Receipts.Count > 0 && read.Receipts.All(receipt => receipt is not null)
                ? read
                : throw new NeuroException("receipt.none", $"{path} holds no receipts. {HowToWrite(path)}");
        }
        catch (Exception wrong) when (wrong is JsonException or FormatException or OverflowException or NotSupportedException or InvalidOperationException)
        {
            throw new NeuroException("receipt.not_readable", $"{path} is no file of receipts ({wrong.Message.ReplaceLineEndings(" ").TrimEnd('.')}). {HowToWrite(path)}", wrong);
        }
    }

    private static string HowToWrite(string path) => $"`neuro receipts JOB --out {Path.GetFileName(path)}` writes one.";

    private static ReceiptFile Read(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Array)
        {
            return new(null, null, null, root.Deserialize<IReadOnlyList<Receipt>>(Strict)!);
        }

        if (!root.TryGetProperty("receipts", out _))
        {
            return new(null, null, null, [root.Deserialize<Receipt>(Strict)!]);
        }

        var bundle = root.Deserialize<ReceiptBundle>(Strict)!;
        return new(bundle.Platform, bundle.PublicKey, bundle.Dataset, bundle.Receipts);
    }
}
