using System.Numerics;

namespace Neuro.Backend.OrderBooks;

/// <summary>A sorted map from keys of 63 bits to numbers: a radix tree of six bits a step, in which a node says in one word which of its 64 children there are.</summary>
/// <remarks>
/// Steps that all keys below share are left out (a Patricia tree; Morrison 1968), so that there are fewer than two nodes a key, and two or three from the root to a key
/// when the keys are near each other, wherever they lie. Nodes that get empty are used again.
/// </remarks>
internal sealed class PriceTree
{
    /// <summary>No number: those that the map holds are others.</summary>
    public const int None = 0;

    private const int Bits = 6;
    private const int Fan = 1 << Bits;

    private struct Node
    {
        public ulong Present;
        public long Prefix;
        public int Shift;
    }

    private Node[] nodes = new Node[16];

    // A node's children: below a node of shift 0 the numbers, below any other more nodes. Node 0 is no node; its first child is the root.
    private int[] children = new int[16 * Fan];
    private int made = 1;
    private int free = None;

    /// <summary>The place of a key's number, which the caller must fill in when the key was added.</summary>
    public ref int GetOrAdd(long key, out bool added)
    {
        for (var link = 0; ;)
        {
            var node = children[link];
            if (node == None)
            {
                // In two steps, for the first may move the children.
                node = Make(0, key);
                children[link] = node;
            }
            else if (key >> nodes[node].Shift >> Bits != nodes[node].Prefix)
            {
                node = Fork(link, key);
            }

            ref var at = ref nodes[node];
            var digit = Digit(key, at.Shift);
            added = (at.Present >> digit & 1) == 0;
            at.Present |= 1UL << digit;
            link = (node * Fan) + digit;
            if (at.Shift == 0)
            {
                return ref children[link];
            }

            if (added)
            {
                children[link] = None;
            }
        }
    }

    /// <summary>Forgets a key that is there.</summary>
    public void Remove(long key)
    {
        var (above, link, node) = (0, 0, children[0]);
        while (nodes[node].Shift != 0)
        {
            (above, link) = (link, (node * Fan) + Digit(key, nodes[node].Shift));
            node = children[link];
        }

        nodes[node].Present &= ~(1UL << Digit(key, 0));
        if (nodes[node].Present != 0)
        {
            return;
        }

        Free(node);
        if (link == 0)
        {
            children[0] = None;
            return;
        }

        // A node with one child left only makes the way longer.
        var parent = link / Fan;
        var rest = nodes[parent].Present &= ~(1UL << link % Fan);
        if (BitOperations.IsPow2(rest))
        {
            children[above] = children[(parent * Fan) + BitOperations.TrailingZeroCount(rest)];
            Free(parent);
        }
    }

    /// <summary>The number of the smallest key; none when the map is empty.</summary>
    public int First() => children[0] == None ? None : First(children[0]);

    /// <summary>The number of the smallest key above one that is there; none when that is the largest.</summary>
    public int After(long key)
    {
        var (turn, leaf) = (0, false);
        for (var node = children[0]; ;)
        {
            ref var at = ref nodes[node];
            var digit = Digit(key, at.Shift);
            var higher = at.Present & (ulong.MaxValue << 1 << digit);
            if (higher != 0)
            {
                (turn, leaf) = ((node * Fan) + BitOperations.TrailingZeroCount(higher), at.Shift == 0);
            }

            if (at.Shift == 0)
            {
                return turn == 0 ? None : leaf ? children[turn] : First(children[turn]);
            }

            node = children[(node * Fan) + digit];
        }
    }

    private static int Digit(long key, int shift) => (int)(key >> shift & (Fan - 1));

    private int First(int node)
    {
        for (; ;)
        {
            ref var at = ref nodes[node];
            var child = children[(node * Fan) + BitOperations.TrailingZeroCount(at.Present)];
            if (at.Shift == 0)
            {
                return child;
            }

            node = child;
        }
    }

    /// <summary>Puts a node between a link and what it leads to, at the first step in which that and the key differ.</summary>
    private int Fork(int link, long key)
    {
        var below = children[link];
        var other = nodes[below].Prefix << nodes[below].Shift << Bits;
        var shift = BitOperations.Log2((ulong)(key ^ other)) / Bits * Bits;
        var fork = Make(shift, key);
        var digit = Digit(other, shift);
        nodes[fork].Present = 1UL << digit;
        children[(fork * Fan) + digit] = below;
        children[link] = fork;
        return fork;
    }

    private int Make(int shift, long key)
    {
        var node = free;
        if (node != None)
        {
            free = children[node * Fan];
        }
        else
        {
            node = made++;
            if (node == nodes.Length)
            {
                Array.Resize(ref nodes, 2 * node);
                Array.Resize(ref children, 2 * node * Fan);
            }
        }

        nodes[node] = new() { Prefix = key >> shift >> Bits, Shift = shift };
        return node;
    }

    private void Free(int node) => (children[node * Fan], free) = (free, node);
}
