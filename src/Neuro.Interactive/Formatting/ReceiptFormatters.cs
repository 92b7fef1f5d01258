using System.Globalization;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Tokens;

namespace Neuro.Interactive.Formatting;

/// <summary>Receipts together with the key that says whether the platform signed them.</summary>
/// <param name="PlatformKey">The platform's ed25519 public key, base64 (<c>PlatformInfo.PublicKey</c>).</param>
[TypeFormatterSource(typeof(CheckedReceiptsFormatters))]
public sealed record CheckedReceipts(IReadOnlyList<Receipt> Receipts, string PlatformKey)
{
    /// <summary>True when both signatures of every receipt hold.</summary>
    public bool AllHold => Receipts.All(receipt => receipt.Verify(PlatformKey));
}

internal sealed class ReceiptFormatters : FormatterSource<Receipt>
{
    protected override string ToText(Receipt receipt) => ReceiptTable.Of([receipt], null).ToText();

    protected override Html ToHtml(Receipt receipt) => ReceiptTable.Of([receipt], null).ToHtml();

    protected override string? ToText(IReadOnlyList<Receipt> receipts) => ReceiptTable.Of(receipts, null).ToText();

    protected override Html? ToHtml(IReadOnlyList<Receipt> receipts) => ReceiptTable.Of(receipts, null).ToHtml();
}

internal sealed class CheckedReceiptsFormatters : FormatterSource<CheckedReceipts>
{
    protected override string ToText(CheckedReceipts value) => $"{ReceiptTable.Of(value.Receipts, value.PlatformKey).ToText()}\n{Verdict(value)}";

    protected override Html ToHtml(CheckedReceipts value) => HtmlParts.Card(
        "Receipts, checked",
        Html.Of($"<p style=\"margin:.3em 0\">{(value.AllHold ? Html.Of($"<strong>{Verdict(value)}</strong>") : CardParts.Bad(Verdict(value)))}</p>"),
        ReceiptTable.Of(value.Receipts, value.PlatformKey).ToHtml());

    private static string Verdict(CheckedReceipts value)
    {
        var holding = value.Receipts.Count(receipt => receipt.Verify(value.PlatformKey));
        var sum = value.Receipts.Aggregate(Ntk.Zero, (total, receipt) => total + receipt.Price);
        return value.AllHold
            ? $"✓ Both signatures hold on {Wording.Count(value.Receipts.Count, "receipt")}; together {Wording.Amount(sum)}."
            : $"✗ Both signatures hold on only {holding} of {Wording.Count(value.Receipts.Count, "receipt")}; together they say {Wording.Amount(sum)}.";
    }
}

/// <summary>Receipts a row each. The node's signature can always be checked, since its id is its key; the platform's only where its key is known.</summary>
internal static class ReceiptTable
{
    public static ListTable<Receipt> Of(IReadOnlyList<Receipt> receipts, string? platformKey) => new ListTable<Receipt>("Receipts", receipts)
        .Number("shard", receipt => receipt.Shard.ToString(CultureInfo.InvariantCulture), receipt => Html.Of($"<span title=\"job {receipt.JobId}\">{receipt.Shard}</span>"))
        .Words("kind", receipt => receipt.Kind)
        .Words("recipe", receipt => Wording.Short(receipt.RecipeHash), receipt => Wording.Code(receipt.RecipeHash))
        .Words("node", receipt => Wording.Short(receipt.NodeId), receipt => Wording.Code(receipt.NodeId))
        .Words("output", receipt => string.Join(' ', receipt.Outputs.Select(Wording.Short)), receipt => Html.Join(receipt.Outputs.Select(Wording.Code), " "))
        .Amounts("price, NTK", receipt => receipt.Price)
        .Amounts("fee, NTK", receipt => receipt.Fee)
        .Words("checked by", receipt => receipt.Verification)
        .Moments("when", receipt => receipt.At)
        .Words("signatures", receipt => $"{NodeSignature(receipt)}, {PlatformSignature(receipt, platformKey)}", receipt => Html.Of($"<span style=\"white-space:nowrap\">{Mark(NodeSignature(receipt))}<br>{Mark(PlatformSignature(receipt, platformKey))}</span>"));

    private static string NodeSignature(Receipt receipt) =>
        Said("node's", Ed25519.Verify(receipt.NodeId, Receipt.WorkBytes(receipt.JobId, receipt.Shard, receipt.Outputs), receipt.NodeSignature));

    private static string PlatformSignature(Receipt receipt, string? key) =>
        key is null ? "platform's not checked" : Said("platform's", Ed25519.Verify(key, receipt.SignedBytes(), receipt.Signature));

    private static string Said(string whose, bool holds) => holds ? $"✓ {whose}" : $"✗ {whose} is false";

    private static Html Mark(string said) => said[0] switch
    {
        '✓' => Html.Text(said),
        '✗' => CardParts.Bad(said),
        _ => Html.Of($"<span class=\"neuro-quiet\" title=\"#!neuro-receipts knows the platform's key\">{said}</span>"),
    };
}
