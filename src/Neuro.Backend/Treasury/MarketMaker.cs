using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Neuro.Backend.Ledger;
using Neuro.Backend.OrderBooks;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Treasury;

/// <summary>Quotes both sides of the books it is told to, within hard limits of what it may hold; off until an operator sets it.</summary>
/// <remarks>
/// A limit holds even if everything open fills and nothing of the other side does. That is checked against orders that were read before the balances: what trades in between is then
/// counted twice and never missed. Its orders are post-only, so they trade at their own price and bring no more NTK than was counted.
/// </remarks>
internal sealed class MarketMaker(Database database, Exchange.Exchange exchange, TreasurySettings settings, ILogger<MarketMaker> logger) : IDisposable
{
    private const string Name = "market-maker";
    private const int MostBooks = 20;
    private const int MostSpread = 5000;

    private static readonly MarketMakerSettings Off = new([], Ntk.Zero, Ntk.Supply);

    private readonly SemaphoreSlim turn = new(1);

    /// <summary>Nothing is open and nothing is to be quoted: known without asking the database.</summary>
    private bool idle;

    /// <summary>An order of its own that is open, and which standing order it is.</summary>
    private sealed record Quoted(StandingOrder Standing, BookOrder Order)
    {
        public long Rest => Order.Quantity - Order.Filled;

        /// <summary>What it may still cost or bring; a post-only order trades at its price.</summary>
        public Int128 Worth => (Int128)Order.Price!.Value.Nano * Rest;
    }

    /// <summary>Takes other settings and quotes by them at once.</summary>
    /// <exception cref="NeuroException"><c>request.out_of_range</c>, <c>request.missing</c>, <c>maker.same_book_twice</c>, <c>book.not_found</c>.</exception>
    public async Task<MarketMakerReport> SetAsync(MarketMakerSettings wanted, CancellationToken cancel)
    {
        Check(wanted);
        await turn.WaitAsync(cancel);
        try
        {
            await settings.WriteAsync(Name, wanted, cancel);
            idle = false;
        }
        finally
        {
            turn.Release();
        }

        await QuoteAsync(cancel);
        return await ReportAsync(cancel);
    }

    public async Task<MarketMakerReport> ReportAsync(CancellationToken cancel)
    {
        var orders = new List<BookOrder>();
        foreach (var asset in await AssetsAsync(cancel))
        {
            orders.AddRange(await exchange.OrdersAsync(SystemAccounts.MarketMaker, asset, openOnly: true, cancel));
        }

        return new(await settings.ReadAsync<MarketMakerSettings>(Name, cancel) ?? Off, orders);
    }

    /// <summary>One round: takes back what is no longer wanted, and places what is missing. What a busy platform refuses is tried again in the next round.</summary>
    public async Task QuoteAsync(CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            if (!idle)
            {
                await RoundAsync(cancel);
            }
        }
        catch (NeuroException busy)
        {
            logger.LogWarning(busy, "The market maker could not finish a round");
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    private void Check(MarketMakerSettings wanted)
    {
        Input.Range(Input.NotNull(wanted.Books, "books").Count, "the number of books", 0, MostBooks);
        Input.Range(wanted.MostNtk.Nano, "mostNtk in nano NTK", 0, Ntk.Supply.Nano);
        Input.Range(wanted.LeastNtk.Nano, "leastNtk in nano NTK", 0, wanted.MostNtk.Nano);
        foreach (var book in wanted.Books)
        {
            exchange.BookOf(Input.NotNull(Input.NotNull(book, "books").Asset, "asset"));
            Input.Range(book.Reference.Nano, "reference in nano NTK", 1, Ntk.Supply.Nano);
            Input.Range(book.SpreadBasisPoints, "spreadBasisPoints", 1, MostSpread);
            Input.Range(book.Size, "size", 1, long.MaxValue);
            Input.Range(book.MostLots, "mostLots", 1, long.MaxValue);
            Input.Range(book.LeastLots, "leastLots", 0, book.MostLots - 1);
        }

        if (wanted.Books.GroupBy(book => book.Asset, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { Key: var asset })
        {
            throw new NeuroException("maker.same_book_twice", $"books has {asset} more than once; name each book once.");
        }
    }

    private async Task RoundAsync(CancellationToken cancel)
    {
        var wanted = await settings.ReadAsync<MarketMakerSettings>(Name, cancel) ?? Off;
        var open = new List<Quoted>();
        foreach (var asset in (await AssetsAsync(cancel)).Union(wanted.Books.Select(book => book.Asset)))
        {
            foreach (var standing in new[] { Standing(asset, Side.Bid), Standing(asset, Side.Ask) })
            {
                if (await standing.CurrentAsync(cancel) is { State: "open" } order)
                {
                    open.Add(new(standing, order));
                }
            }
        }

        foreach (var left in open.Where(quoted => wanted.Books.All(book => book.Asset != quoted.Order.Asset)).ToList())
        {
            await CancelAsync(left, open, cancel);
        }

        foreach (var book in wanted.Books)
        {
            await QuoteAsync(book, wanted, open, cancel);
        }

        idle = wanted.Books.Count == 0;
    }

    /// <summary>First both sides are taken back where they must be, so that neither is in the other's way.</summary>
    private async Task QuoteAsync(MakerBook book, MarketMakerSettings limits, List<Quoted> open, CancellationToken cancel)
    {
        Side[] sides = [Side.Bid, Side.Ask];
        foreach (var side in sides)
        {
            if (Of(open, book.Asset, side) is { } quoted && !(await RoomAsync(book, side, limits, open, cancel)).Keeps(quoted))
            {
                await CancelAsync(quoted, open, cancel);
            }
        }

        foreach (var side in sides)
        {
            if (Of(open, book.Asset, side) is null && await RoomAsync(book, side, limits, open, cancel) is { Lots: > 0 } room)
            {
                var standing = Standing(book.Asset, side);
                if (await standing.PlaceAsync(room.Price, room.Lots, cancel) is { State: "open" } placed)
                {
                    open.Add(new(standing, placed));
                }
            }
        }
    }

    /// <summary>Where a side is to be quoted, and how much of lots and of nano may be open there.</summary>
    private async Task<Room> RoomAsync(MakerBook book, Side side, MarketMakerSettings limits, List<Quoted> open, CancellationToken cancel)
    {
        var (ntk, lots) = await InventoryAsync(book.Asset, cancel);
        var now = exchange.BookOf(book.Asset);
        var (bid, ask) = MakerPrices.Of(book, now.Tick, lots);
        var others = open.Where(quoted => quoted.Standing.Side == side && quoted.Order.Asset != book.Asset).Aggregate(Int128.Zero, (sum, quoted) => sum + quoted.Worth);
        return side == Side.Bid
            ? new(now.BestAsk <= bid ? now.BestAsk.Value - now.Tick : bid, now.Tick, Int128.Min(book.Size, (Int128)book.MostLots - lots), ntk.Nano - limits.LeastNtk.Nano - others)
            : new(now.BestBid >= ask ? now.BestBid.Value + now.Tick : ask, now.Tick, Int128.Min(book.Size, (Int128)lots - book.LeastLots), limits.MostNtk.Nano - ntk.Nano - others);
    }

    private readonly record struct Room(Ntk Price, Ntk Tick, Int128 MostLots, Int128 MostNano)
    {
        /// <summary>0 where there is room for none.</summary>
        public long Lots => Price <= Ntk.Zero ? 0 : (long)Int128.Max(0, Int128.Min(MostLots, MostNano / Price.Nano));

        public bool Keeps(Quoted quoted) =>
            Math.Abs(quoted.Order.Price!.Value.Nano - Price.Nano) <= Tick.Nano && quoted.Rest <= MostLots && quoted.Worth <= MostNano;
    }

    private static async Task CancelAsync(Quoted quoted, List<Quoted> open, CancellationToken cancel)
    {
        await quoted.Standing.CancelAsync(quoted.Order, cancel);
        open.Remove(quoted);
    }

    private static Quoted? Of(List<Quoted> open, string asset, Side side) => open.Find(quoted => quoted.Order.Asset == asset && quoted.Standing.Side == side);

    private StandingOrder Standing(string asset, Side side) =>
        new(database, exchange, SystemAccounts.MarketMaker, $"{Name}/{asset}/{(side == Side.Bid ? "bid" : "ask")}", asset, side, OrderKind.PostOnly);

    /// <summary>The books it has ever quoted.</summary>
    private async Task<IReadOnlyList<string>> AssetsAsync(CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        return await db.HouseOrders.Where(row => row.Slot.StartsWith(Name + "/")).Select(row => row.Asset).Distinct().ToListAsync(cancel);
    }

    /// <summary>What it has, in orders or not.</summary>
    private async Task<(Ntk Ntk, long Lots)> InventoryAsync(string asset, CancellationToken cancel)
    {
        var (account, holding) = (SystemAccounts.MarketMaker, SystemAccounts.HoldingOf(SystemAccounts.MarketMaker, asset));
        await using var db = database.CreateDbContext();
        var posted = await db.Accounts.Where(row => row.Id == account || row.Id == holding).ToDictionaryAsync(row => row.Id, row => row.CreditsPosted - row.DebitsPosted, cancel);
        return (new(posted[account]), posted.GetValueOrDefault(holding));
    }
}
