using Neuro.Client.Chain;
using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Tests.ContractFormatters;

public sealed class ChainFormattersTests
{
    internal const string Address = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
    internal const string Transaction = "0x6df4926f35cf2fb5a744468efa6b846b2cbee8d4a22e2c163daaa0854c1d4c91";
    private const string Root = "0xb86201d1e43814cff13cce3abb3bfb3bd9b4cdaa24a2a12981c31cbfe76b28c2";

    internal static readonly ChainInfo Chain = new(
        31337, "0x5FbDB2315678afecb367f032d93F642f64180aa3", "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512", "0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0", 1_234, 1_232, 1_230, Samples.Noon,
        Samples.Ntk("400000000"), Samples.Ntk("399990000.5"), null);

    internal static readonly Wallet Wallet = new(Address, Samples.Noon, Samples.Ntk("9987.5"), 99.998712m);

    internal static readonly Deposit Deposit = new(Samples.Id(50), Address, Samples.Ntk("12.5"), "safe", Transaction, 3, 1_231, Root, Samples.Noon, null, 4);

    internal static readonly Withdrawal Withdrawal = new(Samples.Id(51), Address, Samples.Ntk("5"), "sent", Transaction, null, Samples.Noon, null);

    internal static readonly Liabilities Statement = new(3, Root, Samples.Ntk("399990000.5"), Transaction, Samples.Noon, 42);

    [Fact]
    public void Chain_ThatIsBacked_SaysSo() => Shown.Matches(Chain);

    [Fact]
    public void Chain_WithTooLittleInTheVault_SaysSo() => Shown.Matches(Chain with { InVault = Samples.Ntk("1"), Sale = null, Problem = "The node cannot be believed: finalized is block 7; it was 9 before." });

    [Fact]
    public void Wallet_ThatIsLinked_ShowsWhatItHas() => Shown.Matches(Wallet);

    [Fact]
    public void Wallet_OfNobody_SaysHowToLinkOne() => Shown.Matches(new Wallet(null, null, null, null));

    [Fact]
    public void Deposit_OnItsWay_DrawsHowFarItIs() => Shown.Matches(Deposit);

    [Fact]
    public void Deposit_ThatTheChainTookBack_SaysSo() => Shown.Matches(Deposit with { Status = "gone", Confirmations = 0 });

    [Fact]
    public void Deposits_AreOneTable() => Shown.Matches(new[] { Deposit, Deposit with { Status = "credited", CreditedAt = Samples.Noon, Confirmations = 70 } });

    [Fact]
    public void Withdrawal_OnItsWay_DrawsHowFarItIs() => Shown.Matches(Withdrawal);

    [Fact]
    public void Withdrawal_ThatIsLarge_SaysUntilWhenItWaits() => Shown.Matches(Withdrawal with { Status = "queued", ReleaseAt = Samples.Noon.AddDays(2) });

    [Fact]
    public void Withdrawal_ThatCameBack_SaysWhy() => Shown.Matches(Withdrawal with { Status = "returned", Reason = "The guardian cancelled it." });

    [Fact]
    public void Withdrawals_AreOneTable() => Shown.Matches(new[] { Withdrawal, Withdrawal with { Status = "held", Transaction = null } });

    [Fact]
    public void Unclaimed_AreOneTable() => Shown.Matches(new[] { new UnclaimedDeposit(Samples.Id(52), Address, Root, Samples.Ntk("7"), Transaction, Samples.Noon) });

    [Fact]
    public void Statement_ShowsItsRoot() => Shown.Matches(Statement);

    [Fact]
    public void Proof_ThatHolds_SaysSo() => Shown.Matches(new CheckedLiability(Statement, $"{Root} (epoch 3)", true, "12500000000000000000 base units are in the total.", "proof.json"));

    [Fact]
    public void Proof_ThatDoesNotHold_SaysSo() => Shown.Matches(new CheckedLiability(Statement, null, false, "The path leads to another root.", null));

    [Fact]
    public void Purchase_InTheSale_SaysWhenTheTokensCanBeFetched() => Shown.Matches(new SalePurchase(Samples.Ntk("1150"), 1m, Transaction, Samples.Noon.AddDays(28)));
}
