using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Artifacts;
using Neuro.Backend.Jobs;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Market;

/// <summary>Prices whole jobs: plans the work, holds the auction among the live nodes, and says why.</summary>
internal sealed class QuoteDesk(Database database, NodeRegistry nodes, Workloads workloads, PlanContexts contexts, TimeProvider time)
{
    private static readonly TimeSpan Valid = TimeSpan.FromMinutes(15);

    // Long enough to be told that a quote has expired, and not that there never was one.
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(1);
    private static readonly TimeSpan UsualDeadline = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestDeadline = TimeSpan.FromDays(30);

    public async Task<Quote> QuoteAsync(Guid account, QuoteRequest request, CancellationToken cancel)
    {
        var spec = Input.NotNull(request.Job, "job");
        var deadline = request.Deadline ?? UsualDeadline;
        Input.Range(deadline, "deadline", TimeSpan.FromSeconds(1), LongestDeadline);
        Input.Range(request.Limit?.Nano ?? 1, "limit", 1, Ntk.Supply.Nano);
        var plan = await workloads.Of(spec.Kind).PlanAsync(spec, contexts.For(account), cancel);
        WorkPlan.CheckShards(plan.Shards.Count);
        var work = plan.Shards.Aggregate(default(Cu), (sum, shard) => sum + shard.Work);
        var live = nodes.Live(spec.Kind);
        var auction = Auctioned(spec.Kind, live, work, deadline, request.Limit);
        var quote = Priced(spec.Kind, plan, work, auction, live.Count, deadline, request.Limit);
        await database.WriteAsync(async db =>
        {
            await ArtifactFiles.TouchAsync(db, [.. plan.Shards.SelectMany(shard => shard.Inputs).Select(input => input.Sha256)], time.GetUtcNow(), cancel);
            db.Quotes.Add(new QuoteRow
            {
                Id = quote.Id,
                AccountId = account,
                Spec = JsonSerializer.Serialize(spec, NeuroJson.Options),
                Plan = JsonSerializer.Serialize(plan, NeuroJson.Options),
                Document = JsonSerializer.Serialize(quote, NeuroJson.Options),
                CapPriceNano = CapPrice(auction, request.Limit).Nano,
                Expires = quote.Expires,
            });
            await db.SaveChangesAsync(cancel);
        }, cancel);
        return quote;
    }

    /// <summary>Drops quotes that nobody can order any more; each carries a whole plan, and asking costs nothing.</summary>
    public async Task ForgetAsync(CancellationToken cancel)
    {
        var over = time.GetUtcNow() - Remembered;
        await using var db = database.CreateDbContext();
        await db.Quotes.Where(row => row.Expires < over).ExecuteDeleteAsync(cancel);
    }

    private static AuctionResult Auctioned(string kind, IReadOnlyList<KnownNode> live, Cu work, TimeSpan deadline, Ntk? limit)
    {
        if (live.Count == 0)
        {
            throw new NeuroException("quote.no_nodes", $"No node that can do {kind} jobs is here now. Start one on this machine with `neuro node`, or ask again when one has joined.") { Status = 409 };
        }

        var offers = live.Where(node => limit is null || node.Floor <= limit).Select(node => new Offer(node.Id, node.Name, node.Capacity.Pool, node.Floor, node.Capacity.CuPerSecond(kind))).ToList();
        if (offers.Count == 0)
        {
            throw new NeuroException("quote.limit_too_low", $"Your limit is {limit} NTK per CU; the cheapest of {live.Count} live nodes takes {live.Min(node => node.Floor)}. Raise the limit, or wait for a cheaper node.") { Status = 409 };
        }

        var auction = Auction.Clear(offers, work, deadline);
        if (auction.Unmet <= 0)
        {
            return auction;
        }

        var possible = Seconds((double)work.Units / offers.Sum(offer => offer.CuPerSecond));
        var dearer = live.Count - offers.Count;
        var remedy = dearer == 0 ? "" : $", or raise your limit: {Nodes(dearer)} would work for up to {live.Max(node => node.Floor)} NTK per CU";
        throw new NeuroException(
            "quote.deadline_unmet", $"{work} CU cannot be done in {Words(deadline)} by {Nodes(offers.Count)} that would take the job; together they need {Words(possible)}. Ask for a deadline of at least that{remedy}.")
        { Status = 409 };
    }

    private static Ntk CapPrice(AuctionResult auction, Ntk? limit) => Pricing.Cap(auction.Price, auction.Offers.Select(offer => offer.Floor), limit);

    private Quote Priced(string kind, WorkPlan plan, Cu work, AuctionResult auction, int live, TimeSpan deadline, Ntk? limit)
    {
        try
        {
            return Document(kind, plan, work, auction, live, deadline, limit);
        }
        catch (OverflowException)
        {
            throw new NeuroException("quote.too_large", $"{work} CU at {auction.Price} NTK per CU is more than the whole supply of NTK. Order it in parts, or set a lower limit per CU.");
        }
    }

    private Quote Document(string kind, WorkPlan plan, Cu work, AuctionResult auction, int live, TimeSpan deadline, Ntk? limit)
    {
        var fee = Fees.BasisPoints[kind];
        var (price, feePart) = Pricing.Job(plan.Shards, auction.Price, fee);
        var capPrice = CapPrice(auction, limit);
        var (cap, _) = Pricing.Job(plan.Shards, capPrice, fee);
        var chosen = auction.Offers.Where((_, i) => auction.Shares[i] > 0).ToList();
        // A shard is done by one node: more nodes than shards do not help.
        var speed = chosen.OrderByDescending(offer => offer.CuPerSecond).Take(plan.Shards.Count).Sum(offer => offer.CuPerSecond);
        var expected = Seconds((double)work.Units / speed);
        var pool = chosen.GroupBy(offer => offer.Pool).OrderByDescending(group => group.Sum(offer => offer.CuPerSecond)).First().Key;
        var because = Because(kind, auction, chosen, live, deadline, limit, fee, price, cap, capPrice, work).ToList();
        return new(
            Guid.CreateVersion7(), kind, plan.Title, work, plan.Shards.Count, auction.Price, price, feePart, fee, cap, expected, pool,
            [.. auction.Offers.Select((offer, i) => new QuotedNode(offer.NodeId, offer.Name, offer.Pool, offer.Floor, offer.CuPerSecond, auction.Shares[i]))],
            because, DateTimeOffset.FromUnixTimeMilliseconds((time.GetUtcNow() + Valid).ToUnixTimeMilliseconds()));
    }

    private static IEnumerable<string> Because(
        string kind, AuctionResult auction, List<Offer> chosen, int live, TimeSpan deadline, Ntk? limit, int fee, Ntk price, Ntk cap, Ntk capPrice, Cu work)
    {
        yield return $"{Capital(Nodes(live))} that can do {kind} jobs {(live == 1 ? "is" : "are")} live{(limit is null ? "" : $"; {auction.Offers.Count} of them take{(auction.Offers.Count == 1 ? "s" : "")} {limit} NTK per CU or less")}.";
        yield return chosen.Count == 1
            ? $"{chosen[0].Name} ({chosen[0].Pool}) has the lowest floor, {chosen[0].Floor} NTK per CU, and at {Number(chosen[0].CuPerSecond)} CU/s meets the deadline of {Words(deadline)} alone."
            : $"The {chosen.Count} cheapest nodes together do {work} CU within the deadline of {Words(deadline)}.";
        yield return $"Everyone chosen is paid the same: {auction.Price} NTK per CU, the highest floor that was needed.";
        yield return $"The platform's fee is {Number(fee / 100.0)} % on top.";
        yield return cap == price
            ? "The cap is the price: nobody may step in for more than your limit."
            : $"{cap} NTK are held, at most {capPrice} NTK per CU: if a chosen node vanishes a dearer one may step in. What is not used comes back.";
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(Math.Min(Math.Ceiling(seconds * 10) / 10, TimeSpan.FromDays(3650).TotalSeconds));

    private static string Nodes(int count) => count == 1 ? "one node" : $"{count} nodes";

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Words(TimeSpan time) => time.TotalSeconds < 120 ? $"{Number(time.TotalSeconds)} s" : time.TotalMinutes < 120 ? $"{time.TotalMinutes.ToString("0.#", CultureInfo.InvariantCulture)} min" : $"{time.TotalHours.ToString("0.#", CultureInfo.InvariantCulture)} h";

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
