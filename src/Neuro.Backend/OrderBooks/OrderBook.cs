namespace Neuro.Backend.OrderBooks;

/// <summary>The bids and asks of one thing, matched by price and then by time; a pure function of its commands, in memory, for one thread.</summary>
/// <remarks>
/// A trade is at the resting order's price. Orders of one owner never trade with each other: the resting one is cancelled and matching goes on,
/// since the incoming order is what its owner wants now, and nobody's trade with others then waits for an order that cannot trade.
/// Only open orders are remembered, so the id of a filled or cancelled order may be used again; that ids are unique over time is up to the caller.
/// What a command costs besides its trades does not grow with the number of open orders: a look into a hash table,
/// and at a price that is new or used up at most eleven steps in a tree. Memory follows the most orders that were open at once.
/// </remarks>
internal sealed class OrderBook
{
    private readonly OrderTable orders = new();
    private readonly BookSide bids;
    private readonly BookSide asks;

    public OrderBook() => (bids, asks) = (new(Side.Bid, orders), new(Side.Ask, orders));

    /// <summary>The highest price that somebody bids, ticks; null when nobody does.</summary>
    public long? BestBid => bids.BestPrice;

    /// <summary>The lowest price that somebody asks, ticks; null when nobody does.</summary>
    public long? BestAsk => asks.BestPrice;

    /// <summary>How many orders are open.</summary>
    public int Count => orders.Count;

    /// <summary>Lets an order in: it trades with what its price reaches, and rests or is cancelled as its kind says.</summary>
    /// <param name="price">The worst price it takes, ticks; 0 for a market order.</param>
    /// <param name="events">What happened to resting orders is appended here, in order.</param>
    /// <param name="spendCap">The most that a market bid may spend, Σ price × quantity; it stops where it cannot pay one lot more.</param>
    public Outcome Place(long id, long owner, Side side, OrderKind kind, long price, long quantity, List<MatchEvent> events, long? spendCap = null)
    {
        var refusal = Judge(side, kind, price, quantity, spendCap);
        if (refusal != Refusal.None)
        {
            return Outcome.Refused(refusal);
        }

        if (orders.Find(id) != OrderTable.None)
        {
            return Outcome.Refused(Refusal.DuplicateId);
        }

        if (kind == OrderKind.PostOnly && Of(side == Side.Bid ? Side.Ask : Side.Bid).Reaches(price))
        {
            return new(Refusal.None, 0, 0, quantity);
        }

        // A market order is one that takes even the worst price there is.
        var worst = kind != OrderKind.Market ? price : side == Side.Bid ? long.MaxValue : 1;
        var left = Match(new(id, owner, side, worst, quantity), spendCap, events);
        if (kind is OrderKind.Market or OrderKind.ImmediateOrCancel)
        {
            return new(Refusal.None, 0, quantity - left, left);
        }

        if (left > 0)
        {
            Rest(new(id, owner, side, price, left));
        }

        return new(Refusal.None, left, quantity - left, 0);
    }

    /// <summary>Takes an order back.</summary>
    public Outcome Cancel(long id, long owner)
    {
        var refusal = Own(id, owner, out var slot);
        if (refusal != Refusal.None)
        {
            return Outcome.Refused(refusal);
        }

        var open = orders[slot].Quantity;
        Remove(slot);
        return new(Refusal.None, 0, 0, open);
    }

    /// <summary>Takes an order back and places what is open of it anew, at this price and under the same id.</summary>
    /// <remarks>It trades like any incoming order, and goes to the back of the queue, also at the price it had.</remarks>
    public Outcome Move(long id, long owner, long price, List<MatchEvent> events)
    {
        var refusal = Own(id, owner, out var slot);
        if (refusal != Refusal.None || price < 1)
        {
            return Outcome.Refused(refusal != Refusal.None ? refusal : Refusal.BadPrice);
        }

        ref var order = ref orders[slot];
        var (side, open) = (order.Side, order.Quantity);
        if (Overflows(price, open))
        {
            return Outcome.Refused(Refusal.BadQuantity);
        }

        Of(side).Remove(slot);
        var left = Match(new(id, owner, side, price, open), null, events);
        if (left == 0)
        {
            orders.Remove(slot);
            return new(Refusal.None, 0, open, 0);
        }

        (order.Price, order.Quantity) = (price, left);
        Of(side).Append(slot);
        return new(Refusal.None, left, open - left, 0);
    }

    /// <summary>At most so many prices of each side, best first.</summary>
    public Depth Depth(int levels) => new(bids.Depth(levels), asks.Depth(levels));

    /// <summary>Every open order: the bids, then the asks, each from the best price on and at a price from the oldest on.</summary>
    public List<OpenOrder> OpenOrders()
    {
        var open = new List<OpenOrder>(orders.Count);
        bids.CopyTo(open);
        asks.CopyTo(open);
        return open;
    }

    private static Refusal Judge(Side side, OrderKind kind, long price, long quantity, long? spendCap)
    {
        var market = kind == OrderKind.Market;
        return side is not (Side.Bid or Side.Ask) || kind is not (OrderKind.Limit or OrderKind.Market or OrderKind.ImmediateOrCancel or OrderKind.PostOnly) ? Refusal.BadKind
            : (market ? price != 0 : price < 1) ? Refusal.BadPrice
            : quantity < 1 || (!market && Overflows(price, quantity)) ? Refusal.BadQuantity
            : spendCap is not null && (spendCap < 1 || !market || side != Side.Bid) ? Refusal.BadSpendCap
            : Refusal.None;
    }

    /// <summary>Whether price × quantity, both at least 1, is more than 64 bits hold.</summary>
    private static bool Overflows(long price, long quantity) => Math.BigMul((ulong)price, (ulong)quantity, out var low) != 0 || low > long.MaxValue;

    private BookSide Of(Side side) => side == Side.Bid ? bids : asks;

    private Refusal Own(long id, long owner, out int slot)
    {
        slot = orders.Find(id);
        return slot == OrderTable.None ? Refusal.UnknownOrder : orders[slot].Owner != owner ? Refusal.NotOwner : Refusal.None;
    }

    /// <summary>Trades an incoming order with the other side as far as its price and its cap go; the lots that are left.</summary>
    private long Match(in OpenOrder taker, long? spendCap, List<MatchEvent> events)
    {
        var makers = taker.Side == Side.Bid ? asks : bids;
        var (left, purse) = (taker.Quantity, spendCap ?? 0);
        while (left > 0 && makers.Reaches(taker.Price))
        {
            var slot = makers.Front;
            ref var maker = ref orders[slot];
            var most = spendCap is null ? left : Math.Min(left, purse / maker.Price);
            if (most == 0)
            {
                break;
            }

            var own = maker.Owner == taker.Owner;
            var taken = own ? maker.Quantity : Math.Min(most, maker.Quantity);
            makers.Take(slot, taken);
            var what = own ? MatchKind.SelfTradeCancel : MatchKind.Fill;
            events.Add(new(what, taker.Side, maker.Id, maker.Owner, taker.Id, taker.Owner, maker.Price, taken, maker.Quantity));
            left -= own ? 0 : taken;
            purse -= own || spendCap is null ? 0 : taken * maker.Price;
            if (maker.Quantity == 0)
            {
                Remove(slot);
            }
        }

        return left;
    }

    private void Rest(in OpenOrder order) => Of(order.Side).Append(orders.Add(order));

    private void Remove(int slot)
    {
        Of(orders[slot].Side).Remove(slot);
        orders.Remove(slot);
    }
}
