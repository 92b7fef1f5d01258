namespace Neuro.Backend.OrderBooks;

/// <summary>An open order where it is kept, with its place in the queue of its price.</summary>
internal struct Slot
{
    public long Id;
    public long Owner;
    public long Price;
    public long Quantity;
    public int Level;
    public int Previous;
    public int Next;
    public Side Side;
}

/// <summary>The open orders of a book in numbered slots that are used again, found by id.</summary>
/// <remarks>
/// The index is a hash table with linear probing, at most half full.
/// A removal moves later entries of the run back (Knuth, TAOCP 6.4, algorithm R), so it never needs cleaning.
/// </remarks>
internal sealed class OrderTable
{
    /// <summary>No slot.</summary>
    public const int None = 0;

    private struct Entry
    {
        public uint Hash;
        public int Slot;
    }

    private Slot[] orders = new Slot[16];
    private Entry[] index = new Entry[32];
    private int shift = 32 - 5;
    private int made = 1;
    private int free = None;

    public int Count { get; private set; }

    /// <summary>An order by its slot; the reference holds until the next order is added.</summary>
    public ref Slot this[int slot] => ref orders[slot];

    /// <summary>The slot of an open order, or none.</summary>
    public int Find(long id)
    {
        var hash = Hash(id);
        for (var at = Home(hash); index[at].Slot != None; at = Next(at))
        {
            if (index[at].Hash == hash && orders[index[at].Slot].Id == id)
            {
                return index[at].Slot;
            }
        }

        return None;
    }

    /// <summary>Keeps an order whose id is not here yet; in no queue so far.</summary>
    public int Add(in OpenOrder order)
    {
        var slot = free;
        if (slot != None)
        {
            free = orders[slot].Next;
        }
        else
        {
            slot = made++;
            if (slot == orders.Length)
            {
                Grow();
            }
        }

        orders[slot] = new() { Id = order.Id, Owner = order.Owner, Side = order.Side, Price = order.Price, Quantity = order.Quantity };
        Enter(new() { Hash = Hash(order.Id), Slot = slot });
        Count++;
        return slot;
    }

    public void Remove(int slot)
    {
        var gap = Home(Hash(orders[slot].Id));
        while (index[gap].Slot != slot)
        {
            gap = Next(gap);
        }

        for (var at = Next(gap); index[at].Slot != None; at = Next(at))
        {
            // An entry may move back as long as it does not pass its home.
            if (Distance(Home(index[at].Hash), at) >= Distance(gap, at))
            {
                index[gap] = index[at];
                gap = at;
            }
        }

        index[gap] = default;
        (orders[slot].Next, free) = (free, slot);
        Count--;
    }

    // Fibonacci hashing (Knuth, TAOCP 6.4): the product with 2^64 / φ is meant to wrap around.
    private static uint Hash(long id) => (uint)(unchecked((ulong)id * 0x9E3779B97F4A7C15) >> 32);

    private int Home(uint hash) => (int)(hash >> shift);

    private int Next(int at) => at + 1 & index.Length - 1;

    private int Distance(int from, int to) => to - from & index.Length - 1;

    private void Enter(Entry entry)
    {
        var at = Home(entry.Hash);
        while (index[at].Slot != None)
        {
            at = Next(at);
        }

        index[at] = entry;
    }

    private void Grow()
    {
        Array.Resize(ref orders, 2 * orders.Length);
        var before = index;
        index = new Entry[2 * before.Length];
        shift--;
        foreach (var entry in before)
        {
            if (entry.Slot != None)
            {
                Enter(entry);
            }
        }
    }
}
