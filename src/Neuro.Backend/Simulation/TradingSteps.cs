using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Simulation;

/// <summary>What buyers, sellers and the market maker do in the order books.</summary>
internal sealed class TradingSteps(World world, Dealings dealings)
{
    private const int LowestPrice = 1;
    private const int HighestPrice = 40;
    private const int MostInventory = 400;
    private const int Spread = 2;

    /// <summary>What the market maker takes a lot to be worth, ticks.</summary>
    private readonly Dictionary<string, int> reference = Cast.Books.ToDictionary(terms => terms.Asset, _ => (LowestPrice + HighestPrice) / 2);
    private readonly Dictionary<string, List<BookMirror.Order>> quotes = Cast.Books.ToDictionary(terms => terms.Asset, _ => new List<BookMirror.Order>());

    /// <summary>A supplier, a labeller or a node has new lots to sell, and asks for a price.</summary>
    public async Task IssueAsync(Draws draws)
    {
        var book = Book(draws);
        var (seller, lots, id) = (draws.Of(Cast.SellersOf(book.Terms)), draws.Between(1, 60), draws.Id());
        for (var copy = draws.Chance(20) ? 5 : 1; copy > 0; copy--)
        {
            await dealings.IssueAsync(id, seller, book.Terms, lots);
        }

        await dealings.PlaceAsync(seller, book, new(draws.Id(), "ask", "limit", Price(draws, book), lots));
    }

    /// <summary>One order, perhaps of more than its owner has, perhaps sent more than once.</summary>
    public async Task PlaceAsync(Draws draws)
    {
        var (book, account) = (Book(draws), draws.Of(Cast.Everyone));
        var request = draws.Chance(12) ? TooLarge(draws, book, account) : Request(draws, book, account, []);
        for (var copy = draws.Chance(15) ? draws.Of([2, 5]) : 1; copy > 0 && request is not null; copy--)
        {
            await dealings.PlaceAsync(account, book, request);
        }
    }

    /// <summary>Takes an order back; now and then one that is closed, or somebody else's.</summary>
    public async Task CancelAsync(Draws draws)
    {
        var book = Book(draws);
        var orders = draws.Chance(70) ? book.Open : book.Recent;
        if (orders.Count > 0)
        {
            var order = draws.Of(orders);
            await dealings.CancelAsync(draws.Chance(15) ? draws.Of(Cast.Everyone) : order.Account, book, order);
        }
    }

    /// <summary>The market maker moves its bid and its ask with what it takes the price to be, and keeps its inventory within its limits.</summary>
    public async Task MakeMarketAsync(Draws draws)
    {
        var book = Book(draws);
        var (asset, maker) = (book.Terms.Asset, Cast.MarketMaker);
        foreach (var quote in quotes[asset])
        {
            await dealings.CancelAsync(maker, book, quote);
        }

        quotes[asset].Clear();
        reference[asset] = Math.Clamp(reference[asset] + (int)draws.Between(-3, 3), LowestPrice + Spread, HighestPrice - Spread);
        var (lots, money) = (world.Mirror.Accounts[book.Holder(maker, "ask")], world.Mirror.Accounts[maker]);
        await QuoteAsync("bid", reference[asset] - draws.Between(1, Spread), Math.Min(draws.Between(1, 30), MostInventory - lots.CreditsPosted + lots.DebitsPosted), money.Available);
        await QuoteAsync("ask", reference[asset] + draws.Between(1, Spread), Math.Min(draws.Between(1, 30), lots.Available), long.MaxValue);

        async Task QuoteAsync(string side, long ticks, long quantity, long purse)
        {
            var price = new Ntk(ticks * book.Terms.Tick.Nano);
            if (quantity < 1 || price.Nano * quantity > purse)
            {
                return;
            }

            var request = new BookOrderRequest(draws.Id(), side, "limit", price, quantity);
            await dealings.PlaceAsync(maker, book, request);
            quotes[asset].Add(book.Orders[request.Id]);
        }
    }

    /// <summary>Many at once, some of them twice; perhaps also orders to take back.</summary>
    public Task RushAsync(Draws draws) => dealings.AskAllAsync(Wishes(draws, draws.Below(4)));

    /// <summary>Many at once while the database refuses to write trades down.</summary>
    public Task RushThroughFaultAsync(Draws draws) =>
        dealings.AskThroughFaultAsync(Wishes(draws, 0), () => world.RefuseTradesAsync(true), draws.Chance(50) ? Repair.Afterwards : Repair.WithTheFirstLoss);

    /// <summary>Many at once, in the middle of which the platform dies.</summary>
    public Task RushThroughCrashAsync(Draws draws)
    {
        var room = draws.Below(24);
        return dealings.AskThroughFaultAsync(Wishes(draws, 0), () => world.CutAfterAsync(world.Mirror.Transfers + room), draws.Chance(80) ? Repair.Restart : Repair.Afterwards);
    }

    /// <summary>The id of an order again, for something else.</summary>
    public async Task ReuseAsync(Draws draws)
    {
        var book = Book(draws);
        if (book.Recent.Count == 0)
        {
            return;
        }

        var order = draws.Of(book.Recent);
        var request = order.Request;
        var other = draws.Below(4) switch
        {
            0 => request with { Quantity = request.Quantity + 1 },
            1 when request.Price is { } price => request with { Price = price + book.Terms.Tick },
            2 when request.Kind != "market" => request with { Side = request.Side == "bid" ? "ask" : "bid" },
            3 when request.Kind != "market" => request with { Kind = request.Kind == "ioc" ? "limit" : "ioc" },
            _ => request,
        };
        await dealings.PlaceAsync(draws.Chance(80) ? order.Account : draws.Of(Cast.Everyone), book, other);
    }

    private BookMirror Book(Draws draws) => world.Books[draws.Of(Cast.Books).Asset];

    private static Ntk Price(Draws draws, BookMirror book) => new(draws.Between(LowestPrice, HighestPrice) * book.Terms.Tick.Nano);

    /// <summary>Wishes that can all be met, whichever trade is settled first: nobody counts on what another order may bring.</summary>
    private List<Wish> Wishes(Draws draws, int cancels)
    {
        var (wishes, spent) = (new List<Wish>(), new Dictionary<Guid, long>());
        for (var count = draws.Between(2, 14); count > 0; count--)
        {
            var (book, account) = (Book(draws), draws.Of(Cast.Everyone));
            if (Request(draws, book, account, spent) is { } request)
            {
                wishes.AddRange(Enumerable.Repeat(new Wish(account, book, request, null), draws.Chance(10) ? 3 : 1));
            }
        }

        for (; cancels > 0; cancels--)
        {
            var book = Book(draws);
            if (book.Open.Count > 0 && draws.Of(book.Open) is var order)
            {
                wishes.Add(new(order.Account, book, null, order));
            }
        }

        return draws.Shuffled(wishes);
    }

    /// <summary>An order of more than its owner has.</summary>
    private BookOrderRequest TooLarge(Draws draws, BookMirror book, Guid account)
    {
        var (side, price) = (draws.Chance(50) ? "bid" : "ask", Price(draws, book));
        var available = world.Mirror.Accounts[book.Holder(account, side)].Available;
        return new(draws.Id(), side, "limit", price, (side == "bid" ? available / price.Nano : available) + draws.Between(1, 1000));
    }

    /// <summary>An order that its owner can pay for, besides what is <paramref name="spent"/> already; null when nothing is left.</summary>
    private BookOrderRequest? Request(Draws draws, BookMirror book, Guid account, Dictionary<Guid, long> spent)
    {
        var (side, kind) = (draws.Chance(50) ? "bid" : "ask", draws.Of(["limit", "limit", "limit", "limit", "market", "ioc"]));
        var (price, quantity) = (Price(draws, book), draws.Chance(8) ? draws.Between(50, 200) : draws.Between(1, 25));
        var holder = book.Holder(account, side);
        var available = world.Mirror.Accounts[holder].Available - spent.GetValueOrDefault(holder);
        var request = (side, kind) switch
        {
            ("bid", "market") => new BookOrderRequest(draws.Id(), side, kind, null, quantity, new Ntk(Math.Min(available, price.Nano * draws.Between(1, 30) + draws.Below(5)))),
            ("bid", _) => new(draws.Id(), side, kind, price, Math.Min(quantity, available / price.Nano)),
            (_, "market") => new(draws.Id(), side, kind, null, Math.Min(quantity, available)),
            _ => new(draws.Id(), side, kind, price, Math.Min(quantity, available)),
        };
        if (request.Quantity < 1 || request.MostSpent <= Ntk.Zero)
        {
            return null;
        }

        spent[holder] = spent.GetValueOrDefault(holder) + book.Needs(request);
        return request;
    }
}
