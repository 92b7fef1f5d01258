using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Neuro.Backend.Ledger;
using Neuro.Backend.OrderBooks;
using Neuro.Backend.Storage;
using Neuro.Backend.Tests.Exchange;
using Neuro.Backend.Tests.Ledger;
using Neuro.Backend.Treasury;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Treasury;

/// <summary>A treasury over a ledger of its own, and three people with NTK and cash. Its clock is the test's.</summary>
internal sealed class TestTreasury : IAsyncDisposable
{
    public const string Cash = SystemAccounts.Cash;
    public const string Shelf = "licence:shelf";
    public const int Start = 10_000;

    public static readonly Guid Ada = DerivedId.Of("test/ada");
    public static readonly Guid Bo = DerivedId.Of("test/bo");
    public static readonly Guid Cy = DerivedId.Of("test/cy");
    public static readonly Guid[] People = [Ada, Bo, Cy];

    private readonly LedgerEngine engine;
    private TestLeases leases = null!;

    private TestTreasury(LedgerEngine engine) => this.engine = engine;

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2027, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public Database Database => engine.Database;

    public string Where => engine.Where;

    public Backend.Ledger.Ledger Ledger { get; private set; } = null!;

    public Backend.Exchange.Exchange Exchange { get; private set; } = null!;

    public House House { get; private set; } = null!;

    public CashDesk CashDesk { get; private set; } = null!;

    public MarketMaker Maker { get; private set; } = null!;

    public Buyback Buyback { get; private set; } = null!;

    public Burns Burns { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="ntk">What each of the people begins with, and as much cash in cents.</param>
    public static async Task<TestTreasury> OpenAsync(string engineName = "sqlite", int ntk = Start)
    {
        var treasury = new TestTreasury(await LedgerEngine.OpenAsync(engineName));
        await treasury.BuildAsync();
        await treasury.Ledger.OpenBooksAsync(Cancel);
        await treasury.House.OpenAsync(Cancel);
        await treasury.CashDesk.OpenAsync(Cancel);
        await treasury.Exchange.OpenBookAsync(Shelf, "Licences", Ntk.Of(0.01m), 500, Cancel);
        foreach (var person in People)
        {
            await treasury.Ledger.OpenAccountAsync(person, "customer", "person", Cancel);
            await treasury.SellAsync(person, ntk);
            await treasury.CashDesk.DepositAsync(new(Guid.NewGuid(), person, ntk, "start"), Cancel);
            await treasury.Exchange.IssueAsync(Guid.NewGuid(), person, Shelf, 1000, "start", Cancel);
        }

        return treasury;
    }

    /// <summary>NTK out of the treasury to somebody.</summary>
    public async Task SellAsync(Guid who, decimal ntk) =>
        (await Ledger.SubmitAsync(TransferRequest.Transfer(Guid.NewGuid(), SystemAccounts.Treasury, who, Ntk.Of(ntk), "sold"), Cancel)).ThrowIfRefused("the sale");

    /// <summary>Gives the market maker NTK and lots of an asset.</summary>
    public async Task FundMakerAsync(int ntk, string asset, long lots)
    {
        await House.MoveAsync(new(Guid.NewGuid(), "treasury", "market-maker", "funds", Ntk.Of(ntk)), Cancel);
        await Exchange.IssueAsync(Guid.NewGuid(), SystemAccounts.MarketMaker, asset, lots, "funds", Cancel);
    }

    public Task<BookOrder> PlaceAsync(Guid who, string side, decimal price, long lots, string asset = Cash) =>
        Exchange.PlaceAsync(who, asset, new(Guid.NewGuid(), side, "limit", Ntk.Of(price), lots), Cancel);

    /// <summary>Open orders of an account in a book.</summary>
    public async Task<IReadOnlyList<BookOrder>> OpenAsync(Guid who, string asset = Cash)
    {
        while (true)
        {
            try
            {
                return await Exchange.OrdersAsync(who, asset, openOnly: true, Cancel);
            }
            catch (NeuroException over) when (over.Status == 503)
            {
                // On a busy machine the lease ran out; the platform takes it again each second.
                await Exchange.SyncAsync(Cancel);
            }
        }
    }

    public async Task<long> LotsAsync(Guid who, string asset = Cash) =>
        (await Exchange.HoldingsAsync(who, Cancel)).SingleOrDefault(holding => holding.Asset == asset) is { } holding ? holding.Available + holding.Held : 0;

    /// <summary>Lets other processes trade.</summary>
    public ValueTask LetGoAsync() => leases.DisposeAsync();

    /// <summary>Stops, and starts again over the same database.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await BuildAsync();
        await Exchange.SyncAsync(CancellationToken.None);
    }

    /// <summary>The books prove right and no book is crossed.</summary>
    public async Task CheckAsync()
    {
        var proof = await Ledger.ProofAsync(CancellationToken.None);
        proof.Faults.ShouldBeEmpty();
        proof.Sum.ShouldBe(Ntk.Zero);
        foreach (var book in await Exchange.BooksAsync(CancellationToken.None))
        {
            (book.BestBid >= book.BestAsk).ShouldBeFalse($"{book.Asset} is crossed: {book.BestBid} {book.BestAsk}");
        }
    }

    /// <summary>
    /// The market maker's laws, over everything that ever happened: no trade took it over a limit; what is open could not; one order a side; its bid below its ask; it never traded with itself, and always at its own price.
    /// </summary>
    public async Task CheckMakerAsync(MarketMakerSettings limits)
    {
        await CheckAsync();
        await using var db = Database.CreateDbContext();
        var assets = limits.Books.Select(book => book.Asset).ToList();
        await CheckHistoryAsync(db, SystemAccounts.MarketMaker, limits.LeastNtk.Nano, limits.MostNtk.Nano);
        foreach (var book in limits.Books)
        {
            await CheckHistoryAsync(db, SystemAccounts.HoldingOf(SystemAccounts.MarketMaker, book.Asset), book.LeastLots, book.MostLots);
        }

        var all = await db.BookOrders.AsNoTracking().Where(order => order.AccountId == SystemAccounts.MarketMaker).ToDictionaryAsync(order => order.Id);
        (await db.Trades.AsNoTracking().ToListAsync()).ShouldAllBe(trade => !all.ContainsKey(trade.Taker));
        var ntk = (await House.NtkAsync(SystemAccounts.MarketMaker, CancellationToken.None)).Nano;
        var (cost, income) = (Int128.Zero, Int128.Zero);
        foreach (var asset in assets)
        {
            var (open, lots, book) = (await OpenAsync(SystemAccounts.MarketMaker, asset), await LotsAsync(SystemAccounts.MarketMaker, asset), limits.Books.Single(book => book.Asset == asset));
            var (bids, asks) = (open.Where(order => order.Side == "bid").ToList(), open.Where(order => order.Side == "ask").ToList());
            (bids.Count <= 1 && asks.Count <= 1).ShouldBeTrue($"{bids.Count} bids and {asks.Count} asks in {asset}");
            (bids.Count == 0 || asks.Count == 0 || bids[0].Price < asks[0].Price).ShouldBeTrue();
            (lots + bids.Sum(Rest)).ShouldBeLessThanOrEqualTo(book.MostLots);
            (lots - asks.Sum(Rest)).ShouldBeGreaterThanOrEqualTo(book.LeastLots);
            cost += bids.Aggregate(Int128.Zero, (sum, order) => sum + ((Int128)order.Price!.Value.Nano * Rest(order)));
            income += asks.Aggregate(Int128.Zero, (sum, order) => sum + ((Int128)order.Price!.Value.Nano * Rest(order)));
        }

        (ntk - cost >= limits.LeastNtk.Nano).ShouldBeTrue($"{ntk} less {cost} is below {limits.LeastNtk}");
        (ntk + income <= limits.MostNtk.Nano).ShouldBeTrue($"{ntk} and {income} are above {limits.MostNtk}");
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await engine.DisposeAsync();
    }

    private static long Rest(BookOrder order) => order.Quantity - order.Filled;

    // Funds aside, whatever lowers a balance leaves the least, and whatever raises it leaves at most the most.
    private static async Task CheckHistoryAsync(NeuroDb db, Guid account, long least, long most)
    {
        var balance = 0L;
        foreach (var transfer in await db.Transfers.AsNoTracking().Where(row => row.DebitAccount == account || row.CreditAccount == account).OrderBy(row => row.Sequence).ToListAsync())
        {
            if ((TransferKind)transfer.Kind is TransferKind.Transfer or TransferKind.Post)
            {
                balance += transfer.CreditAccount == account ? transfer.Amount : -transfer.Amount;
                var within = transfer.Reference == "funds" || (transfer.CreditAccount == account ? balance <= most : balance >= least);
                within.ShouldBeTrue($"{balance} after '{transfer.Reference}' is not within {least} to {most}");
            }
        }
    }

    private async Task BuildAsync()
    {
        Ledger = new(Database, Clock);
        leases = await TestLeases.TakeAsync(Database, Backend.Exchange.Exchange.Lease);
        Exchange = new(Database, Ledger, leases.Leases, Clock);
        House = new(Database, Ledger, Exchange);
        CashDesk = new(Exchange, new() { DataFolder = "" });
        var settings = new TreasurySettings(Database);
        Maker = new(Database, Exchange, settings, NullLogger<MarketMaker>.Instance);
        Buyback = new(Database, Exchange, settings, Clock, NullLogger<Buyback>.Instance);
        Burns = new(Database, Ledger, settings, Clock);
    }

    private async Task StopAsync()
    {
        Maker.Dispose();
        Buyback.Dispose();
        await Exchange.DisposeAsync();
        await leases.DisposeAsync();
        await Ledger.DisposeAsync();
    }
}
