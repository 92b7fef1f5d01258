using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Market;

/// <summary>A node's sealed offer: the least it takes per CU and how fast it was measured to be.</summary>
internal sealed record Offer(string NodeId, string Name, string Pool, Ntk Floor, double CuPerSecond);

/// <summary>What an auction decided.</summary>
/// <param name="Price">The uniform clearing price per CU: the highest floor that was accepted.</param>
/// <param name="Shares">The part of the work each offer gets, 0 … 1, in the order of <paramref name="Offers"/>; 0 when it was not needed.</param>
/// <param name="Unmet">Work that nobody could take before the deadline, CU.</param>
internal sealed record AuctionResult(Ntk Price, IReadOnlyList<Offer> Offers, IReadOnlyList<double> Shares, double Unmet);

/// <summary>The reverse auction of compute (D5): minimise Σ cᵢxᵢ subject to Σ xᵢ = N and xᵢ ≤ rateᵢ·D.</summary>
/// <remarks>The work is divisible, so taking the cheapest offers first is optimal (a fractional knapsack, Dantzig 1957); O(n log n).</remarks>
internal static class Auction
{
    public static AuctionResult Clear(IEnumerable<Offer> offers, Cu work, TimeSpan deadline)
    {
        var sorted = offers.OrderBy(offer => offer.Floor).ThenByDescending(offer => offer.CuPerSecond).ThenBy(offer => offer.NodeId, StringComparer.Ordinal).ToList();
        var (needed, rest, price) = ((double)work.Units, (double)work.Units, Ntk.Zero);
        var shares = new double[sorted.Count];
        for (var i = 0; i < sorted.Count && rest > 0; i++)
        {
            var taken = Math.Min(rest, sorted[i].CuPerSecond * deadline.TotalSeconds);
            rest -= taken;
            shares[i] = taken / needed;
            price = taken > 0 ? sorted[i].Floor : price;
        }

        return new(price, sorted, shares, rest);
    }
}
