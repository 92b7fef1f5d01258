using System.Text.Json.Nodes;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Market;

public sealed class QuoteTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Quote_NoNodes_SaysHowToStartOne()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync();
        var refused = await Should.ThrowAsync<NeuroException>(() => customer.QuoteAsync(NumberWork.Spec(2), cancel: Cancel));
        refused.Code.ShouldBe("quote.no_nodes");
        refused.Message.ShouldContain("neuro node");
    }

    [Fact]
    public async Task Quote_NodeSilentForAMinute_TakesNoPart()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync();
        await platform.NodeAsync();
        platform.Clock.Advance(TimeSpan.FromSeconds(61));
        (await Should.ThrowAsync<NeuroException>(() => customer.QuoteAsync(NumberWork.Spec(2), cancel: Cancel))).Code.ShouldBe("quote.no_nodes");
        (await customer.NodesAsync(Cancel)).Single().State.ShouldBe("away");
    }

    [Fact]
    public async Task Quote_ThreeNodes_ClearsAtTheHighestFloorNeeded()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync();
        await platform.NodeAsync("cheap", floor: 1, speed: 1);
        await platform.NodeAsync("middle", floor: 2, speed: 1);
        await platform.NodeAsync("dear", floor: 5, speed: 100);

        var relaxed = await customer.QuoteAsync(NumberWork.Spec(10), TimeSpan.FromSeconds(10), cancel: Cancel);
        (relaxed.PricePerCu, relaxed.Price, relaxed.Cap).ShouldBe((Ntk.Of(1), Ntk.Of(11), Ntk.Of(22)));
        relaxed.Nodes.Select(node => node.Share).ShouldBe([1, 0, 0]);
        relaxed.ExpectedTime.ShouldBe(TimeSpan.FromSeconds(10));

        var hurried = await customer.QuoteAsync(NumberWork.Spec(10), TimeSpan.FromSeconds(5), cancel: Cancel);
        hurried.PricePerCu.ShouldBe(Ntk.Of(2));
        hurried.Nodes.Select(node => node.Share).ShouldBe([0.5, 0.5, 0]);

        var limited = await customer.QuoteAsync(NumberWork.Spec(10), TimeSpan.FromSeconds(5), Ntk.Of(2), Cancel);
        limited.Cap.ShouldBe(limited.Price);
        limited.Nodes.Count.ShouldBe(2);
        var unmet = await Should.ThrowAsync<NeuroException>(() => customer.QuoteAsync(NumberWork.Spec(10), TimeSpan.FromSeconds(4), Ntk.Of(2), Cancel));
        unmet.Code.ShouldBe("quote.deadline_unmet");
        unmet.Message.ShouldContain("need 5 s");
        unmet.Message.ShouldContain("with one node more it is done at 5 NTK per CU");
        (await Should.ThrowAsync<NeuroException>(() => customer.QuoteAsync(NumberWork.Spec(10), limit: Ntk.Of(0.5m), cancel: Cancel))).Code.ShouldBe("quote.limit_too_low");
    }

    [Fact]
    public async Task Quote_OneNode_SaysWhyInSentences()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync();
        await platform.NodeAsync("steady", floor: 2);
        var quote = await customer.QuoteAsync(NumberWork.Spec(5), cancel: Cancel);
        Snapshot.Match(string.Join('\n', quote.Because));
    }

    [Fact]
    public async Task Claim_DearerNodeWithinTheCap_StepsInAtItsFloor()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        await platform.NodeAsync("cheap", floor: 1);
        var dear = await platform.NodeAsync("dear", floor: 2);
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        (await dear.ClaimAsync()).ShouldBeNull("a node that takes the price is live");
        platform.Clock.Advance(TimeSpan.FromSeconds(61));
        await dear.WorkAllAsync();
        var done = await customer.CompleteAsync(job, cancel: Cancel);
        (done.Cap, done.Paid, done.Returned).ShouldBe((Ntk.Of(4.4m), Ntk.Of(4.4m), Ntk.Zero));
        var greedy = await platform.NodeAsync("greedy", floor: 30);
        await TestPlatform.OrderAsync(customer, NumberWork.Spec(2), limit: Ntk.Of(3));
        (await greedy.ClaimAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Claim_NodeThatTakesThePriceOnlyJoinsAndNeverClaims_IsNotWaitedForForLong()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var idle = await platform.NodeAsync("idle", floor: 1);
        var dear = await platform.NodeAsync("dear", floor: 2);
        await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        platform.Clock.Advance(TimeSpan.FromSeconds(61));
        await idle.JoinAsync(null, Ntk.Of(1));
        (await dear.ClaimOneAsync()).Pay.ShouldBe(Ntk.Of(4));
    }

    [Fact]
    public async Task Quote_NodeWithAnAbsurdFloor_DoesNotRaiseTheCap()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync();
        await platform.NodeAsync("honest", floor: 1);
        await platform.NodeAsync("absurd", floor: 1_000_000);
        (await customer.QuoteAsync(NumberWork.Spec(2), cancel: Cancel)).Cap.ShouldBe(Ntk.Of(2.75m));
    }

    [Fact]
    public async Task Quote_MoreThanAllMoney_IsRefusedInOneSentence()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync();
        await platform.NodeAsync("absurd", floor: 1_000_000, speed: 1000);
        var refused = await Should.ThrowAsync<NeuroException>(() => customer.QuoteAsync(NumberWork.Spec(1000, perShard: 1, work: 10), TimeSpan.FromDays(1), cancel: Cancel));
        (refused.Code, refused.Status).ShouldBe(("quote.too_large", 400));
    }

    [Fact]
    public async Task Join_FloorOfNothing_IsRefusedSinceNoTransferMovesZero()
    {
        await using var platform = await TestPlatform.StartAsync();
        (await Should.ThrowAsync<NeuroException>(() => platform.NodeAsync("free", floor: 0))).Code.ShouldBe("request.out_of_range");
    }

    [Fact]
    public async Task Order_NotEnoughNtk_SaysNeededAvailableAndHowToBuy()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 1);
        await platform.NodeAsync();
        var quote = await customer.QuoteAsync(NumberWork.Spec(2), cancel: Cancel);
        var order = new OrderRequest(Guid.NewGuid(), quote.Id);
        var refused = await Should.ThrowAsync<NeuroException>(() => customer.Api.OrderAsync(order, Cancel));
        refused.Code.ShouldBe("ledger.insufficient_funds");
        refused.Message.ShouldContain("needs 2.75 NTK; 1 NTK are available, 1.75 NTK are missing");
        refused.Message.ShouldContain("#!neuro-buy 1.75");
        (await customer.Api.GetJobsAsync(Cancel)).ShouldBeEmpty();

        await customer.BuyAsync(Ntk.Of(10), Cancel);
        (await customer.Api.OrderAsync(order, Cancel)).State.ShouldBe(JobState.Running);
    }

    [Fact]
    public async Task Order_SentManyTimesAtOnce_HoldsOnce()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        await platform.NodeAsync();
        var quote = await customer.QuoteAsync(NumberWork.Spec(2), cancel: Cancel);
        var order = new OrderRequest(Guid.NewGuid(), quote.Id);
        var jobs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => customer.Api.OrderAsync(order, Cancel)));
        jobs.Select(job => job.Id).Distinct().ShouldHaveSingleItem();
        (await customer.BalanceAsync(Cancel)).Held.ShouldBe(quote.Cap);
        var other = await customer.QuoteAsync(NumberWork.Spec(4), cancel: Cancel);
        (await Should.ThrowAsync<NeuroException>(() => customer.Api.OrderAsync(order with { QuoteId = other.Id }, Cancel))).Code.ShouldBe("job.exists_with_different_quote");
    }

    [Fact]
    public async Task Order_QuoteExpired_AsksForANewOne()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        await platform.NodeAsync();
        var quote = await customer.QuoteAsync(NumberWork.Spec(2), cancel: Cancel);
        platform.Clock.Advance(TimeSpan.FromMinutes(15));
        (await Should.ThrowAsync<NeuroException>(() => customer.OrderAsync(quote, Cancel))).Code.ShouldBe("quote.expired");
    }

    [Fact]
    public async Task Buy_SentTwice_BuysOnceAndAnotherAmountIsRefused()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync();
        var id = Guid.NewGuid();
        var first = await customer.Api.BuyAsync(new(id, Ntk.Of(12.345m)), Cancel);
        (first.Cost, first.UnitPrice).ShouldBe((0.13m, 0.01m));
        (await customer.Api.BuyAsync(new(id, Ntk.Of(12.345m)), Cancel)).ShouldBe(first);
        (await Should.ThrowAsync<NeuroException>(() => customer.Api.BuyAsync(new(id, Ntk.Of(13)), Cancel))).Code.ShouldBe("purchase.exists_with_different_amount");
        (await customer.BalanceAsync(Cancel)).Available.ShouldBe(Ntk.Of(12.345m));
        (await customer.LedgerAsync(cancel: Cancel)).ShouldHaveSingleItem().Reference.ShouldBe("Bought at 0.01 EUR per NTK");
        (await Should.ThrowAsync<NeuroException>(() => customer.BuyAsync(Ntk.Supply, Cancel))).Code.ShouldBe("treasury.sold_out");
        (await Should.ThrowAsync<NeuroException>(() => customer.BuyAsync(Ntk.Of(-1), Cancel))).Code.ShouldBe("request.out_of_range");
    }

    [Fact]
    public async Task Quote_WorkloadRefusesTheRecipe_PassesItsCodeOn()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync();
        (await Should.ThrowAsync<NeuroException>(() => customer.QuoteAsync(NumberWork.Spec(5000), cancel: Cancel))).Code.ShouldBe("recipe.out_of_range");
        (await Should.ThrowAsync<NeuroException>(() => customer.QuoteAsync(new TrainSpec(Guid.NewGuid(), new JsonObject(), 1, 1), cancel: Cancel))).Code.ShouldBe("dataset.not_found");
    }
}
