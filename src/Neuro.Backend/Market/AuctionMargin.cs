namespace Neuro.Backend.Market;

/// <summary>Makes a choice of lots with start-up costs cheaper by exchanges near its margin.</summary>
/// <remarks>
/// What a lot asks is concave in its work, so in a cheapest choice all chosen lots are full but one. A move takes one lot out, or puts one in, or both or neither,
/// and gives what is then open to the lot that does it for the least; the best move is made until none saves anything.
/// </remarks>
internal sealed class AuctionMargin(AuctionLot[] lots, long[] taken, int partial)
{
    private const int Window = 24;
    private const int MostMoves = 64;
    private const int None = -1;

    private readonly int from = Math.Max(0, partial - Window);
    private readonly int to = Math.Min(lots.Length, partial + Window + 1);
    private int partial = partial;

    // The cost is counted from the choice without its partial lot.
    private readonly record struct Move(Int128 Cost, int Out, int In, int Partial, long Open);

    /// <summary>Changes what is taken; returns the saving, pico.</summary>
    public Int128 Improve()
    {
        var saved = Int128.Zero;
        for (var i = 0; i < MostMoves; i++)
        {
            var stay = new Move(lots[partial].Cost(taken[partial]), None, None, partial, taken[partial]);
            var move = Best(stay);
            if (move == stay)
            {
                break;
            }

            saved += stay.Cost - move.Cost;
            Make(move);
        }

        return saved;
    }

    private Move Best(Move best)
    {
        var near = Enumerable.Range(from, to - from).Where(lot => lots[lot].Capacity > 0).ToLookup(IsFull);
        int[] ins = [None, .. near[false]];
        foreach (var dropped in near[true].Prepend(None))
        {
            foreach (var added in ins)
            {
                var open = taken[partial] + Capacity(dropped) - Capacity(added);
                best = open > 0 ? Finished(best, new(Cost(added) - Cost(dropped), dropped, added, None, open)) : best;
            }
        }

        return best;
    }

    private Move Finished(Move best, Move move)
    {
        // Lots come by spread cost: once one could not do what is open cheaply enough at that, no later one can.
        for (var i = from; i < to && move.Cost + ((Int128)lots[i].LeastCost * move.Open) < best.Cost; i++)
        {
            if (lots[i].Capacity >= move.Open && i != move.In && (i == move.Out || !IsFull(i)) && move.Cost + lots[i].Cost(move.Open) is var cost && cost < best.Cost)
            {
                best = move with { Cost = cost, Partial = i };
            }
        }

        return best;
    }

    private void Make(Move move)
    {
        taken[partial] = 0;
        if (move.Out != None)
        {
            taken[move.Out] = 0;
        }

        if (move.In != None)
        {
            taken[move.In] = Capacity(move.In);
        }

        (partial, taken[move.Partial]) = (move.Partial, move.Open);
    }

    private bool IsFull(int lot) => taken[lot] > 0 && lot != partial;

    private long Capacity(int lot) => lot == None ? 0 : lots[lot].Capacity;

    private Int128 Cost(int lot) => lot == None ? 0 : lots[lot].Cost(lots[lot].Capacity);
}
