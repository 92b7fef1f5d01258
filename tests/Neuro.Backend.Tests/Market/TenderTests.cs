using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CsCheck;
using Neuro.Backend.Jobs;
using Neuro.Backend.Market;
using Neuro.Backend.Nodes;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Market;

/// <summary>Whatever nodes ask: what is promised, priced, held and refused fits together to the nano.</summary>
public sealed partial class TenderTests
{
    private const int Fee = 1000;
    private static readonly RenderSpec Job = new(new JsonObject(), 1, 1);

    private static readonly Gen<KnownNode[]> Nodes = Gen.Select(Gen.Long[1, 5_000_000_000], Gen.Double[0.1, 20], Gen.Int[0, 40], Gen.Int[0, 40], Gen.OneOf(Gen.Const(0L), Gen.Long[1, 20_000_000_000])).Array[1, 8]
        .Select(nodes => nodes.Select((node, i) => new KnownNode($"n{i}", $"n{i}", Guid.Empty, new(node.Item1), new("cpu", "test", 1, 1, node.Item2, node.Item2))
        {
            Reliability = TrackRecord.Reliability(node.Item3, node.Item4),
            StartCost = new(node.Item5),
        }).ToArray());

    private static readonly Gen<ShardPlan[]> Shards = Gen.Int[1, 9_999].Array[1, 20].Select(works => works.Select((work, i) => new ShardPlan(i, i, 1, new(work), [])).ToArray());

    [Fact]
    public void Hold_AnyNodes_PromisesEachChosenOneWhatItAsksAndNoMoreInAllThanThePrice() => Gen.Select(Nodes, Shards, Gen.Bool).Sample((nodes, shards, vickrey) =>
    {
        var request = new QuoteRequest(Job, Limit: vickrey ? Ntk.Of(1000) : null, Pricing: vickrey ? QuotePricing.Vickrey : null);
        if (Held(nodes, shards, request) is not { } tender)
        {
            return;
        }

        var work = shards.Sum(shard => (decimal)shard.Work.Milli);
        foreach (var (offer, i) in tender.Offers.Select((offer, i) => (offer, i)).Where(pair => tender.Shares[pair.i] > 0))
        {
            var promise = tender.Promises.Single(promise => promise.NodeId == offer.NodeId);
            var cu = (decimal)Math.Round(tender.Shares[i] * (double)work) / 1000;
            promise.PerCu.ShouldBeGreaterThanOrEqualTo(offer.EffectiveFloor);
            (promise.PerCu.Nano * cu + promise.Start.Nano).ShouldBeGreaterThanOrEqualTo((offer.EffectiveFloor.Nano * cu) + offer.StartCost.Nano);
        }

        tender.Promises.Average(promise => (double)promise.PerCu.Nano).ShouldBeGreaterThan(0);
        (vickrey || tender.Promises.All(promise => promise.PerCu == tender.PricePerCu)).ShouldBeTrue();
        (!vickrey || tender.Promises.All(promise => promise.PerCu <= Ntk.Of(1000) && promise.Start == Ntk.Zero)).ShouldBeTrue();
    });

    [Fact]
    public void Hold_LimitOfSpending_EitherFitsUnderItOrNamesOneUnderWhichItFits() => Gen.Select(Nodes, Shards, Gen.Double[0.5, 1.5]).Sample((nodes, shards, part) =>
    {
        if (Held(nodes, shards, new(Job)) is not { } free)
        {
            return;
        }

        var most = new Ntk((long)(part * Total(free, shards).Nano) + 1);
        try
        {
            Total(Tender.Hold("render", nodes, Work(shards), shards.Length, TimeSpan.FromMinutes(1), new(Job, MostSpend: most), Fee), shards).ShouldBeLessThanOrEqualTo(most);
        }
        catch (NeuroException refused)
        {
            refused.Code.ShouldBe("quote.most_spend_too_low");
            most = Ntk.Parse(Costs().Match(refused.Message).Groups[1].Value);
            Total(Tender.Hold("render", nodes, Work(shards), shards.Length, TimeSpan.FromMinutes(1), new(Job, MostSpend: most), Fee), shards).ShouldBeLessThanOrEqualTo(most);
        }
    });

    /// <param name="seed">One that found a node that starts too late to do anything beside start-up costs.</param>
    [Theory]
    [InlineData(null)]
    [InlineData("abObW0HcnWmk")]
    public void Hold_DeadlineTooShort_NamesOneThatIsEnough(string? seed) => Gen.Select(Nodes, Shards, Gen.Int[0, 30].Array[8, 8]).Sample((nodes, shards, starts) =>
    {
        var starting = nodes.Select((node, i) => node with { StartTime = TimeSpan.FromSeconds(starts[i]) }).ToArray();
        var refused = Should.Throw<NeuroException>(() => Tender.Hold("render", starting, new(1_000_000), shards.Length, TimeSpan.FromSeconds(1), new(Job), Fee));
        refused.Code.ShouldBe("quote.deadline_unmet");
        var (number, unit) = (Needed().Match(refused.Message) is var match ? double.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) : 0, Needed().Match(refused.Message).Groups[2].Value);
        Tender.Hold("render", starting, new(1_000_000), shards.Length, unit switch { "s" => TimeSpan.FromSeconds(number), "min" => TimeSpan.FromMinutes(number), _ => TimeSpan.FromHours(number) }, new(Job), Fee)
            .Promises.ShouldNotBeEmpty();
    }, seed: seed);

    [Theory]
    [InlineData(100, 100)]
    [InlineData(150, 149)]
    [InlineData(1000, 200)]
    public void Highest_FindsTheLastPriceThatFits(long most, long expected) =>
        Pricing.Highest(new(10), new(200), price => new(price.Nano > 100 ? price.Nano + 1 : price.Nano), new(most)).ShouldBe(new Ntk(expected));

    // What every node's whole payment and all fees come to if the job is done at its price.
    private static Ntk Total(Tender tender, ShardPlan[] shards) => Pricing.Job(shards, tender.PricePerCu, tender.Promises, Fee).Total;

    private static Tender? Held(KnownNode[] nodes, ShardPlan[] shards, QuoteRequest request)
    {
        try
        {
            return Tender.Hold("render", nodes, Work(shards), shards.Length, TimeSpan.FromMinutes(1), request, Fee);
        }
        catch (NeuroException refused)
        {
            refused.Code.ShouldBeOneOf("quote.deadline_unmet", "quote.vickrey_start_costs");
            return null;
        }
    }

    private static Cu Work(ShardPlan[] shards) => shards.Aggregate(default(Cu), (sum, shard) => sum + shard.Work);

    [GeneratedRegex(@"costs ([0-9.]+), fee included")]
    private static partial Regex Costs();

    [GeneratedRegex(@"need ([0-9.]+) (s|min|h)\.")]
    private static partial Regex Needed();
}
