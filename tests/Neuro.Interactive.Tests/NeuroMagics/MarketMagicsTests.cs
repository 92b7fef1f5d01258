using Neuro.Client.Market;
using Neuro.Client.Nodes;
using Neuro.Interactive.Formatting;
using Neuro.Interactive.Magics;
using Neuro.Interactive.Tests.ContractFormatters;

namespace Neuro.Interactive.Tests.NeuroMagics;

public sealed class MarketMagicsTests : RecordedFact
{
    private readonly MagicCatalogue magics;

    public MarketMagicsTests()
    {
        magics = new MagicCatalogue(Interactive.Magics.NeuroMagics.All(session));
        platform
            .Answer("GET /v1/account", new Account(Samples.Id(1), "Ada", Samples.Ntk("984.817")))
            .Answer("GET /v1/books", new[] { Samples.Book })
            .Answer("GET /v1/books/CASH/depth", Samples.Depth)
            .Answer("GET /v1/books/CASH/candles", Samples.Candles)
            .Answer("GET /v1/books/CASH/orders", new[] { Samples.Order })
            .Answer("POST /v1/books/CASH/orders", Samples.Order)
            .Answer("GET /v1/holdings", new[] { new Holding("CASH", 1200, 50) })
            .Answer("GET /v1/listings", new[] { Samples.Listing, Samples.Listing with { Id = Samples.Id(30), Name = "posted-only", Quotes = false } })
            .Answer("GET /v1/deals", new[] { Samples.Deal })
            .Answer($"GET /v1/deals/{Samples.Deal.Id}", Samples.Deal)
            .Answer("POST /v1/deals", Samples.Deal)
            .Answer($"POST /v1/deals/{Samples.Deal.Id}/offers", Samples.Deal)
            .Answer($"POST /v1/deals/{Samples.Deal.Id}/accept", Samples.WorkingDeal)
            .Answer("GET /v1/nodes", Samples.Nodes)
            .Answer("GET /v1/nodes/record", Samples.NodeRecord)
            .Answer("GET /v1/nodes/earnings", Samples.Earnings);
    }

    [Fact]
    public async Task Market_ShowsBooksHoldingsAndListings()
    {
        await RunAsync("#!neuro-market");
        host.Displayed.Select(shown => shown.Values[0]!.GetType().GetElementType() ?? shown.Values[0]!.GetType().GetGenericArguments()[0]).ShouldBe([typeof(Book), typeof(Holding), typeof(Listing)]);
    }

    [Fact]
    public async Task Book_ShowsDepthCandlesAndOpenOrders()
    {
        await RunAsync("#!neuro-book cash --levels 5 --minutes 15");
        var view = host.Displayed.ShouldHaveSingleItem().Values[0].ShouldBeOfType<BookView>();
        (view.Depth.Bids.Count, view.Candles.Count, view.Interval, view.Orders.Count).ShouldBe((3, 24, TimeSpan.FromMinutes(15), 1));
        platform.Asked.ShouldContain("GET /v1/books/CASH/depth?levels=5");
        platform.Asked.ShouldContain("GET /v1/books/CASH/candles?minutes=15");
        platform.Asked.ShouldContain(asked => asked.StartsWith("GET /v1/books/CASH/orders?open=", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("#!neuro-bid CASH 500 --price 0.099", "\"side\":\"bid\",\"kind\":\"limit\",\"price\":\"0.099\",\"quantity\":500")]
    [InlineData("#!neuro-bid CASH 20 --kind market --most-spend 3", "\"kind\":\"market\",\"quantity\":20,\"mostSpent\":\"3\"")]
    [InlineData("#!neuro-ask CASH 7 0.2 post-only", "\"side\":\"ask\",\"kind\":\"post-only\",\"price\":\"0.2\",\"quantity\":7")]
    public async Task Place_SendsWhatWasWritten(string line, string sent)
    {
        await RunAsync(line);
        platform.Asked.Single(asked => asked.StartsWith("POST", StringComparison.Ordinal)).ShouldContain(sent);
        host["order"].ShouldBe(Samples.Order);
        host.Displayed[^1].Values.ShouldBe([Samples.Order]);
    }

    [Theory]
    [InlineData("#!neuro-book CAHS", "Did you mean CASH?")]
    [InlineData("#!neuro-book CASH --levels 0", "--levels is 0; expected 1 to 50.")]
    [InlineData("#!neuro-bid CASH 5", "A limit order needs --price")]
    [InlineData("#!neuro-bid CASH 0 --price 1", "--lots is 0; expected 1 or more.")]
    [InlineData("#!neuro-ask CASH 5 --price 1 --kind market", "A market order has no --price")]
    [InlineData("#!neuro-ask CASH 5 --price 1 --kind fok", "--kind is 'fok'; expected one of limit, market, ioc, post-only.")]
    [InlineData("#!neuro-ask CASH 5 --price 1 --most-spend 2", "has no parameter --most-spend")]
    [InlineData("#!neuro-rfq fridge-shelves", "Say what you want with --text")]
    [InlineData("#!neuro-rfq posted-only please", "is sold at its posted price alone")]
    [InlineData("#!neuro-rfq fridge-shelvs please", "There is no listing 'fridge-shelvs'. Did you mean fridge-shelves?")]
    [InlineData("#!neuro-rfq --accept", "Give --listing and --text to ask, or --deal")]
    [InlineData("#!neuro-rfq --deal …00000000001f --days 91", "--days is 91; expected 1 to 90.")]
    [InlineData("#!neuro-node atic", "Did you mean attic?")]
    [InlineData("#!neuro-earnings 400", "--days is 400; expected 1 to 366.")]
    [InlineData("#!neuro-send Bo 12.5", "Nothing was sent: the platform has no transfer between accounts")]
    public async Task WrongLine_NamesTheValueAndSendsNothing(string line, string says)
    {
        (await Should.ThrowAsync<MagicException>(() => RunAsync(line))).Message.ShouldContain(says);
        platform.Asked.ShouldNotContain(asked => asked.StartsWith("POST", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rfq_WithoutAnything_ListsRequests()
    {
        await RunAsync("#!neuro-rfq");
        host.Displayed.ShouldHaveSingleItem().Values[0].ShouldBeAssignableTo<IReadOnlyList<Deal>>();
        platform.Answer("GET /v1/deals", Array.Empty<Deal>());
        await RunAsync("#!neuro-rfq");
        host.Text.ShouldContain("You have asked for no quotes");
    }

    [Fact]
    public async Task Rfq_OfAListing_AsksItsSupplier()
    {
        await RunAsync("#!neuro-rfq fridge-shelves \"every bottle, please\" --wish 40");
        var sent = platform.Asked.Single(asked => asked.StartsWith("POST /v1/deals", StringComparison.Ordinal));
        sent.ShouldContain($"\"listingId\":\"{Samples.Listing.Id}\"");
        sent.ShouldContain("every bottle, please");
        sent.ShouldContain("\"wish\":\"40\"");
        host["deal"].ShouldBeOfType<Deal>().Id.ShouldBe(Samples.Deal.Id);
    }

    [Fact]
    public async Task Rfq_Accept_TakesTheOfferThatStands()
    {
        await RunAsync("#!neuro-rfq --deal …00000000001f --accept");
        platform.Asked.Single(asked => asked.StartsWith("POST", StringComparison.Ordinal)).ShouldContain($"\"offerId\":\"{Samples.Deal.OpenOffer}\"");
        host["deal"].ShouldBeOfType<Deal>().State.ShouldBe("working");
    }

    [Fact]
    public async Task Rfq_AcceptOfOnesOwnOffer_SaysThatThereIsNone()
    {
        platform.Answer($"GET /v1/deals/{Samples.Deal.Id}", Samples.Deal with { You = "supplier" });
        host["mine"] = Samples.Deal;
        (await Should.ThrowAsync<MagicException>(() => RunAsync("#!neuro-rfq --deal @mine --accept"))).Message.ShouldContain("has no open offer of the other side");
    }

    [Fact]
    public async Task Rfq_Offer_IsOneMilestone()
    {
        await RunAsync($"#!neuro-rfq --deal {Samples.Deal.Id} --offer 45 --delivery-days 3");
        var sent = platform.Asked.Single(asked => asked.StartsWith("POST", StringComparison.Ordinal));
        sent.ShouldContain("\"price\":\"45\"");
        sent.ShouldContain("\"deliveryDays\":3");
    }

    [Theory]
    [InlineData("#!neuro-node attic")]
    [InlineData("#!neuro-node @node")]
    public async Task Node_HoweverItIsNamed_ShowsItsRecord(string line)
    {
        host["node"] = Samples.Nodes[0];
        await RunAsync(line);
        host.Displayed.ShouldHaveSingleItem().Values[0].ShouldBeOfType<NodeRecord>().Marks.Count.ShouldBe(2);
        platform.Asked.ShouldContain(asked => asked.StartsWith($"GET /v1/nodes/record?id={Uri.EscapeDataString(Samples.NodeKey)}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Earnings_AskForTheDays()
    {
        await RunAsync("#!neuro-earnings 7");
        platform.Asked.ShouldContain("GET /v1/nodes/earnings?days=7");
        host.Displayed.ShouldHaveSingleItem().Values[0].ShouldBeAssignableTo<IReadOnlyList<NodeEarnings>>();
    }

    [Fact]
    public async Task Assets_OnceTheMarketWasAsked_AreCompleted()
    {
        const string Line = "#!neuro-bid ";
        magics.Complete(Line, Line.Length, []).Items.Select(item => item.Text).ShouldNotContain("CASH");
        await RunAsync("#!neuro-market");
        magics.Complete(Line, Line.Length, []).Items.Select(item => item.Text).ShouldContain("CASH");
    }

    private async Task RunAsync(string line)
    {
        if (session.Client is null)
        {
            await ConnectAsync();
        }

        await magics.RunAsync(line, MagicBody.None, host);
    }
}
