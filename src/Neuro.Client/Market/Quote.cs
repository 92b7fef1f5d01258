using Neuro.Client.Jobs;
using Neuro.Client.Tokens;

namespace Neuro.Client.Market;

/// <summary>Asks what a whole job would cost.</summary>
/// <param name="Deadline">How long the job may take; the auction picks the cheapest nodes that can meet it. Null: an hour.</param>
/// <param name="Limit">The most to pay per CU; null: no limit of one's own.</param>
/// <param name="MostSpend">The most to hold for the whole job, start-up costs and fee included; null: no limit of one's own.</param>
/// <param name="Pricing">What the chosen nodes are paid; null: one price for all.</param>
public sealed record QuoteRequest(JobSpec Job, TimeSpan? Deadline = null, Ntk? Limit = null, Ntk? MostSpend = null, QuotePricing? Pricing = null);

/// <summary>What the chosen nodes are paid.</summary>
public enum QuotePricing
{
    /// <summary>All the same per CU: the highest effective floor that was needed.</summary>
    Uniform,

    /// <summary>Each what it saves the others (Vickrey, Clarke and Groves): no node gains by asking for another floor than its true one. Needs a limit per CU.</summary>
    Vickrey,
}

/// <summary>The price of a whole job, with a cap that is never exceeded.</summary>
/// <param name="Title">What would be done, in one line.</param>
/// <param name="Work">The work of the whole job.</param>
/// <param name="PricePerCu">The uniform clearing price of the auction among the nodes, before the fee; by Vickrey the mean of what the chosen ones get.</param>
/// <param name="Price">What the job costs if the chosen nodes do it, start-up costs and fee included.</param>
/// <param name="Fee">The platform's part of <paramref name="Price"/>.</param>
/// <param name="FeeBasisPoints">The fee's rate, on top of what nodes get; fixed when the job is ordered.</param>
/// <param name="Cap">What is held when the job is ordered. More than the price only if a dearer node has to step in; the rest comes back.</param>
/// <param name="ExpectedTime">At the measured speed of the chosen nodes.</param>
/// <param name="Pool">The hardware class that won.</param>
/// <param name="Because">Why this pool and this price, a sentence each.</param>
/// <param name="Expires">Until when the quote can be ordered.</param>
[TypeFormatterSource("MarketFormatters")]
public sealed record Quote(
    Guid Id, string Kind, string Title, Cu Work, int Shards,
    Ntk PricePerCu, Ntk Price, Ntk Fee, int FeeBasisPoints, Ntk Cap,
    TimeSpan ExpectedTime, string Pool, IReadOnlyList<QuotedNode> Nodes, IReadOnlyList<string> Because, DateTimeOffset Expires)
{
    /// <summary>What the job is expected to take. What is paid follows from <see cref="Work"/> alone, whatever this says.</summary>
    public ResourceEstimate? Estimate { get; init; }
}

/// <summary>A node that took part in the auction of a quote.</summary>
/// <param name="CuPerSecond">Its measured speed for this kind of work.</param>
/// <param name="Share">The part of the work it would get; 0 when it was not chosen.</param>
public sealed record QuotedNode(string NodeId, string Name, string Pool, Ntk Floor, double CuPerSecond, double Share)
{
    /// <summary>The probability that a shard it leases is delivered and verified, by its record here.</summary>
    public double Reliability { get; init; } = 1;

    /// <summary>The floor over the reliability: what it asks per verified CU, and what the auction compares.</summary>
    public Ntk EffectiveFloor { get; init; }

    /// <summary>What it takes once for a job, however much of it it does.</summary>
    public Ntk StartCost { get; init; }

    /// <summary>What it would be paid per verified CU; zero when it was not chosen.</summary>
    public Ntk PayPerCu { get; init; }

    /// <summary>What it would be paid with its first shard besides, where the price does not bring its start-up cost.</summary>
    public Ntk StartPay { get; init; }
}
