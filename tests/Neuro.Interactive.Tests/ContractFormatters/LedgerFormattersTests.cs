using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Tests.ContractFormatters;

public sealed class LedgerFormattersTests
{
    [Fact]
    public void Balance_ShowsAvailableHeldAndTotal() => Shown.Matches(Samples.Balance);

    [Fact]
    public void Balances_AreOneTable() => Shown.Matches(new[] { Samples.Balance, Samples.Balance with { Account = "Bo", Held = Samples.Ntk("0") } });

    [Fact]
    public void Lines_AreOneTableAsGiven() => Shown.Matches(Samples.Ledger);

    [Fact]
    public void Line_ShowsEveryField() => Shown.Matches(Samples.Ledger[1]);

    [Fact]
    public void Proof_OfRightBooks_SaysSo() => Shown.Matches(Samples.Proof);

    [Fact]
    public void Proof_OfWrongBooks_ListsTheFaults() => Shown.Matches(Samples.BrokenProof);

    [Fact]
    public void Purchase_ShowsAmountAndCost() => Shown.Matches(Samples.Purchase);

    [Fact]
    public void Purchases_AreOneTable() => Shown.Matches(new[] { Samples.Purchase, Samples.Purchase with { Amount = Samples.Ntk("2.5"), Cost = 0.25m } });

    [Theory]
    [InlineData("0", "0")]
    [InlineData("1000", "1,000")]
    [InlineData("537.5", "537.50")]
    [InlineData("671.598125", "671.60")]
    [InlineData("0.004999999", "< 0.01")]
    [InlineData("-671.598125", "−671.60")]
    public void Rounded_AnyAmount_HasAtMostTwoDecimals(string amount, string shown) => Wording.Rounded(Samples.Ntk(amount)).ShouldBe(shown);

    [Fact]
    public void Digits_WithMoreDecimals_PadsToThem() => Wording.Digits(Samples.Ntk("-1234.5"), 3).ShouldBe("−1,234.500");
}
