using System.Text.RegularExpressions;
using Neuro.Backend.Nodes;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Market;

/// <summary>What a node costs besides its floor: what it spoils or loses, and what it takes for starting up; and that it is paid what the quote promised.</summary>
public sealed partial class EffectiveCostTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, 0, 0.95)]
    [InlineData(0, 1, 0.904762)]
    [InlineData(100, 0, 0.991667)]
    [InlineData(1980, 0, 0.9995)]
    [InlineData(0, 1_000_000, 0.01)]
    public void Reliability_IsTheMeanOfBeta19And1WithTheRecord(int verified, int failed, double expected) => TrackRecord.Reliability(verified, failed).ShouldBe(expected);

    [Fact]
    public async Task Quote_Newcomer_IsReckonedAtItsFloorOver95Percent()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync();
        await platform.NodeAsync("new", floor: 0.95m, proven: false);
        var quote = await customer.QuoteAsync(NumberWork.Spec(2), cancel: Cancel);
        var node = quote.Nodes.ShouldHaveSingleItem();
        (node.Reliability, node.EffectiveFloor, node.PayPerCu, quote.PricePerCu).ShouldBe((0.95, Ntk.Of(1), Ntk.Of(1), Ntk.Of(1)));
        quote.Because[1].ShouldContain("1 NTK per verified CU (its floor of 0.95 over the 95 % of its work that by its record is verified)");
    }

    [Fact]
    public async Task Quote_NodesThatLoseALeaseOrSpoilAShard_CostMoreThanOneThatIsALittleDearer()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var loser = await platform.NodeAsync("loser", floor: 1, proven: false);
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        platform.Clock.Advance(TimeSpan.FromSeconds(1)); // A lease from before the platform's start would not count.
        await loser.ClaimOneAsync();
        platform.Clock.Advance(platform.Options.LeaseTime + TimeSpan.FromSeconds(1));
        await TestPlatform.UntilAsync(customer, job.Id, "fell silent");
        var spoiler = await platform.NodeAsync("spoiler", floor: 1, proven: false);
        await spoiler.DeliverAsync(await spoiler.ClaimOneAsync(), "something else"u8.ToArray());
        await TestPlatform.UntilAsync(customer, job.Id, "a number differs");
        await customer.Api.CancelAsync(job.Id, Cancel);
        await loser.ClaimAsync();

        await platform.NodeAsync("dearer", floor: 1.02m, proven: false);
        var quote = await customer.QuoteAsync(NumberWork.Spec(2), cancel: Cancel);

        quote.Nodes.Select(node => (node.Name, node.Reliability, node.Share > 0)).Order().ShouldBe([("dearer", 0.95, true), ("loser", 0.904762, false), ("spoiler", 0.904762, false)]);
        quote.PricePerCu.ShouldBe(new Ntk(1_073_684_211)); // 1.02 / 0.95, rounded up.
    }

    [Fact]
    public async Task Claim_NodeWhoseFloorFitsButNotItsRecord_LeavesTheJobToTheChosen()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var good = await platform.NodeAsync("good", floor: 1);
        var doubtful = await platform.NodeAsync("doubtful", floor: 0.96m, proven: false); // 0.96 / 0.95 is over 1.
        await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        (await doubtful.ClaimAsync()).ShouldBeNull();
        (await good.ClaimOneAsync()).Pay.ShouldBe(Ntk.Of(2));
    }

    [Fact]
    public async Task StartCost_IsPaidOnceWithTheFirstAcceptedShardAndShownInTheQuote()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync(floor: 1, startCost: 4);
        var quote = await customer.QuoteAsync(NumberWork.Spec(6), cancel: Cancel);
        (quote.Nodes[0].StartCost, quote.Nodes[0].StartPay, quote.Price).ShouldBe((Ntk.Of(4), Ntk.Of(4), Ntk.Of(11.000000001m))); // A nano for the rounding of its fee.
        quote.Because.ShouldContain("One node gets 4 NTK besides, once, for starting up.");

        var job = await customer.OrderAsync(quote, Cancel);
        await node.DeliverAsync(await node.ClaimOneAsync(), "something else"u8.ToArray());
        await TestPlatform.UntilAsync(customer, job.Id, "a number differs");
        await platform.RestartAsync();
        customer = await platform.CustomerAsync();
        await using var again = new TestNode(platform.Platform.Url, "node", node.Secret);
        await again.JoinAsync(null, Ntk.Of(1), startCost: Ntk.Of(4));
        var first = await again.ClaimOneAsync();
        await again.WorkAllAsync();
        await again.WorkAsync(first);
        var done = await customer.CompleteAsync(job, cancel: Cancel);

        (done.State, done.Paid).ShouldBe((JobState.Succeeded, Ntk.Of(11)));
        (await customer.ReceiptsAsync(job.Id, Cancel)).Select(receipt => receipt.Price - receipt.Fee).Order().ShouldBe([Ntk.Of(2), Ntk.Of(2), Ntk.Of(6)]);
        (await customer.Api.GetProofAsync(Cancel)).Sums["node"].ShouldBe(Ntk.Of(10));
    }

    [Fact]
    public async Task StartCost_ThatThePriceBringsIn_IsNotPaidAgain()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync();
        await platform.NodeAsync("starter", floor: 1, speed: 1, startCost: 4);
        await platform.NodeAsync("steady", floor: 3, speed: 1);

        var quote = await customer.QuoteAsync(NumberWork.Spec(10), TimeSpan.FromSeconds(8), cancel: Cancel);

        // The starter's 8 CU bring 24 at the price of 3, and it asks 12.
        quote.Nodes.Select(node => (node.Name, node.Share, node.StartPay)).ShouldBe([("starter", 0.8, Ntk.Zero), ("steady", 0.2, Ntk.Zero)]);
        quote.Price.ShouldBe(Ntk.Of(33));
    }

    [Fact]
    public async Task StartTime_CountsAgainstTheDeadlineAndTheRefusalNamesOneThatIsEnough()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync();
        await platform.NodeAsync("quick", floor: 2, speed: 1, startTime: TimeSpan.FromSeconds(2));
        await platform.NodeAsync("slow", floor: 1, speed: 1, startTime: TimeSpan.FromSeconds(7));

        var refused = await Should.ThrowAsync<NeuroException>(() => customer.QuoteAsync(NumberWork.Spec(10), TimeSpan.FromSeconds(9), cancel: Cancel));
        (refused.Code, refused.Message).ShouldBe(("quote.deadline_unmet", "10 CU cannot be done in 9 s by 2 nodes that would take the job; together they need 9.5 s. Ask for a deadline of at least that."));
        var quote = await customer.QuoteAsync(NumberWork.Spec(10), TimeSpan.FromSeconds(9.5), cancel: Cancel);
        quote.Nodes.Select(node => node.Share).ShouldBe([0.25, 0.75]);
        quote.ExpectedTime.ShouldBe(TimeSpan.FromSeconds(12));
    }

    [Fact]
    public async Task MostSpend_IsTheMostThatIsHeldAndTheRefusalNamesWhatIsEnough()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync("cheap", floor: 1, startCost: 3);
        await platform.NodeAsync("dear", floor: 1.5m);
        var request = new QuoteRequest(NumberWork.Spec(10), TimeSpan.FromSeconds(1));

        var refused = await Should.ThrowAsync<NeuroException>(() => customer.QuoteAsync(request with { MostSpend = Ntk.Of(12) }, Cancel));
        refused.Code.ShouldBe("quote.most_spend_too_low");
        var needed = Ntk.Parse(Costs().Match(refused.Message).Groups[1].Value);
        needed.ShouldBeInRange(Ntk.Of(14.3m), Ntk.Of(14.30000002m)); // 10 CU at 1, 3 for the start, 10 % fee, and some nano for rounding.

        var quote = await customer.QuoteAsync(request with { MostSpend = needed }, Cancel);
        quote.Cap.ShouldBeInRange(quote.Price, needed);
        (await customer.QuoteAsync(request with { MostSpend = Ntk.Of(15) }, Cancel)).Cap.ShouldBeInRange(Ntk.Of(14.999999m), Ntk.Of(15)); // Room for a dearer node as far as it goes.
        (await customer.QuoteAsync(request, Cancel)).Cap.ShouldBe(Ntk.Of(19.800000001m));
        var job = await customer.OrderAsync(quote, Cancel);
        (await customer.BalanceAsync(Cancel)).Held.ShouldBe(quote.Cap);
        await node.WorkAllAsync();
        (await customer.CompleteAsync(job, cancel: Cancel)).Paid.ShouldBe(Ntk.Of(14.3m));
    }

    [Fact]
    public async Task Vickrey_EachChosenNodeIsPaidWhatItSavesTheOthers()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var cheap = await platform.NodeAsync("cheap", floor: 1, speed: 1);
        var middle = await platform.NodeAsync("middle", floor: 2, speed: 1);
        await platform.NodeAsync("dear", floor: 5, speed: 1);
        await platform.NodeAsync("starter", floor: 1, speed: 1, startCost: 0.1m);
        var request = new QuoteRequest(NumberWork.Spec(8), TimeSpan.FromSeconds(5), Ntk.Of(10), Pricing: QuotePricing.Vickrey);

        var quote = await customer.QuoteAsync(request, Cancel);

        // Without the cheap one its 5 CU would go to the middle one's 2 spare ones at 2 and to the dear one at 5: 19. Without the middle one its 3 would cost 15.
        quote.Nodes.Select(node => (node.Name, node.PayPerCu)).ShouldBe([("cheap", Ntk.Of(3.8m)), ("middle", Ntk.Of(5)), ("dear", Ntk.Zero)]);
        (quote.PricePerCu, quote.Price).ShouldBe((Ntk.Of(4.25m), Ntk.Of(37.4m)));
        quote.Because.ShouldContain("Each one chosen is paid what it saves the others (Vickrey): 3.8 to 5 NTK per CU. By that no node gains from another floor than its true one.");
        quote.Because.ShouldContain("One node with a start-up cost took no part: with one, Vickrey payments are not exact.");
        var job = await customer.OrderAsync(quote, Cancel);
        (await cheap.ClaimOneAsync()).Pay.ShouldBe(Ntk.Of(7.6m));
        await middle.WorkAllAsync();
        platform.Clock.Advance(platform.Options.LeaseTime + TimeSpan.FromSeconds(1));
        await TestPlatform.UntilAsync(customer, job.Id, "fell silent");
        await middle.WorkAllAsync();
        (await customer.CompleteAsync(job, cancel: Cancel)).Paid.ShouldBe(Ntk.Of(44)); // All by the one whose rate is 5: dearer than expected, within the cap.
        quote.Cap.ShouldBeGreaterThanOrEqualTo(Ntk.Of(44));
    }

    [Fact]
    public async Task Vickrey_WithoutALimitOrWithMostSpendOrAmongStartersOnly_IsRefused()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync();
        await platform.NodeAsync(startCost: 1);
        var request = new QuoteRequest(NumberWork.Spec(2), Limit: Ntk.Of(5), Pricing: QuotePricing.Vickrey);
        (await Should.ThrowAsync<NeuroException>(() => customer.QuoteAsync(request with { Limit = null }, Cancel))).Code.ShouldBe("quote.vickrey_needs_limit");
        (await Should.ThrowAsync<NeuroException>(() => customer.QuoteAsync(request with { MostSpend = Ntk.Of(5) }, Cancel))).Code.ShouldBe("quote.vickrey_with_most_spend");
        (await Should.ThrowAsync<NeuroException>(() => customer.QuoteAsync(request, Cancel))).Code.ShouldBe("quote.vickrey_start_costs");
        (await Should.ThrowAsync<NeuroException>(() => customer.QuoteAsync(request with { Pricing = (QuotePricing)7 }, Cancel))).Code.ShouldBe("request.out_of_range");
    }

    [Fact]
    public async Task ChangeFloor_AfterAQuote_LeavesWhatWasPromisedAndCountsInTheNext()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync(floor: 1);
        var quote = await customer.QuoteAsync(NumberWork.Spec(2), cancel: Cancel);

        await node.Api.ChangeFloorAsync(node.Token, new(Ntk.Of(3)), Cancel);
        (await customer.NodesAsync(Cancel)).Single().Floor.ShouldBe(Ntk.Of(3));
        (await customer.QuoteAsync(NumberWork.Spec(2), cancel: Cancel)).PricePerCu.ShouldBe(Ntk.Of(3));
        var job = await customer.OrderAsync(quote, Cancel);
        await node.WorkAllAsync();

        (await customer.CompleteAsync(job, cancel: Cancel)).Paid.ShouldBe(quote.Price);
        (await Should.ThrowAsync<NeuroException>(() => node.Api.ChangeFloorAsync(node.Token, new(Ntk.Zero), Cancel))).Code.ShouldBe("request.out_of_range");
    }

    [Fact]
    public async Task Claim_ChosenNodeRaisedItsFloorOverThePrice_IsStillWaitedFor()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var chosen = await platform.NodeAsync("chosen", floor: 1);
        var dear = await platform.NodeAsync("dear", floor: 1.2m);
        await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        await chosen.Api.ChangeFloorAsync(chosen.Token, new(Ntk.Of(2)), Cancel);
        (await dear.ClaimAsync()).ShouldBeNull();
        (await chosen.ClaimOneAsync()).Pay.ShouldBe(Ntk.Of(2));
    }

    [GeneratedRegex(@"costs ([0-9.]+), fee included")]
    private static partial Regex Costs();
}
