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
}
