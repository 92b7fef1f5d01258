namespace Neuro.Backend.OrderBooks;

/// <summary>One side of a book: a queue of orders at each price, and the prices in a tree.</summary>
/// <remarks>A price is known by its key, which is the smaller the better the price: the price itself of an ask, its 63-bit complement of a bid.</remarks>
internal sealed class BookSide(Side side, OrderTable orders)
{
    private const int None = PriceTree.None;

    // Two to the 31 orders of less than two to the 63 lots: their sum fits.
    private struct Level
    {
        public Int128 Quantity;
        public long Key;
        public int Orders;
        public int Head;
        public int Tail;
    }

    private readonly long flip = side == Side.Bid ? long.MaxValue : 0;
    private readonly PriceTree prices = new();
    private Level[] levels = new Level[16];
    private int made = 1;
    private int free = None;
    private int best = None;

    public long? BestPrice => best == None ? null : levels[best].Key ^ flip;

    /// <summary>The oldest order at the best price; the side must not be empty.</summary>
    public int Front => levels[best].Head;

    /// <summary>Whether an order from the other side with this price can trade here.</summary>
    public bool Reaches(long price) => best != None && levels[best].Key <= (price ^ flip);

    /// <summary>Puts an order at the back of the queue of its price.</summary>
    public void Append(int slot)
    {
        ref var order = ref orders[slot];
        var key = order.Price ^ flip;
        ref var found = ref prices.GetOrAdd(key, out var added);
        if (added)
        {
            found = Open(key);
        }

        ref var level = ref levels[found];
        (order.Level, order.Previous, order.Next) = (found, level.Tail, OrderTable.None);
        if (added)
        {
            level.Head = slot;
            best = best == None || key < levels[best].Key ? found : best;
        }
        else
        {
            orders[level.Tail].Next = slot;
        }

        level.Tail = slot;
        level.Orders++;
        level.Quantity = unchecked(level.Quantity + order.Quantity);
    }

    /// <summary>Takes an order out of its queue.</summary>
    public void Remove(int slot)
    {
        ref var order = ref orders[slot];
        ref var level = ref levels[order.Level];
        if (level.Orders == 1)
        {
            Close(order.Level);
            return;
        }

        level.Orders--;
        level.Quantity = unchecked(level.Quantity - order.Quantity);
        if (order.Previous == OrderTable.None)
        {
            level.Head = order.Next;
        }
        else
        {
            orders[order.Previous].Next = order.Next;
        }

        if (order.Next == OrderTable.None)
        {
            level.Tail = order.Previous;
        }
        else
        {
            orders[order.Next].Previous = order.Previous;
        }
    }

    /// <summary>Makes an order smaller and leaves it where it is.</summary>
    public void Take(int slot, long quantity)
    {
        ref var order = ref orders[slot];
        order.Quantity -= quantity;
        ref var level = ref levels[order.Level];
        level.Quantity = unchecked(level.Quantity - quantity);
    }

    public List<DepthLevel> Depth(int most)
    {
        var depth = new List<DepthLevel>();
        for (var at = best; at != None && depth.Count < most; at = prices.After(levels[at].Key))
        {
            depth.Add(new(levels[at].Key ^ flip, levels[at].Quantity, levels[at].Orders));
        }

        return depth;
    }

    public void CopyTo(List<OpenOrder> open)
    {
        for (var at = best; at != None; at = prices.After(levels[at].Key))
        {
            for (var slot = levels[at].Head; slot != OrderTable.None; slot = orders[slot].Next)
            {
                ref var order = ref orders[slot];
                open.Add(new(order.Id, order.Owner, order.Side, order.Price, order.Quantity));
            }
        }
    }

    private int Open(long key)
    {
        var at = free;
        if (at != None)
        {
            free = levels[at].Head;
        }
        else
        {
            at = made++;
            if (at == levels.Length)
            {
                Array.Resize(ref levels, 2 * at);
            }
        }

        levels[at] = new() { Key = key };
        return at;
    }

    private void Close(int at)
    {
        prices.Remove(levels[at].Key);
        (levels[at].Head, free) = (free, at);
        best = at == best ? prices.First() : best;
    }
}
