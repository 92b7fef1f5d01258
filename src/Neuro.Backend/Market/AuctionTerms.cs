using Neuro.Client.Tokens;

namespace Neuro.Backend.Market;

/// <summary>How an auction ended. That a limit is too low is an answer and not an error.</summary>
internal enum AuctionOutcome
{
    Cleared,

    /// <summary>All nodes together cannot do the work before the deadline, at any price.</summary>
    CapacityTooSmall,

    /// <summary>Nodes within the limit per CU cannot do the work; with dearer ones it could be done.</summary>
    PriceLimitTooLow,

    /// <summary>The work can be done, for more than the buyer will spend.</summary>
    SpendLimitTooLow,
}

/// <summary>What the chosen nodes are paid.</summary>
internal enum PriceRule
{
    /// <summary>One price: the highest effective floor that was accepted.</summary>
    HighestAccepted,

    /// <summary>Each what it saves the others: see <see cref="Market.Vickrey"/>. Needs <see cref="AuctionTerms.MostPerCu"/>, and offers without start-up costs.</summary>
    Vickrey,
}

/// <summary>What the buyer allows, and the rule of the price.</summary>
internal sealed record AuctionTerms
{
    public static readonly AuctionTerms Unlimited = new();

    /// <summary>The highest price per verified CU; start-up costs may come on top.</summary>
    public Ntk? MostPerCu { get; init; }

    /// <summary>The most for the whole, start-up costs included and the platform's fee not.</summary>
    public Ntk? MostSpend { get; init; }

    public PriceRule Rule { get; init; } = PriceRule.HighestAccepted;

    public void Check(AuctionLot[] lots)
    {
        if (Rule != PriceRule.Vickrey)
        {
            return;
        }

        if (MostPerCu is null || MostSpend is not null)
        {
            // By bidding lower a node could make the others cheaper, and so fit the whole under a limit of spending: a lie that pays.
            throw new ArgumentException("Vickrey payments need a limit per CU, which is what a monopolist gets, and none of the whole spending.");
        }

        if (lots.Any(lot => lot.Start > 0))
        {
            throw new ArgumentException("Vickrey payments are exact only for a cheapest choice, and with start-up costs that is not found for sure.");
        }
    }
}
