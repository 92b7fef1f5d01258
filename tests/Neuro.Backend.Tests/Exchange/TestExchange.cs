using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Cluster;
using Neuro.Backend.Exchange;
using Neuro.Backend.Ledger;
using Neuro.Backend.OrderBooks;
using Neuro.Backend.Storage;
using Neuro.Backend.Tests.Ledger;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Exchange;

/// <summary>A book of licences over a ledger of its own, with three people who have money and lots.</summary>
internal sealed class TestExchange : IAsyncDisposable
{
    public const string Asset = "licence:shelf";
    public const int Start = 10_000;
    public const int Lots = 1000;

    public static readonly Guid Buyer = DerivedId.Of("test/buyer");
    public static readonly Guid Seller = DerivedId.Of("test/seller");
    public static readonly Guid Third = DerivedId.Of("test/third");
    public static readonly Guid[] People = [Buyer, Seller, Third];

    private readonly LedgerEngine engine;
    private Backend.Ledger.Ledger ledger;
    private TestLeases leases;

    private TestExchange(LedgerEngine engine, Backend.Ledger.Ledger ledger, TestLeases leases, Backend.Exchange.Exchange exchange) =>
        (this.engine, this.ledger, this.leases, Exchange) = (engine, ledger, leases, exchange);

    public Backend.Exchange.Exchange Exchange { get; private set; }

    public Backend.Ledger.Ledger Ledger => ledger;

    public Database Database => engine.Database;

    public string Where => engine.Where;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<TestExchange> OpenAsync(string engineName)
    {
        var engine = await LedgerEngine.OpenAsync(engineName);
        var ledger = new Backend.Ledger.Ledger(engine.Database, TimeProvider.System);
        await ledger.OpenBooksAsync(Cancel);
        var leases = await TestLeases.TakeAsync(engine.Database, Backend.Exchange.Exchange.Lease);
        var exchange = new Backend.Exchange.Exchange(engine.Database, ledger, leases.Leases, TimeProvider.System);
        await exchange.OpenBookAsync(Asset, "Licences of a shelf dataset", Ntk.Of(0.01m), 100, Cancel);
        foreach (var person in People)
        {
            await ledger.OpenAccountAsync(person, "customer", "person", Cancel);
            await ledger.SubmitAsync(TransferRequest.Transfer(Guid.NewGuid(), SystemAccounts.Treasury, person, Ntk.Of(Start), "start"), Cancel);
            await exchange.IssueAsync(Guid.NewGuid(), person, Asset, Lots, "start", Cancel);
        }

        return new(engine, ledger, leases, exchange);
    }

    public Task<BookOrder> BidAsync(Guid who, int price, int quantity) => Exchange.PlaceAsync(who, Asset, new(Guid.NewGuid(), "bid", "limit", Ntk.Of(price), quantity), Cancel);

    public Task<BookOrder> AskAsync(Guid who, int price, int quantity) => Exchange.PlaceAsync(who, Asset, new(Guid.NewGuid(), "ask", "limit", Ntk.Of(price), quantity), Cancel);

    public async Task<(decimal Available, decimal Held)> NtkAsync(Guid who)
    {
        var balance = await new Statements(Database).BalanceAsync(who, Cancel);
        return (balance.Available.Nano / (decimal)Ntk.NanoPerNtk, balance.Held.Nano / (decimal)Ntk.NanoPerNtk);
    }

    public async Task<(long Available, long Held)> LotsAsync(Guid who)
    {
        var holding = (await Exchange.HoldingsAsync(who, Cancel)).Single();
        return (holding.Available, holding.Held);
    }

    /// <summary>Lets other processes trade.</summary>
    public ValueTask LetGoAsync() => leases.DisposeAsync();

    /// <summary>Stops, and starts again over the same database.</summary>
    public async Task RestartAsync()
    {
        await Exchange.DisposeAsync();
        await ledger.DisposeAsync();
        ledger = new(Database, TimeProvider.System);
        await leases.DisposeAsync();
        leases = await TestLeases.TakeAsync(Database, Backend.Exchange.Exchange.Lease);
        Exchange = new(Database, ledger, leases.Leases, TimeProvider.System);
        await Exchange.SyncAsync(CancellationToken.None);
    }

    /// <summary>The laws: books prove right, never crossed, every order's fills are its trades, every hold is what its order may still need, time priority.</summary>
    public async Task CheckAsync()
    {
        var proof = await ledger.ProofAsync(CancellationToken.None);
        proof.Faults.ShouldBeEmpty();
        proof.Sum.ShouldBe(Ntk.Zero);
        var depth = Exchange.Depth(Asset, 50);
        await CheckAsync(Database, depth);
    }

    /// <summary>The laws of what a database holds of the book, and of the depth that is shown.</summary>
    public static async Task CheckAsync(Database database, Client.Market.Depth depth)
    {
        await using var db = database.CreateDbContext();
        var orders = await db.BookOrders.AsNoTracking().ToListAsync();
        var trades = await db.Trades.AsNoTracking().ToListAsync();
        var holds = await db.Holds.AsNoTracking().ToDictionaryAsync(hold => hold.Id);
        var filled = trades.SelectMany(trade => new[] { (Id: trade.Maker, trade.Quantity), (Id: trade.Taker, trade.Quantity) }).GroupBy(fill => fill.Id).ToDictionary(fills => fills.Key, fills => fills.Sum(fill => fill.Quantity));
        var byId = orders.ToDictionary(order => order.Id);
        orders.DistinctBy(order => order.Sequence).Count().ShouldBe(orders.Count);
        foreach (var order in orders)
        {
            filled.GetValueOrDefault(order.Id).ShouldBe(order.Filled);
            var hold = holds[LiveOrder.HoldOf(order.Id)];
            var rest = order.Quantity - order.Filled;
            ((OrderState)order.State switch
            {
                OrderState.Filled => rest == 0 && hold.Remaining == 0,
                OrderState.Cancelled => hold.Remaining == 0,
                _ => rest > 0 && (OrderKind)order.Kind is OrderKind.Limit or OrderKind.PostOnly && (order.Side == (int)Side.Ask ? hold.Remaining == rest : hold.Remaining >= rest * order.Price * Ntk.Of(0.01m).Nano),
            }).ShouldBeTrue($"order {order.Id}: {(OrderState)order.State}, {order.Filled} of {order.Quantity}, {hold.Remaining} held");
        }

        foreach (var trade in trades)
        {
            var (maker, taker) = (byId[trade.Maker], byId[trade.Taker]);
            maker.AccountId.ShouldNotBe(taker.AccountId);
            maker.Sequence.ShouldBeLessThan(taker.Sequence);
            trade.Price.ShouldBe(maker.Price);
        }

        // Of two orders at one price and side, the later one has traded as a maker only if the earlier one was closed or had nothing left.
        foreach (var level in orders.Where(order => order.State == (int)OrderState.Open).GroupBy(order => (order.Side, order.Price)))
        {
            level.OrderBy(order => order.Sequence).Skip(1).ShouldAllBe(order => !trades.Exists(trade => trade.Maker == order.Id));
        }

        var open = orders.Where(order => order.State == (int)OrderState.Open).ToList();
        var (bids, asks) = (open.Where(order => order.Side == (int)Side.Bid).ToList(), open.Where(order => order.Side == (int)Side.Ask).ToList());
        if (bids.Count > 0 && asks.Count > 0)
        {
            bids.Max(order => order.Price).ShouldBeLessThan(asks.Min(order => order.Price));
        }

        depth.Bids.Sum(level => level.Quantity).ShouldBe(bids.Sum(order => order.Quantity - order.Filled));
        depth.Asks.Sum(level => level.Quantity).ShouldBe(asks.Sum(order => order.Quantity - order.Filled));
    }

    public async ValueTask DisposeAsync()
    {
        await Exchange.DisposeAsync();
        await leases.DisposeAsync();
        await ledger.DisposeAsync();
        await engine.DisposeAsync();
    }
}
