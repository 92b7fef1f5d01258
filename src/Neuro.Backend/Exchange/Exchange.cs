using System.Buffers;
using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Cluster;
using Neuro.Backend.Ledger;
using Neuro.Backend.Market;
using Neuro.Backend.OrderBooks;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;
using Depth = Neuro.Client.Market.Depth;
using DepthLevel = Neuro.Client.Market.DepthLevel;

namespace Neuro.Backend.Exchange;

/// <summary>The order books of what is fungible: labelling units, compute of a class and period, licences of a dataset, the platform's cash unit. Everything is priced in NTK.</summary>
/// <remarks>
/// Trades, what they move, and the new state of their orders are one SQL transaction each. An asset other than NTK is a ledger account in lots; whoever issues it does so against its issuance account.
/// Of several replicas one matches orders (<see cref="Leases"/>); requests about books go to that one.
/// </remarks>
internal sealed class Exchange(Database database, Ledger.Ledger ledger, Leases leases, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Of the lease of matching.</summary>
    public const string Lease = "exchange";

    private const long Closed = -1;
    private const int MostTrades = 1000;
    private const int MostCandles = 500;
    private const int LongestAsset = 64;
    private const int MostFee = 5000;
    private const int LongestReference = 150;
    private const int MostRemembered = 100_000;

    private static readonly SearchValues<char> AssetLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.:-");

    private readonly ConcurrentDictionary<string, LiveBook> live = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim opening = new(1);

    private readonly GroupRead<BookOrderRow> stored = new(
        database, "SELECT id, sequence, asset, account_id, side, kind, price, quantity, filled, state, created_at, closed_at FROM book_orders", ReadOrder);

    // Under which lease the books are open.
    private long epoch = Closed;

    // Holdings that are known to be open.
    private readonly ConcurrentDictionary<Guid, bool> holdings = new();

    /// <summary>Whether this replica matches orders.</summary>
    public bool IsOpen => leases.Owns(Lease) && Volatile.Read(ref epoch) == leases.Epoch(Lease);

    /// <summary>Opens the books if matching is this replica's or nobody's, and closes them if it has lost it.</summary>
    public async Task SyncAsync(CancellationToken cancel)
    {
        await opening.WaitAsync(cancel);
        try
        {
            await OpenBooksAsync(cancel);
        }
        finally
        {
            opening.Release();
        }
    }

    /// <summary>Opens a book; the same again changes nothing.</summary>
    /// <exception cref="NeuroException"><c>book.bad_asset</c>, <c>book.exists_with_different_content</c>, <c>request.out_of_range</c>.</exception>
    public async Task<Book> OpenBookAsync(string asset, string title, Ntk tick, int feeBasisPoints, CancellationToken cancel)
    {
        Input.Text(title, "title", 1, 100);
        Input.Range(tick.Nano, "tick in nano NTK", 1, Ntk.Supply.Nano);
        Input.Range(feeBasisPoints, "feeBasisPoints", 0, MostFee);
        if (asset.Length is 0 or > LongestAsset || asset == SystemAccounts.Ntk || asset.AsSpan().ContainsAnyExcept(AssetLetters))
        {
            throw new NeuroException("book.bad_asset", $"'{Words.Clip(asset, LongestAsset)}' is no name for an asset; expected 1 to {LongestAsset} letters, digits, '.', ':', '-' and not NTK, such as cpu:2026-12.");
        }

        await opening.WaitAsync(cancel);
        try
        {
            await using var db = database.CreateDbContext();
            var row = await db.Books.AsNoTracking().SingleOrDefaultAsync(row => row.Asset == asset, cancel);
            if (row is null)
            {
                row = new BookRow { Asset = asset, Title = Words.Clip(title, 100), TickNano = tick.Nano, FeeBasisPoints = feeBasisPoints, CreatedAt = time.GetUtcNow() };
                db.Books.Add(row);
                await db.SaveChangesAsync(cancel);
            }
            else if ((row.TickNano, row.FeeBasisPoints) != (tick.Nano, feeBasisPoints))
            {
                throw new NeuroException("book.exists_with_different_content", $"The book of {asset} is open with ticks of {new Ntk(row.TickNano)} NTK and a fee of {row.FeeBasisPoints} basis points; those of a book stay.") { Status = 409 };
            }

            await ledger.OpenAccountAsync(SystemAccounts.IssuanceOf(asset), "issuance", $"issuance of {asset}", cancel, asset);
            await OpenBooksAsync(cancel);
        }
        finally
        {
            opening.Release();
        }

        return (await BooksAsync(cancel)).Single(book => book.Asset == asset);
    }

    /// <summary>Gives an account lots that did not exist before: licences that a supplier sells, capacity that a node offers, cash that was paid in.</summary>
    /// <exception cref="NeuroException"><c>book.not_found</c>, <c>account.not_found</c>, <c>lots.exists_with_different_content</c>, <c>request.out_of_range</c>.</exception>
    public Task<LotMovement> IssueAsync(Guid id, Guid account, string asset, long lots, string reference, CancellationToken cancel) =>
        MoveLotsAsync(id, account, asset, lots, reference, SystemAccounts.IssuanceOf(asset), SystemAccounts.HoldingOf(account, asset), cancel);

    /// <summary>Takes lots back, which then no longer exist: cash that was paid out. An id belongs to an issue or to a taking back, never to both.</summary>
    /// <exception cref="NeuroException">As of an issue; <c>lots.insufficient</c>.</exception>
    public async Task<LotMovement> TakeBackAsync(Guid id, Guid account, string asset, long lots, string reference, CancellationToken cancel)
    {
        var taken = await MoveLotsAsync(id, account, asset, lots, reference, SystemAccounts.HoldingOf(account, asset), SystemAccounts.IssuanceOf(asset), cancel);
        return taken with { Lots = -lots };
    }

    /// <summary>A book with its best prices.</summary>
    public Book BookOf(string asset)
    {
        var (book, row) = Find(asset);
        var depth = book.Depth;
        return View(row, depth.Bids.Count > 0 ? depth.Bids[0].Price : null, depth.Asks.Count > 0 ? depth.Asks[0].Price : null);
    }

    public async Task<IReadOnlyList<Book>> BooksAsync(CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        // Those of other replicas too, so the orders are asked and not the books in memory.
        var best = await db.BookOrders.Where(order => order.State == (int)OrderState.Open && (order.Kind == (int)OrderKind.Limit || order.Kind == (int)OrderKind.PostOnly)).GroupBy(order => new { order.Asset, order.Side })
            .Select(side => new { side.Key.Asset, side.Key.Side, Highest = side.Max(order => order.Price), Lowest = side.Min(order => order.Price) }).ToListAsync(cancel);
        var (bids, asks) = (best.Where(side => side.Side == (int)Side.Bid).ToDictionary(side => side.Asset, side => side.Highest), best.Where(side => side.Side == (int)Side.Ask).ToDictionary(side => side.Asset, side => side.Lowest));
        return (await db.Books.AsNoTracking().OrderBy(row => row.Asset).ToListAsync(cancel))
            .ConvertAll(row => View(row, bids.TryGetValue(row.Asset, out var bid) ? bid : null, asks.TryGetValue(row.Asset, out var ask) ? ask : null));
    }

    /// <summary>Places an order once: the same id with the same content answers how it stands.</summary>
    /// <exception cref="NeuroException"><c>order.exists_with_different_content</c>, <c>order.bad_price</c>, <c>order.too_large</c>, <c>book.not_found</c>, <c>ledger.insufficient_funds</c>, <c>book.busy</c>.</exception>
    public async Task<BookOrder> PlaceAsync(Guid account, string asset, BookOrderRequest request, CancellationToken cancel)
    {
        var (book, row) = Find(asset);
        var (placed, hold) = Read(account, row, request);
        // Opened first, so that no trade can find an account missing.
        await OpenHoldingAsync(account, asset, cancel);
        try
        {
            await book.PlaceAsync(placed, hold, cancel);
        }
        catch (NeuroException used) when (used.Code.StartsWith("ledger.exists_with_different", StringComparison.Ordinal))
        {
            throw Different(request.Id);
        }
        catch (NeuroException refused) when (refused.Code == "ledger.insufficient_funds" && placed.Side == (int)Side.Ask)
        {
            var holding = await HoldingAsync(account, asset, cancel);
            throw new NeuroException("order.insufficient_lots", $"You ask for a price for {placed.Quantity} lots of {asset}; {holding.Available} are free to sell, {holding.Held} are in other asks. Ask for fewer, or cancel another ask.") { Status = 409 };
        }

        var kept = await stored.FindAsync(request.Id, cancel) ?? throw new NeuroException("order.not_found", $"Order {request.Id} was not kept. Send it again.") { Status = 503 };
        return Same(kept, placed) ? View(kept, row) : throw Different(request.Id);
    }

    /// <summary>Takes an order back; one that is closed stays as it is.</summary>
    public async Task<BookOrder> CancelAsync(Guid account, string asset, Guid id, CancellationToken cancel)
    {
        var (book, row) = Find(asset);
        await book.CancelAsync(account, id, cancel);
        return View(await OwnAsync(account, asset, id, cancel), row);
    }

    /// <summary>An order of an account; null when it was never placed.</summary>
    public async Task<BookOrder?> OrderAsync(Guid account, string asset, Guid id, CancellationToken cancel) =>
        await stored.FindAsync(id, cancel) is { } order && order.AccountId == account && order.Asset == asset ? View(order, Find(asset).Row) : null;

    /// <summary>An account's orders, the newest first.</summary>
    public async Task<IReadOnlyList<BookOrder>> OrdersAsync(Guid account, string asset, bool openOnly, CancellationToken cancel)
    {
        var (_, row) = Find(asset);
        await using var db = database.CreateDbContext();
        var rows = await db.BookOrders.AsNoTracking().Where(order => order.AccountId == account && order.Asset == asset && (!openOnly || order.State == (int)OrderState.Open))
            .OrderByDescending(order => order.Sequence).Take(MostTrades).ToListAsync(cancel);
        return rows.ConvertAll(order => View(order, row));
    }

    public Depth Depth(string asset, int levels)
    {
        Input.Range(levels, "levels", 1, 50);
        var (book, row) = Find(asset);
        return View(row, book.Depth, levels);
    }

    /// <summary>The newest trades first.</summary>
    public async Task<IReadOnlyList<Trade>> TradesAsync(string asset, int limit, CancellationToken cancel)
    {
        Input.Range(limit, "limit", 1, MostTrades);
        var (_, row) = Find(asset);
        await using var db = database.CreateDbContext();
        return (await db.Trades.AsNoTracking().Where(trade => trade.Asset == asset).OrderByDescending(trade => trade.Sequence).Take(limit).ToListAsync(cancel)).ConvertAll(trade => View(trade, row));
    }

    /// <summary>Trades by interval, the oldest first; intervals without trades are left out.</summary>
    public async Task<IReadOnlyList<Candle>> CandlesAsync(string asset, TimeSpan interval, CancellationToken cancel)
    {
        Input.Range(interval, "interval", TimeSpan.FromMinutes(1), TimeSpan.FromDays(7));
        var (_, row) = Find(asset);
        var since = time.GetUtcNow() - (interval * MostCandles);
        await using var db = database.CreateDbContext();
        var candles = new List<Candle>();
        await foreach (var trade in db.Trades.AsNoTracking().Where(trade => trade.Asset == asset && trade.At >= since).OrderBy(trade => trade.Sequence).AsAsyncEnumerable().WithCancellation(cancel))
        {
            var (from, price) = (new DateTimeOffset(trade.At.UtcTicks - (trade.At.UtcTicks % interval.Ticks), TimeSpan.Zero), Price(row, trade.Price));
            if (candles.Count > 0 && candles[^1].From == from)
            {
                var candle = candles[^1];
                candles[^1] = candle with { High = candle.High < price ? price : candle.High, Low = price < candle.Low ? price : candle.Low, Close = price, Volume = candle.Volume + trade.Quantity, Trades = candle.Trades + 1 };
            }
            else
            {
                candles.Add(new(from, price, price, price, price, trade.Quantity, 1));
            }
        }

        return candles;
    }

    /// <summary>The trades after a sequence number, and then each as it happens.</summary>
    public async IAsyncEnumerable<Trade> FollowAsync(string asset, long after, [EnumeratorCancellation] CancellationToken cancel)
    {
        var (book, row) = Find(asset);
        while (true)
        {
            var changed = book.Changed.Next;
            await using (var db = database.CreateDbContext())
            {
                foreach (var trade in await db.Trades.AsNoTracking().Where(trade => trade.Asset == asset && trade.Sequence > after).OrderBy(trade => trade.Sequence).Take(MostTrades).ToListAsync(cancel))
                {
                    after = trade.Sequence;
                    yield return View(trade, row);
                }
            }

            await changed.WaitAsync(cancel);
        }
    }

    /// <summary>What an account has of each asset but NTK.</summary>
    public async Task<IReadOnlyList<Holding>> HoldingsAsync(Guid account, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        return (await db.Accounts.AsNoTracking().Where(row => row.OwnerId == account).OrderBy(row => row.Asset).ToListAsync(cancel)).ConvertAll(View);
    }

    /// <summary>Finishes what is queued, then closes all books.</summary>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        opening.Dispose();
    }

    private async Task OpenBooksAsync(CancellationToken cancel)
    {
        var owned = await leases.TakeAsync(Lease, cancel);
        var now = leases.Epoch(Lease);
        if (!owned || epoch != now)
        {
            await CloseAsync();
        }

        if (!owned)
        {
            return;
        }

        await using var db = database.CreateDbContext();
        foreach (var row in await db.Books.AsNoTracking().ToListAsync(cancel))
        {
            if (!live.ContainsKey(row.Asset))
            {
                live[row.Asset] = await LiveBook.OpenAsync(row, now, database, ledger, time, cancel);
            }
        }

        Volatile.Write(ref epoch, now);
    }

    private async Task CloseAsync()
    {
        Volatile.Write(ref epoch, Closed);
        foreach (var asset in live.Keys)
        {
            if (live.TryRemove(asset, out var book))
            {
                await book.DisposeAsync();
            }
        }
    }

    /// <summary>A request as a row, and what is held for it: nano of a bid, lots of an ask.</summary>
    private (BookOrderRow Row, long Hold) Read(Guid account, BookRow book, BookOrderRequest request)
    {
        Input.Id(request.Id, "id");
        Input.Range(request.Quantity, "quantity", 1, long.MaxValue);
        var side = request.Side switch { "bid" => Side.Bid, "ask" => Side.Ask, var other => throw Unknown("side", other, "bid or ask") };
        var kind = request.Kind switch { "limit" => OrderKind.Limit, "market" => OrderKind.Market, "ioc" => OrderKind.ImmediateOrCancel, "post-only" => OrderKind.PostOnly, var other => throw Unknown("kind", other, "limit, market, ioc or post-only") };
        var price = Ticks(book, kind, request.Price);
        if (request.MostSpent is not null != (kind == OrderKind.Market && side == Side.Bid))
        {
            throw new NeuroException("order.bad_cap", $"mostSpent is {request.MostSpent?.ToString() ?? "missing"}; it belongs to a market bid, which needs it, and to nothing else.");
        }

        Input.Range(request.MostSpent?.Nano ?? 1, "mostSpent in nano NTK", 1, Ntk.Supply.Nano);
        var worth = (Int128)price * request.Quantity * book.TickNano;
        if (worth > Ntk.Supply.Nano)
        {
            throw new NeuroException("order.too_large", $"{request.Quantity} lots at {request.Price} NTK are worth more than all NTK there are. Order less.");
        }

        var row = new BookOrderRow
        {
            Id = request.Id,
            Asset = book.Asset,
            AccountId = account,
            Side = (int)side,
            Kind = (int)kind,
            Price = price,
            Quantity = request.Quantity,
            State = (int)OrderState.Open,
            CreatedAt = time.GetUtcNow().ToMillisecond(),
        };
        return (row, side == Side.Ask ? request.Quantity : request.MostSpent?.Nano ?? (long)worth);
    }

    private static long Ticks(BookRow book, OrderKind kind, Ntk? price)
    {
        if (price is null != (kind == OrderKind.Market))
        {
            throw new NeuroException("order.bad_price", $"price is {price?.ToString() ?? "missing"}; every order but a market order needs one, and a market order has none.");
        }

        return price is not { } named ? 0
            : named.Nano > 0 && named.Nano % book.TickNano == 0 ? named.Nano / book.TickNano
            : throw new NeuroException("order.bad_price", $"price is {named}; in the book of {book.Asset} it is a whole multiple of {new Ntk(book.TickNano)} NTK above 0.");
    }

    private (LiveBook Live, BookRow Row) Find(string asset) => live.TryGetValue(asset, out var book)
        ? IsOpen ? (book, book.Row) : throw Leases.Lost(Lease)
        : !IsOpen ? throw Leases.Lost(Lease)
        : throw new NeuroException("book.not_found", $"There is no order book of '{Words.Clip(asset, LongestAsset)}'. The books are listed at /v1/books.") { Status = 404 };

    private async Task<BookOrderRow> OwnAsync(Guid account, string asset, Guid id, CancellationToken cancel) =>
        await stored.FindAsync(id, cancel) is { } order && order.AccountId == account && order.Asset == asset
            ? order
            : throw new NeuroException("order.not_found", $"You have no order {id} in the book of {Words.Clip(asset, LongestAsset)}.") { Status = 404 };

    private async Task<LotMovement> MoveLotsAsync(Guid id, Guid account, string asset, long lots, string reference, Guid from, Guid to, CancellationToken cancel)
    {
        Input.Id(id, "id");
        Input.Range(lots, "lots", 1, long.MaxValue);
        Input.Text(reference, "reference", 1, LongestReference);
        Find(asset);
        await OpenHoldingAsync(account, asset, cancel);
        var words = Words.Clip(reference, LongestReference);
        var transfer = TransferRequest.Transfer(DerivedId.Of("issue", id), from, to, new Ntk(lots), words);
        var result = await ledger.SubmitAsync(transfer, cancel);
        if (result.Code == TransferCode.InsufficientFunds)
        {
            throw new NeuroException("lots.insufficient", $"The account has {result.Limit.Nano} free lots of {asset}; {lots} were asked for. Ask for fewer, or cancel an ask that holds some.") { Status = 409 };
        }

        if (result.Code.ToString().StartsWith("ExistsWithDifferent", StringComparison.Ordinal))
        {
            throw new NeuroException("lots.exists_with_different_content", $"The id {id} was used before for other lots. Use a new id for new lots.") { Status = 409 };
        }

        result.ThrowIfRefused($"the issue of {asset}");
        await using var db = database.CreateDbContext();
        return new(id, asset, account, lots, words, await db.Transfers.Where(row => row.Id == transfer.Id).Select(row => row.At).SingleAsync(cancel));
    }

    /// <summary>Opens an account's holding of an asset; does nothing when it is there.</summary>
    /// <exception cref="NeuroException"><c>account.not_found</c>: it is nobody's, or counts an asset itself.</exception>
    public async Task OpenHoldingAsync(Guid account, string asset, CancellationToken cancel)
    {
        var id = SystemAccounts.HoldingOf(account, asset);
        if (holdings.ContainsKey(id))
        {
            return;
        }

        await using var db = database.CreateDbContext();
        var owner = await db.Accounts.AsNoTracking().SingleOrDefaultAsync(row => row.Id == account && row.OwnerId == null && row.Kind != "issuance", cancel)
            ?? throw new NeuroException("account.not_found", $"There is no account {account} that could have lots.") { Status = 404 };
        await ledger.OpenAccountAsync(id, owner.Kind, owner.Name, cancel, asset, account);
        if (holdings.Count < MostRemembered)
        {
            holdings.TryAdd(id, true);
        }
    }

    private async Task<Holding> HoldingAsync(Guid account, string asset, CancellationToken cancel) =>
        (await HoldingsAsync(account, cancel)).FirstOrDefault(holding => holding.Asset == asset) ?? new(asset, 0, 0);

    private static BookOrderRow ReadOrder(DbDataReader row) => new()
    {
        Id = row.GetGuid(0),
        Sequence = row.GetInt64(1),
        Asset = row.GetString(2),
        AccountId = row.GetGuid(3),
        Side = row.GetInt32(4),
        Kind = row.GetInt32(5),
        Price = row.GetInt64(6),
        Quantity = row.GetInt64(7),
        Filled = row.GetInt64(8),
        State = row.GetInt32(9),
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(10)),
        ClosedAt = row.IsDBNull(11) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(11)),
    };

    private static bool Same(BookOrderRow stored, BookOrderRow asked) =>
        (stored.AccountId, stored.Asset, stored.Side, stored.Kind, stored.Price, stored.Quantity) == (asked.AccountId, asked.Asset, asked.Side, asked.Kind, asked.Price, asked.Quantity);

    private static Ntk Price(BookRow book, long ticks) => new(ticks * book.TickNano);

    private static Book View(BookRow row, long? bestBid, long? bestAsk) =>
        new(row.Asset, row.Title, new(row.TickNano), row.FeeBasisPoints, Best(row, bestBid), Best(row, bestAsk)) { SuggestedPrice = PriceList.OfAsset(row.Asset) };

    private static Ntk? Best(BookRow row, long? ticks) => ticks is { } price ? Price(row, price) : null;

    private static Depth View(BookRow row, OrderBooks.Depth depth, int most)
    {
        return new(row.Asset, Levels(depth.Bids), Levels(depth.Asks));

        List<DepthLevel> Levels(IEnumerable<OrderBooks.DepthLevel> levels) =>
            [.. levels.Take(most).Select(level => new DepthLevel(Price(row, level.Price), (long)Int128.Min(level.Quantity, long.MaxValue), level.Orders))];
    }

    private static BookOrder View(BookOrderRow order, BookRow book) => new(
        order.Id, order.Asset, LiveOrder.Word((Side)order.Side), LiveOrder.Word((OrderKind)order.Kind), order.Price == 0 ? null : Price(book, order.Price), order.Quantity, order.Filled,
        LiveOrder.Word((OrderState)order.State), order.CreatedAt);

    private static Trade View(TradeRow trade, BookRow book) => new(trade.Sequence, trade.Asset, Price(book, trade.Price), trade.Quantity, LiveOrder.Word((Side)trade.Side), trade.At);

    private static Holding View(AccountRow row) => new(row.Asset, row.CreditsPosted - row.DebitsPosted - row.DebitsPending, row.DebitsPending);

    private static NeuroException Unknown(string field, string? value, string expected) =>
        new("request.out_of_range", string.Create(CultureInfo.InvariantCulture, $"{field} is '{Words.Clip(value ?? "", 40)}'; expected {expected}."));

    private static NeuroException Different(Guid id) =>
        new("order.exists_with_different_content", $"The id {id} was used before for another order. Use a new id for a new order.") { Status = 409 };
}
