using System.Text.Json;
using Neuro.Client.Api;
using Neuro.Client.Market;

namespace Neuro.Interactive.Formatting;

/// <summary>How what is on offer and what it costs is shown.</summary>
internal sealed class MarketFormatters
{
    public IEnumerable<object> CreateTypeFormatters() => [.. new QuoteFormatters().CreateTypeFormatters(), .. new GeneratorFormatters().CreateTypeFormatters(), .. new ListingFormatters().CreateTypeFormatters(), .. new LicenceFormatters().CreateTypeFormatters()];
}

internal sealed class QuoteFormatters : FormatterSource<Quote>
{
    protected override string ToText(Quote quote) =>
        $"""
        {Details(Title(quote)
            .Add("price", $"{Wording.Amount(quote.Price)} for the whole job, of which fee {Wording.Amount(quote.Fee)} ({Wording.Rate(quote.FeeBasisPoints)})")
            .Add("cap", $"{Wording.Amount(quote.Cap)}, held when ordered; what is not needed comes back")
            .Add("expected time", Wording.Duration(quote.ExpectedTime))
            .Add("pool", quote.Pool), quote).ToText()}
        Why
        {string.Join('\n', quote.Because.Select(sentence => $"  - {sentence}"))}
        {string.Join('\n', Lists(quote).Select(list => list.Text))}
        """;

    protected override Html ToHtml(Quote quote) => HtmlParts.Card(
        $"Quote: {quote.Title}",
        CardParts.Tiles(
            CardParts.Tile("price of the whole job", quote.Price, $"of which fee {Wording.Amount(quote.Fee)} ({Wording.Rate(quote.FeeBasisPoints)})"),
            CardParts.Tile("cap", quote.Cap, "held when ordered; the rest comes back"),
            CardParts.Tile("expected time", Wording.Duration(quote.ExpectedTime), "at the nodes' measured speed"),
            CardParts.Tile("pool", quote.Pool, Wording.Count(quote.Nodes.Count(node => node.Share > 0), "node") + " chosen")),
        Details(Title(quote), quote).ToHtml(),
        CardParts.Heading("Why this price and this pool"),
        CardParts.Sentences(quote.Because),
        Html.Join(Lists(quote).Select(list => list.Html), "\n"));

    protected override string? ToText(IReadOnlyList<Quote> quotes) => Table(quotes).ToText();

    protected override Html? ToHtml(IReadOnlyList<Quote> quotes) => Table(quotes).ToHtml();

    private static FactSheet Title(Quote quote) => new($"Quote: {quote.Title}");

    private static FactSheet Details(FactSheet facts, Quote quote) => facts
        .Add("work", $"{quote.Work} CU in {Wording.Count(quote.Shards, "shard")}, at {Wording.Amount(quote.PricePerCu)} per CU before the fee")
        .Add("good until", Wording.Moment(quote.Expires))
        .Add("id", quote.Id.ToString(), Html.Of($"<code>{quote.Id}</code>"));

    private static IEnumerable<(string Text, Html Html)> Lists(Quote quote)
    {
        if (quote.Estimate is { } estimate)
        {
            var expected = Expected(estimate);
            yield return (expected.ToText(), expected.ToHtml());
        }

        var nodes = Nodes(quote);
        yield return (nodes.ToText(), nodes.ToHtml());
    }

    private static ListTable<(string What, Estimated Number, Func<double, string> Write)> Expected(ResourceEstimate estimate) =>
        new ListTable<(string What, Estimated Number, Func<double, string> Write)>(
            "What it is expected to take; what is paid follows from the planned work alone",
            [
                ("compute", estimate.Work, value => $"{Wording.Number(value, "#,0.#")} CU"),
                ("time", estimate.Seconds, value => Wording.Duration(TimeSpan.FromSeconds(Math.Min(value, TimeSpan.MaxValue.TotalSeconds / 2)))),
                ("memory of a node", estimate.MemoryBytes, Bytes),
                ("fetched by nodes", estimate.BytesIn, Bytes),
                ("delivered", estimate.BytesOut, Bytes),
            ])
            .Words("what", row => row.What)
            .Number("about", row => row.Write(row.Number.Value))
            .Words("8 times in 10", row => $"{row.Write(row.Number.Low)} to {row.Write(row.Number.High)}")
            .Words("known from", row => Source(row.Number));

    private static string Bytes(double bytes) => Wording.Size((long)Math.Min(bytes, long.MaxValue / 2));

    private static string Source(Estimated number) => number.Shards == 0 ? "a formula; its error is a guess" : $"{(number.Learned ? "" : "a formula, ")}{Wording.Count(number.Shards, "finished shard")}";

    private static ListTable<QuotedNode> Nodes(Quote quote) => new ListTable<QuotedNode>("Nodes in the auction", quote.Nodes)
        .Words("node", node => node.Name, node => Html.Of($"<span title=\"{node.NodeId}\">{node.Name}</span>"))
        .Words("pool", node => node.Pool)
        .Amounts("floor, NTK per CU", node => node.Floor)
        .Words("verified", node => Wording.Percent(node.Reliability))
        .Amounts("start-up, NTK", node => node.StartCost)
        .Number("speed, CU/s", node => Wording.Number(node.CuPerSecond))
        .Words("share of the work", node => node.Share > 0 ? Wording.Percent(node.Share) : "not chosen", node => CardParts.ShareBar(node.Share))
        .Amounts("paid, NTK per CU", node => node.PayPerCu);

    private static ListTable<Quote> Table(IReadOnlyList<Quote> quotes) => new ListTable<Quote>("Quotes", quotes)
        .Words("what", quote => quote.Title)
        .Amounts("price, NTK", quote => quote.Price)
        .Amounts("cap, NTK", quote => quote.Cap)
        .Number("expected time", quote => Wording.Duration(quote.ExpectedTime))
        .Words("pool", quote => quote.Pool)
        .Moments("good until", quote => quote.Expires);
}

internal sealed class GeneratorFormatters : FormatterSource<GeneratorListing>
{
    private static readonly JsonSerializerOptions Readable = new(NeuroJson.Options) { WriteIndented = true };

    protected override string ToText(GeneratorListing generator) => Facts(generator).ToText();

    protected override Html ToHtml(GeneratorListing generator) => HtmlParts.Card(
        generator.Title,
        Html.Of($"<p style=\"margin:.3em 0\">{generator.Description}</p>"),
        Facts(generator, described: false).ToHtml(),
        CardParts.Fold("A recipe with every knob at its default", CardParts.Preformatted(generator.Defaults.ToJsonString(Readable))));

    protected override string? ToText(IReadOnlyList<GeneratorListing> generators) => Table(generators).ToText();

    protected override Html? ToHtml(IReadOnlyList<GeneratorListing> generators) => Table(generators).ToHtml();

    private static FactSheet Facts(GeneratorListing generator, bool described = true) => new FactSheet(generator.Title)
        .AddIf("what", described ? generator.Description : null)
        .Add("name", Versioned(generator))
        .Add("labels", string.Join(", ", generator.Labels))
        .Add("knobs", Wording.Count(generator.Defaults.Count))
        .Add("products", Products(generator))
        .AddIf("by", generator.Owner)
        .Add("licence", generator.License);

    private static ListTable<GeneratorListing> Table(IReadOnlyList<GeneratorListing> generators) => new ListTable<GeneratorListing>("Generators", generators)
        .Words("name", Versioned)
        .Words("what", generator => generator.Title, generator => Html.Of($"{generator.Title}<div class=\"neuro-quiet\">{generator.Description}</div>"))
        .Words("labels", generator => string.Join(", ", generator.Labels))
        .Words("products", Products)
        .Words("by", generator => generator.Owner ?? "")
        .Words("licence", generator => generator.License);

    private static string Products(GeneratorListing generator) => generator.Catalogue is null ? "yours" : "its own";

    private static string Versioned(GeneratorListing generator) => $"{generator.Name} v{generator.Version}";
}
