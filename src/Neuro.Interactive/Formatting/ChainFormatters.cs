using System.Globalization;
using Neuro.Client.Chain;

namespace Neuro.Interactive.Formatting;

/// <summary>How what concerns the chain is shown.</summary>
internal sealed class ChainFormatters
{
    public IEnumerable<object> CreateTypeFormatters() =>
    [
        .. new ChainInfoFormatters().CreateTypeFormatters(),
        .. new WalletFormatters().CreateTypeFormatters(),
        .. new DepositFormatters().CreateTypeFormatters(),
        .. new UnclaimedDepositFormatters().CreateTypeFormatters(),
        .. new WithdrawalFormatters().CreateTypeFormatters(),
        .. new LiabilitiesFormatters().CreateTypeFormatters(),
    ];

    public static string Ether(decimal eth) => eth.ToString("#,0.######", CultureInfo.InvariantCulture) + " ETH";

    /// <summary>The way of something to finality: what is behind it, where it is, what is before it.</summary>
    public static string Way(IReadOnlyList<string> steps, int at) => string.Join(" ─ ", steps.Select((step, i) => $"{(i < at ? '●' : i == at ? '◉' : '○')} {step}"));

    public static Html WayHtml(IReadOnlyList<string> steps, int at) => Html.Of(
        $"<ol aria-label=\"the way to finality\" style=\"display:flex;flex-wrap:wrap;gap:.2em 0;list-style:none;margin:.4em 0;padding:0\">{steps.Select((step, i) => StepHtml(step, i, at))}</ol>");

    private static Html StepHtml(string step, int i, int at)
    {
        var (mark, style) = i < at ? ("●", "") : i == at ? ("◉", "font-weight:600") : ("○", "opacity:.6");
        var line = i == 0 ? Html.Empty : Html.Of($"<span aria-hidden=\"true\" style=\"display:inline-block;width:2.2em;border-top:2px solid var(--n-line,#d5dae1);margin:0 .5em;vertical-align:middle\"></span>");
        var current = i == at ? Html.Of($" aria-current=\"step\"") : Html.Empty;
        return Html.Of($"<li{current} style=\"white-space:nowrap;{style}\">{line}<span aria-hidden=\"true\" style=\"color:var(--n-accent,#2563b8)\">{mark}</span> {step}</li>");
    }
}

internal sealed class ChainInfoFormatters : FormatterSource<ChainInfo>
{
    protected override string ToText(ChainInfo chain) => $"{Facts(chain).ToText()}\n{Backing(chain)}{(chain.Problem is { } problem ? $"\n✗ {problem}" : "")}";

    protected override Html ToHtml(ChainInfo chain) => HtmlParts.Card(
        "NTK on the chain",
        CardParts.Tiles(
            CardParts.Tile("in the vault", chain.InVault, "tokens behind the ledger"),
            CardParts.Tile("owed", chain.Owed, "to all accounts together"),
            CardParts.Tile("final", Wording.Count(chain.Finalized), $"of {Wording.Count(chain.Latest, "block")}")),
        Html.Of($"<p style=\"margin:.3em 0\">{(chain.InVault >= chain.Owed ? Html.Text(Backing(chain)) : CardParts.Bad(Backing(chain)))}</p>"),
        chain.Problem is { } problem ? Html.Of($"<p style=\"margin:.3em 0\">{CardParts.Bad(problem)}</p>") : Html.Empty,
        Facts(chain).ToHtml());

    private static string Backing(ChainInfo chain) => chain.InVault >= chain.Owed
        ? $"✓ The vault holds {Wording.Amount(chain.InVault)}; the ledger owes {Wording.Amount(chain.Owed)}."
        : $"✗ The vault holds {Wording.Amount(chain.InVault)}, less than the {Wording.Amount(chain.Owed)} that the ledger owes.";

    private static FactSheet Facts(ChainInfo chain) => new FactSheet("NTK on the chain")
        .Add("chain", chain.ChainId.ToString(CultureInfo.InvariantCulture))
        .Add("blocks", $"{Wording.Count(chain.Latest)} latest, {Wording.Count(chain.Safe)} safe, {Wording.Count(chain.Finalized)} final")
        .Add("heard of", chain.SeenAt is { } at ? Wording.Moment(at) : "never yet")
        .Add("token", chain.Token)
        .Add("vault", chain.Vault)
        .AddIf("sale", chain.Sale);
}

internal sealed class WalletFormatters : FormatterSource<Wallet>
{
    protected override string ToText(Wallet wallet) => wallet.Address is { } address
        ? $"Wallet {address}: {Has(wallet)}{(wallet.Since is { } since ? $", yours since {Wording.Moment(since)}" : "")}"
        : None;

    protected override Html ToHtml(Wallet wallet) => wallet.Address is { } address
        ? HtmlParts.Card(
            "Your wallet",
            wallet.Tokens is { } tokens && wallet.Eth is { } eth
                ? CardParts.Tiles(CardParts.Tile("NTK on the chain", tokens), CardParts.Tile("ether", ChainFormatters.Ether(eth), "for gas"))
                : Html.Of($"<p style=\"margin:.3em 0\">{CardParts.Bad(Has(wallet))}</p>"),
            Html.Of($"<p class=\"neuro-quiet\" style=\"margin:.2em 0;overflow-wrap:anywhere\"><code>{address}</code>{(wallet.Since is { } since ? $" · linked {Wording.Moment(since)}" : "")}</p>"))
        : HtmlParts.Card("Your wallet", Html.Of($"<p style=\"margin:.3em 0\">{None}</p>"));

    private const string None = "No wallet is linked to your account; #!neuro-wallet --link links this machine's.";

    private static string Has(Wallet wallet) => wallet.Tokens is { } tokens && wallet.Eth is { } eth ? $"{Wording.Amount(tokens)}, {ChainFormatters.Ether(eth)}" : "the chain cannot be asked what it has";
}

internal sealed class DepositFormatters : FormatterSource<Deposit>
{
    private static readonly string[] Steps = ["in a block", "safe", "final: on your ledger"];

    protected override string ToText(Deposit deposit) => IsGone(deposit)
        ? $"Deposit of {Wording.Amount(deposit.Amount)}: the chain took its block back"
        : $"Deposit of {Wording.Amount(deposit.Amount)}: {ChainFormatters.Way(Steps, At(deposit))} ({Wording.Count(deposit.Confirmations, "confirmation")})";

    protected override Html ToHtml(Deposit deposit) => HtmlParts.Card(
        "Deposit",
        CardParts.Tiles(CardParts.Tile("amount", deposit.Amount, deposit.CreditedAt is { } at ? $"on your ledger since {Wording.Moment(at)}" : "not on your ledger yet"), CardParts.Tile("confirmations", Wording.Count(deposit.Confirmations))),
        IsGone(deposit) ? Html.Of($"<p style=\"margin:.3em 0\">{CardParts.Bad("The chain took its block back; if the transaction comes into another block, it appears again.")}</p>") : ChainFormatters.WayHtml(Steps, At(deposit)),
        Html.Of($"<p class=\"neuro-quiet\" style=\"margin:.2em 0\">from {Wording.Code(deposit.From)} · transaction {Wording.Code(deposit.Transaction)} · block {deposit.Block}</p>"));

    protected override string? ToText(IReadOnlyList<Deposit> deposits) => Table(deposits).ToText();

    protected override Html? ToHtml(IReadOnlyList<Deposit> deposits) => Table(deposits).ToHtml();

    private static ListTable<Deposit> Table(IReadOnlyList<Deposit> deposits) => new ListTable<Deposit>("Deposits", deposits)
        .Moments("seen", deposit => deposit.SeenAt)
        .Amounts("NTK", deposit => deposit.Amount)
        .Words("status", deposit => deposit.Status, deposit => IsGone(deposit) ? CardParts.Bad(deposit.Status) : Html.Text(deposit.Status))
        .Number("confirmations", deposit => Wording.Count(deposit.Confirmations))
        .Words("from", deposit => Wording.Short(deposit.From), deposit => Wording.Code(deposit.From))
        .Words("transaction", deposit => Wording.Short(deposit.Transaction), deposit => Wording.Code(deposit.Transaction));

    private static bool IsGone(Deposit deposit) => deposit.Status == "gone";

    private static int At(Deposit deposit) => deposit.Status switch { "credited" => 2, "safe" => 1, _ => 0 };
}

internal sealed class UnclaimedDepositFormatters : TableSource<UnclaimedDeposit>
{
    protected override ListTable<UnclaimedDeposit> Table(IReadOnlyList<UnclaimedDeposit> deposits) => new ListTable<UnclaimedDeposit>("Unclaimed deposits", deposits)
        .Moments("final", deposit => deposit.CreditedAt)
        .Amounts("NTK", deposit => deposit.Amount)
        .Words("for", deposit => Wording.Short(deposit.Account), deposit => Wording.Code(deposit.Account))
        .Words("from", deposit => Wording.Short(deposit.From), deposit => Wording.Code(deposit.From))
        .Words("id", deposit => deposit.Id.ToString());
}

internal sealed class WithdrawalFormatters : FormatterSource<Withdrawal>
{
    private static readonly string[] Steps = ["held", "in a batch", "sent", "final: in the wallet"];

    protected override string ToText(Withdrawal withdrawal) => withdrawal.Status == "returned"
        ? $"Withdrawal of {Wording.Amount(withdrawal.Amount)} to {withdrawal.To}: yours again{Because(withdrawal)}"
        : $"Withdrawal of {Wording.Amount(withdrawal.Amount)} to {withdrawal.To}: {ChainFormatters.Way(StepsOf(withdrawal), At(withdrawal))}{Because(withdrawal)}";

    protected override Html ToHtml(Withdrawal withdrawal) => HtmlParts.Card(
        "Withdrawal",
        CardParts.Tiles(CardParts.Tile("amount", withdrawal.Amount, withdrawal.Status == "returned" ? "yours again" : "")),
        withdrawal.Status == "returned" ? Html.Empty : ChainFormatters.WayHtml(StepsOf(withdrawal), At(withdrawal)),
        withdrawal.Reason is { } reason ? Html.Of($"<p style=\"margin:.3em 0\">{reason}</p>") : Html.Empty,
        Html.Of($"<p class=\"neuro-quiet\" style=\"margin:.2em 0;overflow-wrap:anywhere\">to <code>{withdrawal.To}</code>{(withdrawal.Transaction is { } sent ? Html.Of($" · transaction {Wording.Code(sent)}") : Html.Empty)} · asked {Wording.Moment(withdrawal.At)}</p>"));

    protected override string? ToText(IReadOnlyList<Withdrawal> withdrawals) => Table(withdrawals).ToText();

    protected override Html? ToHtml(IReadOnlyList<Withdrawal> withdrawals) => Table(withdrawals).ToHtml();

    private static ListTable<Withdrawal> Table(IReadOnlyList<Withdrawal> withdrawals) => new ListTable<Withdrawal>("Withdrawals", withdrawals)
        .Moments("asked", withdrawal => withdrawal.At)
        .Amounts("NTK", withdrawal => withdrawal.Amount)
        .Words("status", withdrawal => withdrawal.Status)
        .Words("to", withdrawal => Wording.Short(withdrawal.To), withdrawal => Wording.Code(withdrawal.To))
        .Words("transaction", withdrawal => withdrawal.Transaction is { } sent ? Wording.Short(sent) : "–", withdrawal => withdrawal.Transaction is { } sent ? Wording.Code(sent) : Html.Text("–"))
        .Words("note", withdrawal => withdrawal.Reason ?? "");

    private static string[] StepsOf(Withdrawal withdrawal) =>
        withdrawal.ReleaseAt is { } at ? [Steps[0], Steps[1], $"queued until {Wording.Moment(at)}", Steps[3]] : Steps;

    private static int At(Withdrawal withdrawal) => withdrawal.Status switch { "paid" => 3, "sent" or "queued" => 2, "batched" => 1, _ => 0 };

    private static string Because(Withdrawal withdrawal) => withdrawal.Reason is { } reason ? $" ({reason.TrimEnd('.')})" : "";
}

internal sealed class LiabilitiesFormatters : TableSource<Client.Chain.Liabilities>
{
    protected override ListTable<Client.Chain.Liabilities> Table(IReadOnlyList<Client.Chain.Liabilities> statements) => new ListTable<Client.Chain.Liabilities>("What the platform says it owes", statements)
        .Number("epoch", statement => Wording.Count(statement.Epoch))
        .Moments("read", statement => statement.At)
        .Amounts("NTK", statement => statement.Sum)
        .Number("accounts", statement => Wording.Count(statement.Accounts))
        .Words("root", statement => Wording.Short(statement.Root), statement => Wording.Code(statement.Root))
        .Words("transaction", statement => statement.Transaction is { } sent ? Wording.Short(sent) : "not sent yet", statement => statement.Transaction is { } sent ? Wording.Code(sent) : Html.Text("not sent yet"));
}

internal sealed class SalePurchaseFormatters : FormatterSource<SalePurchase>
{
    protected override string ToText(SalePurchase purchase) =>
        $"Bought {Wording.Amount(purchase.Amount)} in the sale for {ChainFormatters.Ether(purchase.Eth)} (transaction {purchase.Transaction}); the wallet can fetch them from {Wording.Moment(purchase.ClaimFrom)} on";

    protected override Html ToHtml(SalePurchase purchase) => HtmlParts.Card(
        "Bought in the sale",
        CardParts.Tiles(CardParts.Tile("amount", purchase.Amount), CardParts.Tile("cost", ChainFormatters.Ether(purchase.Eth), "without gas")),
        Html.Of($"<p class=\"neuro-quiet\" style=\"margin:.2em 0\">the wallet can fetch them from {Wording.Moment(purchase.ClaimFrom)} on · transaction {Wording.Code(purchase.Transaction)}</p>"));
}

internal sealed class CheckedLiabilityFormatters : FormatterSource<CheckedLiability>
{
    protected override string ToText(CheckedLiability proof) => $"{Verdict(proof)}\n{Facts(proof).ToText()}";

    protected override Html ToHtml(CheckedLiability proof) => HtmlParts.Card(
        "Proof of what is owed to you",
        Html.Of($"<p style=\"margin:.3em 0\">{(proof.Holds ? Html.Of($"<strong>{Verdict(proof)}</strong>") : CardParts.Bad(Verdict(proof)))}</p>"),
        Facts(proof).ToHtml());

    private static string Verdict(CheckedLiability proof) => $"{(proof.Holds ? '✓' : '✗')} {proof.Reason}";

    private static FactSheet Facts(CheckedLiability proof) => new FactSheet("Statement")
        .Add("epoch", Wording.Count(proof.Statement.Epoch))
        .Add("owed in all", Wording.Amount(proof.Statement.Sum))
        .Add("root", proof.Statement.Root)
        .Add("in the vault", proof.RootOnChain ?? "not asked: no wallet of this machine is on the chain")
        .AddIf("kept in", proof.File);
}
