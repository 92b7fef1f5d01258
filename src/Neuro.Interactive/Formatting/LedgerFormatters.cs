using System.Globalization;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Interactive.Formatting;

/// <summary>How NTK and where they went is shown.</summary>
internal sealed class LedgerFormatters
{
    public IEnumerable<object> CreateTypeFormatters() =>
    [
        .. new BalanceFormatters().CreateTypeFormatters(),
        .. new LedgerLineFormatters().CreateTypeFormatters(),
        .. new LedgerProofFormatters().CreateTypeFormatters(),
        .. new PurchaseFormatters().CreateTypeFormatters(),
    ];
}

internal sealed class BalanceFormatters : FormatterSource<Balance>
{
    protected override string ToText(Balance balance) =>
        $"Balance of {balance.Account}: {Wording.Amount(balance.Available)} available, {Wording.Amount(balance.Held)} held, {Wording.Amount(balance.Total)} in all";

    protected override Html ToHtml(Balance balance) => HtmlParts.Card($"Balance of {balance.Account}", CardParts.Tiles(
        CardParts.Tile("available", balance.Available, "free to use"),
        CardParts.Tile("held", balance.Held, "set aside for running jobs"),
        CardParts.Tile("in all", balance.Total)));

    protected override string? ToText(IReadOnlyList<Balance> balances) => Table(balances).ToText();

    protected override Html? ToHtml(IReadOnlyList<Balance> balances) => Table(balances).ToHtml();

    private static ListTable<Balance> Table(IReadOnlyList<Balance> balances) => new ListTable<Balance>("Balances in NTK", balances)
        .Words("account", balance => balance.Account)
        .Amounts("available", balance => balance.Available)
        .Amounts("held", balance => balance.Held)
        .Amounts("in all", balance => balance.Total);
}

internal sealed class LedgerLineFormatters : TableSource<LedgerLine>
{
    protected override ListTable<LedgerLine> Table(IReadOnlyList<LedgerLine> lines) => new ListTable<LedgerLine>("Ledger", lines)
        .Number("no.", line => line.Sequence.ToString(CultureInfo.InvariantCulture), line => Html.Of($"<span title=\"transfer {line.TransferId}\">{line.Sequence}</span>"))
        .Moments("when", line => line.At)
        .Words("kind", line => line.Kind)
        .Amounts("NTK", line => line.Amount, signed: true)
        .Words("other side", line => line.Counterparty)
        .Words("what for", line => line.Reference);
}

internal sealed class LedgerProofFormatters : FormatterSource<LedgerProof>
{
    protected override string ToText(LedgerProof proof) => string.Join('\n', [Table(proof).ToText(), Verdict(proof), .. proof.Faults.Select(fault => $"  - {fault}"), $"chain head {proof.Head}"]);

    protected override Html ToHtml(LedgerProof proof) => HtmlParts.Card(
        "Proof of the books",
        Html.Of($"<p style=\"margin:.3em 0\">{(IsRight(proof) ? Html.Of($"<strong>{Verdict(proof)}</strong>") : CardParts.Bad(Verdict(proof)))}</p>"),
        CardParts.Sentences(proof.Faults),
        Table(proof).ToHtml(),
        Html.Of($"<p style=\"margin:.3em 0;font-size:85%;overflow-wrap:anywhere\" title=\"note it: an audit from the same head on proves that nothing before it was changed\">chain head {proof.Head}</p>"));

    private static bool IsRight(LedgerProof proof) => proof.Sum == Ntk.Zero && proof.Faults.Count == 0;

    private static string Verdict(LedgerProof proof) => IsRight(proof)
        ? $"✓ The books are right: {Wording.Count(proof.Transfers, "transfer")} read again, and all accounts add up to 0."
        : $"✗ The books are wrong: {Wording.Count(proof.Transfers, "transfer")} read again, all accounts add up to {Wording.Amount(proof.Sum)}, {Wording.Count(proof.Faults.Count, "fault")}.";

    private static ListTable<KeyValuePair<string, Ntk>> Table(LedgerProof proof) =>
        new ListTable<KeyValuePair<string, Ntk>>("Sums by kind of account", [.. proof.Sums, KeyValuePair.Create("sum", proof.Sum)])
            .Words("accounts", sum => sum.Key)
            .Amounts("NTK", sum => sum.Value);
}

internal sealed class PurchaseFormatters : FormatterSource<Purchase>
{
    protected override string ToText(Purchase purchase) =>
        $"Bought {Wording.Amount(purchase.Amount)} for {Money(purchase.Cost, purchase)} ({Money(purchase.UnitPrice, purchase)} each), {Wording.Moment(purchase.At)}";

    protected override Html ToHtml(Purchase purchase) => HtmlParts.Card(
        "Bought from the treasury",
        CardParts.Tiles(
            CardParts.Tile("amount", purchase.Amount),
            CardParts.Tile("cost", Money(purchase.Cost, purchase), $"{Money(purchase.UnitPrice, purchase)} per NTK")),
        Html.Of($"<p class=\"neuro-quiet\" style=\"margin:.2em 0\">{Wording.Moment(purchase.At)} · purchase {Wording.Code(purchase.Id)}</p>"));

    protected override string? ToText(IReadOnlyList<Purchase> purchases) => Table(purchases).ToText();

    protected override Html? ToHtml(IReadOnlyList<Purchase> purchases) => Table(purchases).ToHtml();

    private static ListTable<Purchase> Table(IReadOnlyList<Purchase> purchases) => new ListTable<Purchase>("Purchases", purchases)
        .Moments("when", purchase => purchase.At)
        .Amounts("NTK", purchase => purchase.Amount)
        .Number("cost", purchase => Money(purchase.Cost, purchase));

    private static string Money(decimal amount, Purchase purchase) => string.Create(CultureInfo.InvariantCulture, $"{amount:#,0.00##} {purchase.Currency}");
}
