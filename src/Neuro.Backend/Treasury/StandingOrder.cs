using Microsoft.EntityFrameworkCore;
using Neuro.Backend.OrderBooks;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Treasury;

/// <summary>The one order that a desk of the house has in a book on one side: never two, whatever crashes.</summary>
/// <remarks>
/// Number, price and quantity are durable before the order is sent, and its id follows from slot and number. An order of which only the number is known is sent
/// again before another is made: so it is known to be placed, or known to be refused.
/// </remarks>
/// <param name="slot">Names the order's ids; the same after every start.</param>
internal sealed class StandingOrder(Database database, Exchange.Exchange exchange, Guid account, string slot, string asset, Side side, OrderKind kind)
{
    public string Asset => asset;

    public Side Side => side;

    /// <summary>The newest order, open or not; null when there was none or it was refused.</summary>
    public async Task<BookOrder?> CurrentAsync(CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var row = await db.HouseOrders.AsNoTracking().SingleOrDefaultAsync(row => row.Slot == slot, cancel);
        return row is null || row.Quantity == 0 ? null : await exchange.OrderAsync(account, asset, IdOf(row.Number), cancel) ?? await SendAsync(row);
    }

    /// <summary>Places the next order; null when it was refused. The one before must be closed.</summary>
    public async Task<BookOrder?> PlaceAsync(Ntk price, long quantity, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var number = (await db.HouseOrders.Where(row => row.Slot == slot).Select(row => (long?)row.Number).SingleOrDefaultAsync(cancel) ?? 0) + 1;
        var written = await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO house_orders (slot, number, asset, price_nano, quantity) VALUES ({slot}, {number}, {asset}, {price.Nano}, {quantity})
            ON CONFLICT (slot) DO UPDATE SET number = excluded.number, price_nano = excluded.price_nano, quantity = excluded.quantity WHERE house_orders.number = excluded.number - 1
            """,
            cancel);
        if (written == 0)
        {
            throw new InvalidOperationException($"Order {number} of {slot} was made meanwhile by somebody else.");
        }

        return await SendAsync(new() { Slot = slot, Number = number, Asset = asset, PriceNano = price.Nano, Quantity = quantity });
    }

    public Task<BookOrder> CancelAsync(BookOrder order, CancellationToken cancel) => exchange.CancelAsync(account, asset, order.Id, cancel);

    /// <summary>What all orders of this slot have traded, lots.</summary>
    public async Task<long> FilledAsync(CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var number = await db.HouseOrders.Where(row => row.Slot == slot).Select(row => (long?)row.Number).SingleOrDefaultAsync(cancel) ?? 0;
        var filled = 0L;
        foreach (var some in Enumerable.Range(1, (int)number).Select(one => IdOf(one)).Chunk(500))
        {
            filled += await db.BookOrders.Where(order => some.Contains(order.Id)).SumAsync(order => order.Filled, cancel);
        }

        return filled;
    }

    private Guid IdOf(long number) => DerivedId.Of($"house-order/{slot}/{number}");

    // Not cancelled in the middle: then nobody would know what became of it.
    private async Task<BookOrder?> SendAsync(HouseOrderRow row)
    {
        var request = new BookOrderRequest(IdOf(row.Number), side == Side.Bid ? "bid" : "ask", kind == OrderKind.PostOnly ? "post-only" : "limit", new Ntk(row.PriceNano), row.Quantity);
        try
        {
            return await exchange.PlaceAsync(account, asset, request, CancellationToken.None);
        }
        catch (NeuroException refused) when (refused.Status < 500)
        {
            await using var db = database.CreateDbContext();
            await db.HouseOrders.Where(one => one.Slot == slot && one.Number == row.Number).ExecuteUpdateAsync(set => set.SetProperty(one => one.Quantity, 0), CancellationToken.None);
            return null;
        }
    }
}
