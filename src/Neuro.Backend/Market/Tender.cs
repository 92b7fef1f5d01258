using System.Globalization;
using Neuro.Backend.Nodes;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Market;

/// <summary>The auction of one job among the live nodes, and what each chosen node is promised.</summary>
/// <param name="Offers">Those within the buyer's limit, cheapest first.</param>
/// <param name="Shares">The part of the work of each, 0 … 1.</param>
/// <param name="Promises">To the chosen ones.</param>
/// <param name="PricePerCu">The clearing price; by Vickrey the mean of what is promised, rounded up to a nano.</param>
/// <param name="LeftOut">Nodes that took no part since their start-up costs would make Vickrey payments inexact.</param>
internal sealed record Tender(IReadOnlyList<Offer> Offers, IReadOnlyList<double> Shares, IReadOnlyList<Promise> Promises, Ntk PricePerCu, int LeftOut)
{
    public IEnumerable<Offer> Chosen => Offers.Where((_, i) => Shares[i] > 0);

    /// <summary>Holds the auction.</summary>
    /// <exception cref="NeuroException">
    /// <c>quote.vickrey_needs_limit</c>, <c>quote.vickrey_with_most_spend</c>, <c>quote.no_nodes</c>, <c>quote.vickrey_start_costs</c>, <c>quote.limit_too_low</c>,
    /// <c>quote.deadline_unmet</c>, <c>quote.most_spend_too_low</c>, <c>quote.too_large</c>.
    /// </exception>
    public static Tender Hold(string kind, IReadOnlyList<KnownNode> live, Cu work, int shards, TimeSpan deadline, QuoteRequest request, int feeBasisPoints)
    {
        var vickrey = request.Pricing == QuotePricing.Vickrey;
        CheckVickrey(vickrey, request);
        var all = live.Select(node => node.Offer(kind)).ToArray();
        var offers = vickrey ? Array.FindAll(all, offer => offer.StartCost == Ntk.Zero) : all;
        CheckThere(kind, all.Length, offers.Length);

        // Rounding: a nano a shard, and two for each node with a start-up cost (its payment, and the fee of that).
        var slack = shards + (2L * offers.Length);
        var terms = new AuctionTerms
        {
            MostPerCu = request.Limit,
            MostSpend = request.MostSpend is { } most ? new(Math.Max(0, (long)((Int128)most.Nano * 10_000 / (10_000 + feeBasisPoints)) - slack)) : null,
            Rule = vickrey ? PriceRule.Vickrey : PriceRule.HighestAccepted,
        };
        var auction = Auction.Clear(offers, work, deadline, terms);
        return auction.Outcome == AuctionOutcome.Cleared
            ? Cleared(auction, work, request.Limit, vickrey, all.Length - offers.Length)
            : throw Refusal(auction, offers, work, deadline, request, slack, feeBasisPoints);
    }

    private static void CheckVickrey(bool vickrey, QuoteRequest request)
    {
        if (vickrey && request.Limit is null)
        {
            throw new NeuroException("quote.vickrey_needs_limit", "Vickrey pricing needs a limit per CU: it is what a node gets that has no rival. Give a limit, or ask for uniform pricing.");
        }

        if (vickrey && request.MostSpend is { } most)
        {
            throw new NeuroException(
                "quote.vickrey_with_most_spend", $"Vickrey pricing takes no limit of the whole spending ({most} NTK): a node could make the job fit under it by a false floor. Leave mostSpend out, or ask for uniform pricing.");
        }
    }

    private static void CheckThere(string kind, int live, int offers)
    {
        if (live == 0)
        {
            throw new NeuroException("quote.no_nodes", $"No node that can do {kind} jobs is here now. Start one on this machine with `neuro node`, or ask again when one has joined.") { Status = 409 };
        }

        if (offers == 0)
        {
            throw new NeuroException("quote.vickrey_start_costs", $"All of {live} live nodes ask for a start-up cost, and with one Vickrey payments are not exact. Ask for uniform pricing.") { Status = 409 };
        }
    }

    private static Tender Cleared(AuctionResult auction, Cu work, Ntk? limit, bool vickrey, int leftOut)
    {
        var promises = new List<Promise>();
        var sum = Int128.Zero;
        for (var i = 0; i < auction.Offers.Count; i++)
        {
            if (auction.Taken[i] is > 0 and var taken)
            {
                promises.Add(Promised(auction.Offers[i], auction.Payments[i], taken, vickrey ? limit : null, auction.Price));
                sum += (Int128)promises[^1].PerCu.Nano * taken;
            }
        }

        var within = Enumerable.Range(0, auction.Offers.Count).Where(i => !(auction.Offers[i].EffectiveFloor > limit)).ToList();
        return new(
            within.ConvertAll(i => auction.Offers[i]), within.ConvertAll(i => auction.Shares[i]), promises, new((long)((sum + work.Milli - 1) / work.Milli)), leftOut);
    }

    // The limit is given by Vickrey, where each has a rate of his own: his payment over his work, rounded up.
    private static Promise Promised(Offer offer, Ntk payment, long taken, Ntk? limit, Ntk price)
    {
        if (limit is { } most)
        {
            return new(offer.NodeId, new((long)Int128.Min((((Int128)payment.Nano * 1000) + taken - 1) / taken, most.Nano)), Ntk.Zero, offer.Reliability);
        }

        var brought = (Int128)price.Nano * taken / 1000;
        return new(offer.NodeId, price, offer.StartCost > Ntk.Zero && payment > price.Times(taken / 1000m) ? new((long)(payment.Nano - brought)) : Ntk.Zero, offer.Reliability);
    }

    private static NeuroException Refusal(AuctionResult auction, Offer[] offers, Cu work, TimeSpan deadline, QuoteRequest request, long slack, int feeBasisPoints)
    {
        if (auction.Outcome == AuctionOutcome.SpendLimitTooLow)
        {
            var needed = (((Int128)auction.Needed!.Value.Nano + slack) * (10_000 + feeBasisPoints) + 9_999) / 10_000;
            return needed > Ntk.Supply.Nano
                ? new NeuroException("quote.too_large", $"{work} CU at {auction.Price} NTK per CU is more than the whole supply of NTK. Order it in parts, or set a lower limit per CU.")
                : new NeuroException("quote.most_spend_too_low", $"You would spend at most {request.MostSpend} NTK; by the cheapest nodes the job costs {new Ntk((long)needed)}, fee included. Raise mostSpend to that, or order less.") { Status = 409 };
        }

        var within = Array.FindAll(offers, offer => !(offer.EffectiveFloor > request.Limit));
        if (within.Length == 0)
        {
            var least = auction.Needed ?? offers.Min(offer => offer.EffectiveFloor);
            return new NeuroException(
                "quote.limit_too_low", $"Your limit is {request.Limit} NTK per CU; the cheapest of {offers.Length} live nodes takes {offers.Min(offer => offer.EffectiveFloor)} per verified CU. Raise the limit to {least}, or wait for a cheaper node.")
            { Status = 409 };
        }

        var dearer = offers.Length - within.Length;
        var remedy = auction.Needed is { } price ? $", or raise your limit: with {Phrase.Nodes(dearer)} more it is done at {price} NTK per CU" : "";
        return new NeuroException(
            "quote.deadline_unmet", $"{work} CU cannot be done in {Phrase.Time(deadline)} by {Phrase.Nodes(within.Length)} that would take the job; together they need {Phrase.Time(TimeFor(within, work))}. Ask for a deadline of at least that{remedy}.")
        { Status = 409 };
    }

    // The shortest deadline in which the offers can do the work: those that start later join in later.
    private static TimeSpan TimeFor(Offer[] offers, Cu work)
    {
        var (speed, missed, needed) = (0.0, 0.0, double.PositiveInfinity);
        foreach (var offer in offers.OrderBy(offer => offer.StartTime).TakeWhile(offer => offer.StartTime.TotalSeconds < needed))
        {
            var rate = offer.CuPerSecond * offer.Reliability;
            (speed, missed) = (speed + rate, missed + (rate * offer.StartTime.TotalSeconds));
            needed = ((double)work.Units + missed) / speed;
        }

        return Phrase.Seconds(needed);
    }
}

/// <summary>How quotes write numbers in sentences.</summary>
internal static class Phrase
{
    public static string Nodes(int count) => count == 1 ? "one node" : $"{count} nodes";

    public static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>Seconds, minutes or hours, rounded up, so that a deadline of so much is enough.</summary>
    public static string Time(TimeSpan time) => time.TotalSeconds < 120 ? $"{Number(time.TotalSeconds)} s" : time.TotalMinutes < 120 ? $"{Number(Tenths(time.TotalMinutes))} min" : $"{Number(Tenths(time.TotalHours))} h";

    /// <summary>Rounded up to a tenth, and ten years at most.</summary>
    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(Math.Min(Tenths(seconds), TimeSpan.FromDays(3650).TotalSeconds));

    private static double Tenths(double value) => Math.Ceiling((value * 10) - 1e-9) / 10;
}
