using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Artifacts;
using Neuro.Backend.Jobs;
using Neuro.Backend.Market.Estimates;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;
using Neuro.Backend.Telemetry;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Market;

/// <summary>Prices whole jobs: plans the work, holds the auction among the live nodes, and says why.</summary>
internal sealed class QuoteDesk(Database database, NodeRegistry nodes, Workloads workloads, PlanContexts contexts, Estimator estimator, TimeProvider time)
{
    private static readonly TimeSpan Valid = TimeSpan.FromMinutes(15);

    // Long enough to be told that a quote has expired, and not that there never was one.
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(1);
    private static readonly TimeSpan UsualDeadline = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestDeadline = TimeSpan.FromDays(30);

    // What was asked, in the terms of the market.
    private sealed record Asked(string Kind, WorkPlan Plan, Cu Work, TimeSpan Deadline, QuoteRequest Request, int Fee, int Live)
    {
        public Ntk Total(Ntk pricePerCu, Tender tender) => Pricing.Job(Plan.Shards, pricePerCu, tender.Promises, Fee).Total;
    }

    public async Task<Quote> QuoteAsync(Guid account, QuoteRequest request, CancellationToken cancel)
    {
        var spec = Input.NotNull(request.Job, "job");
        using var span = Spans.Start("neuro.quote")?.SetTag("neuro.kind", spec.Kind);
        var deadline = request.Deadline ?? UsualDeadline;
        Input.Range(deadline, "deadline", TimeSpan.FromSeconds(1), LongestDeadline);
        Input.Range(request.Limit?.Nano ?? 1, "limit", 1, Ntk.Supply.Nano);
        Input.Range(request.MostSpend?.Nano ?? 1, "mostSpend", 1, Ntk.Supply.Nano);
        Input.Range((int)(request.Pricing ?? QuotePricing.Uniform), "pricing", (int)QuotePricing.Uniform, (int)QuotePricing.Vickrey);
        var plan = await workloads.Of(spec.Kind).PlanAsync(spec, contexts.For(account), cancel);
        WorkPlan.CheckShards(plan.Shards.Count);
        var work = plan.Shards.Aggregate(default(Cu), (sum, shard) => sum + shard.Work);
        var (live, fee) = (nodes.Live(spec.Kind), Fees.BasisPoints[spec.Kind]);
        var asked = new Asked(spec.Kind, plan, work, deadline, request, fee, live.Count);
        var (quote, capPrice, promises) = Priced(asked, live);
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
                CapPriceNano = capPrice.Nano,
                Promises = JsonSerializer.Serialize(promises, NeuroJson.Options),
                Features = JsonSerializer.Serialize(ShardFeatures.OfJob(plan, promises.Count), NeuroJson.Options),
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

    private (Quote Quote, Ntk CapPrice, IReadOnlyList<Promise> Promises) Priced(Asked asked, IReadOnlyList<KnownNode> live)
    {
        var tender = Tender.Hold(asked.Kind, live, asked.Work, asked.Plan.Pieces, asked.Deadline, asked.Request, asked.Fee);
        try
        {
            var capPrice = CapPrice(asked, tender);
            return (Document(asked, tender, capPrice), capPrice, tender.Promises);
        }
        catch (OverflowException)
        {
            throw new NeuroException("quote.too_large", $"{asked.Work} CU at {tender.PricePerCu} NTK per CU is more than the whole supply of NTK. Order it in parts, or set a lower limit per CU.");
        }
    }

    // No chosen node's rate is over it, and the whole job at it is within what the buyer will spend.
    private static Ntk CapPrice(Asked asked, Tender tender)
    {
        var room = Pricing.Cap(tender.PricePerCu, tender.Offers.Select(offer => offer.EffectiveFloor), asked.Request.Limit);
        var cap = tender.Promises.Select(promise => promise.PerCu).Append(room).Max();
        return asked.Request.MostSpend is { } most ? Pricing.Highest(tender.PricePerCu, cap, price => asked.Total(price, tender), most) : cap;
    }

    private Quote Document(Asked asked, Tender tender, Ntk capPrice)
    {
        var (plan, work) = (asked.Plan, asked.Work);
        var (price, feePart) = Pricing.Job(plan.Shards, tender.PricePerCu, tender.Promises, asked.Fee);
        var cap = asked.Total(capPrice, tender);
        var chosen = tender.Chosen.ToList();
        // A part is done by one node: more nodes than parts do not help.
        var speed = chosen.OrderByDescending(offer => offer.CuPerSecond).Take(plan.Pieces).Sum(offer => offer.CuPerSecond);
        var start = chosen.Max(offer => offer.StartTime).TotalSeconds;
        var pool = chosen.GroupBy(offer => offer.Pool).OrderByDescending(group => group.Sum(offer => offer.CuPerSecond)).First().Key;
        return new(
            Guid.CreateVersion7(), asked.Kind, plan.Title, work, plan.Shards.Count, tender.PricePerCu, price, feePart, asked.Fee, cap,
            Phrase.Seconds(start + ((double)work.Units / speed)), pool, Nodes(tender), [.. Because(asked, tender, price, cap, capPrice)],
            (time.GetUtcNow() + Valid).ToMillisecond())
        {
            Estimate = estimator.Estimate(asked.Kind, plan, chosen.Count, speed, start),
        };
    }

    private static List<QuotedNode> Nodes(Tender tender)
    {
        var promised = tender.Promises.ToDictionary(promise => promise.NodeId);
        return [.. tender.Offers.Select((offer, i) => new QuotedNode(offer.NodeId, offer.Name, offer.Pool, offer.Floor, offer.CuPerSecond, tender.Shares[i])
        {
            Reliability = offer.Reliability,
            EffectiveFloor = offer.EffectiveFloor,
            StartCost = offer.StartCost,
            PayPerCu = promised.GetValueOrDefault(offer.NodeId)?.PerCu ?? Ntk.Zero,
            StartPay = promised.GetValueOrDefault(offer.NodeId)?.Start ?? Ntk.Zero,
        })];
    }

    private static IEnumerable<string> Because(Asked asked, Tender tender, Ntk price, Ntk cap, Ntk capPrice)
    {
        var (chosen, limit, fits) = (tender.Chosen.ToList(), asked.Request.Limit, tender.Offers.Count);
        yield return $"{Capital(Phrase.Nodes(asked.Live))} that can do {asked.Kind} jobs {(asked.Live == 1 ? "is" : "are")} live{(limit is null ? "" : $"; {fits} of them take{(fits == 1 ? "s" : "")} {limit} NTK per CU or less")}.";
        if (tender.LeftOut > 0)
        {
            yield return $"{Capital(Phrase.Nodes(tender.LeftOut))} with a start-up cost took no part: with one, Vickrey payments are not exact.";
        }

        yield return chosen.Count == 1
            ? $"{chosen[0].Name} ({chosen[0].Pool}) costs least, {Floor(chosen[0])}, and at {Phrase.Number(chosen[0].CuPerSecond)} CU/s meets the deadline of {Phrase.Time(asked.Deadline)} alone."
            : $"The {chosen.Count} nodes that together cost least do {asked.Work} CU within the deadline of {Phrase.Time(asked.Deadline)}.";
        yield return asked.Request.Pricing == QuotePricing.Vickrey
            ? $"Each one chosen is paid what it saves the others (Vickrey): {Between(tender.Promises)} NTK per CU. By that no node gains from another floor than its true one."
            : $"Everyone chosen is paid the same: {tender.PricePerCu} NTK per CU, the highest floor per verified CU that was needed.";
        if (tender.Promises.Where(promise => promise.Start > Ntk.Zero).ToList() is { Count: > 0 } started)
        {
            yield return $"{Capital(Phrase.Nodes(started.Count))} get{(started.Count == 1 ? "s" : "")} {started.Aggregate(Ntk.Zero, (sum, promise) => sum + promise.Start)} NTK besides, once, for starting up.";
        }

        yield return $"The platform's fee is {Phrase.Number(asked.Fee / 100.0)} % on top.";
        yield return cap == price
            ? "The cap is the price: nobody may step in for more than your limit."
            : $"{cap} NTK are held, at most {capPrice} NTK per CU: if a chosen node vanishes a dearer one may step in. What is not used comes back.";
    }

    private static string Floor(Offer offer) => offer.EffectiveFloor == offer.Floor
        ? $"{offer.Floor} NTK per CU"
        : $"{offer.EffectiveFloor} NTK per verified CU (its floor of {offer.Floor} over the {Phrase.Number(offer.Reliability * 100)} % of its work that by its record is verified)";

    private static string Between(IReadOnlyList<Promise> promises) =>
        promises.Min(promise => promise.PerCu) is var least && promises.Max(promise => promise.PerCu) is var most && least == most ? $"{least}" : $"{least} to {most}";

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
