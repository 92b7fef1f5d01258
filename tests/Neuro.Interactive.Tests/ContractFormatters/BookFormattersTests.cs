using Neuro.Client.Market;
using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Tests.ContractFormatters;

public sealed class BookFormattersTests
{
    [Fact]
    public void Book_ShowsDepthCandlesAndOwnOrders() => Shown.Matches(new BookView(Samples.Book, Samples.Depth, Samples.Candles, TimeSpan.FromHours(1), [Samples.Order]));

    [Fact]
    public void Book_ThatIsEmpty_SaysSo() =>
        Shown.Matches(new BookView(Samples.Book with { BestBid = null, BestAsk = null }, new Depth("CASH", [], []), [], TimeSpan.FromHours(1), [])).Text.ShouldContain("nobody bids, nobody asks");

    [Fact]
    public void Books_AreOneTable() => Shown.Matches(new[] { Samples.Book, Samples.Book with { Asset = "licence:1", BestBid = null, SuggestedPrice = null } });

    [Fact]
    public void Depth_HasAsksAboveBidsAndLotsThatAddUp()
    {
        var text = Shown.Matches(Samples.Depth).Text;
        text.IndexOf("0.105", StringComparison.Ordinal).ShouldBeLessThan(text.IndexOf("0.101", StringComparison.Ordinal));
        text.IndexOf("0.101", StringComparison.Ordinal).ShouldBeLessThan(text.IndexOf("0.098", StringComparison.Ordinal));
        text.ShouldContain("1,420"); // 120 + 300 + 1000
    }

    [Fact]
    public void Candles_AreOneChart() => Shown.Matches(Samples.Candles).Html!.Split("<rect").Length.ShouldBe(1 + 2 * 24); // a body and a volume each

    [Fact]
    public void Order_SaysWhatBecameOfIt() => Shown.Matches(Samples.Order);

    [Fact]
    public void Orders_AreOneTable() => Shown.Matches(new[] { Samples.Order, Samples.Order with { Kind = "market", Price = null, State = "cancelled" } });

    [Fact]
    public void Trades_AreOneTable() => Shown.Matches(new[] { new Trade(2, "CASH", Samples.Ntk("0.1"), 20, "bid", Samples.Noon), new Trade(1, "CASH", Samples.Ntk("0.0995"), 5, "ask", Samples.Noon) });

    [Fact]
    public void Holdings_AreOneTable() => Shown.Matches(new[] { new Holding("CASH", 1200, 50) });

    [Fact]
    public void Deal_ShowsOffersAndWhichStands() => Shown.Matches(Samples.Deal);

    [Fact]
    public void Deal_ThatIsWorkedOn_ShowsItsParts() => Shown.Matches(Samples.WorkingDeal);

    [Fact]
    public void Deals_AreOneTable() => Shown.Matches(new[] { Samples.Deal, Samples.WorkingDeal with { You = "supplier" } });
}
