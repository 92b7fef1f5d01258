namespace Neuro.Interactive.Tests.ContractFormatters;

public sealed class MarketFormattersTests
{
    [Fact]
    public void Quote_ShowsPriceCapPoolNodesAndReasons() => Shown.Matches(Samples.Quote);

    [Fact]
    public void Quotes_AreOneTable() => Shown.Matches(new[] { Samples.Quote, Samples.Quote with { Title = "Train small-cnn", Price = Samples.Ntk("3.1") } });

    [Fact]
    public void Generator_ShowsLabelsAndDefaults() => Shown.Matches(Samples.Generator);

    [Fact]
    public void Generators_AreOneTable() => Shown.Matches(new[] { Samples.Generator, Samples.PublishedGenerator });

    [Fact]
    public void Listing_ShowsCardPriceAndFee() => Shown.Matches(Samples.Listing);

    [Fact]
    public void Listings_AreOneTable() => Shown.Matches(new[]
    {
        Samples.Listing,
        Samples.Listing with { Kind = "labelling", Name = "by-hand", Title = "Boxes by hand", Price = null, Left = null, Card = null },
        Samples.Listing with { State = "delisted" },
    });

    [Fact]
    public void Licence_ShowsWhatWasPaidForWhat() => Shown.Matches(
        new Client.Market.Licence(new("0199a1b2-0000-7000-8000-00000000beef"), Samples.Listing with { Asset = "0199a1b2-0000-7000-8000-0000000da7a5" }, Samples.Ntk("12.5"), Samples.Ntk("1.25"), 1000, null, Samples.Listing.PublishedAt));
}
