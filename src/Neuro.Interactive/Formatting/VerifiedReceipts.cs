using Neuro.Client.Jobs;
using Neuro.Client.Tokens;

namespace Neuro.Interactive.Formatting;

/// <summary>Receipts that were checked without asking anybody.</summary>
/// <param name="Key">The platform's key that signatures were held against, base64.</param>
/// <param name="KeyWhy">Who vouches for it.</param>
/// <param name="Faults">What is wrong, a sentence each; empty when all that was asked holds.</param>
[TypeFormatterSource(typeof(VerifiedReceiptsFormatters))]
public sealed record VerifiedReceipts(IReadOnlyList<VerifiedReceipt> Receipts, string Key, string KeyWhy, IReadOnlyList<string> Faults);

/// <param name="Again">What came of making images again, one line; null where that was not asked for, or not possible.</param>
/// <param name="AgainHolds">Whether they were equal.</param>
public sealed record VerifiedReceipt(Receipt Receipt, bool NodeSigned, bool PlatformSigned, string? Again, bool AgainHolds);

internal sealed class VerifiedReceiptsFormatters : FormatterSource<VerifiedReceipts>
{
    protected override string ToText(VerifiedReceipts value) =>
        string.Join('\n', [Table(value).ToText(), $"platform's key {value.Key}, {value.KeyWhy}", .. value.Faults.Select(fault => $"  - {fault}"), Verdict(value)]);

    protected override Html ToHtml(VerifiedReceipts value) => HtmlParts.Card(
        "Receipts, verified",
        Html.Of($"<p style=\"margin:.3em 0\">{(value.Faults.Count == 0 ? Html.Of($"<strong>{Verdict(value)}</strong>") : CardParts.Bad(Verdict(value)))}</p>"),
        CardParts.Sentences(value.Faults),
        Table(value).ToHtml(),
        Html.Of($"<p class=\"neuro-quiet\" style=\"margin:.3em 0;overflow-wrap:anywhere\">platform's key {value.Key}, {value.KeyWhy}</p>"));

    private static string Verdict(VerifiedReceipts value) => value.Faults.Count == 0
        ? $"✓ All that was asked holds: {Wording.Count(value.Receipts.Count, "receipt")}."
        : $"✗ It does not hold: {Wording.Count(value.Faults.Count, "fault")} in {Wording.Count(value.Receipts.Count, "receipt")}.";

    private static ListTable<VerifiedReceipt> Table(VerifiedReceipts value) => new ListTable<VerifiedReceipt>("Receipts", value.Receipts)
        .Number("shard", one => Wording.Count(one.Receipt.Shard + 1L))
        .Words("kind", one => one.Receipt.Kind)
        .Words("node", one => Wording.Short(one.Receipt.NodeId), one => Wording.Code(one.Receipt.NodeId))
        .Words("output", one => string.Join(' ', one.Receipt.Outputs.Select(Wording.Short)), one => Html.Join(one.Receipt.Outputs.Select(Wording.Code), " "))
        .Amounts("price, NTK", one => Bounded(one.Receipt.Price))
        .Words("node's signature", one => Said(one.NodeSigned), one => Mark(one.NodeSigned))
        .Words("platform's", one => Said(one.PlatformSigned), one => Mark(one.PlatformSigned))
        .Words("made again", one => one.Again is null ? "not asked" : $"{(one.AgainHolds ? "✓" : "✗")} {one.Again}", one => one.Again is null
            ? Html.Of($"<span class=\"neuro-quiet\">not asked</span>")
            : one.AgainHolds ? Html.Text($"✓ {one.Again}") : CardParts.Bad($"✗ {one.Again}"));

    // A file may say anything; the smallest long has no positive twin.
    private static Ntk Bounded(Ntk price) => price.Nano == long.MinValue ? new(long.MinValue + 1) : price;

    private static string Said(bool holds) => holds ? "✓" : "✗ false";

    private static Html Mark(bool holds) => holds ? Html.Text("✓") : CardParts.Bad("✗ false");
}
