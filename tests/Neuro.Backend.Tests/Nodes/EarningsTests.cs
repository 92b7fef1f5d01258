using Neuro.Backend.Tests.Ledger;
using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Nodes;

public sealed class EarningsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Earnings_OfMyNodes_AreThePaysByDayAndNobodyElses(string engine)
    {
        var postgres = engine == "postgres" ? await LedgerEngine.NewPostgresAsync() : null;
        await using var platform = await TestPlatform.StartAsync(options => options with { PostgresConnectionString = postgres });
        var customer = await platform.CustomerAsync();
        await customer.BuyAsync(Ntk.Of(1000), Cancel);
        var node = await platform.NodeAsync(floor: 2);
        var job = await customer.OrderAsync(await customer.QuoteAsync(NumberWork.Spec(count: 5), cancel: Cancel), Cancel);
        await node.WorkAllAsync();
        await customer.CompleteAsync(job, cancel: Cancel);

        await using var owner = await NeuroClient.ConnectAsync(platform.Platform.Url.ToString(), platform.Platform.NodeOwnerKey, Cancel);
        var day = (await owner.Api.GetNodeEarningsAsync(2, Cancel)).ShouldHaveSingleItem();

        var receipts = await customer.ReceiptsAsync(job.Id, Cancel);
        (day.NodeId, day.Shards, day.Earned).ShouldBe((node.Id, receipts.Count, receipts.Aggregate(Ntk.Zero, (sum, receipt) => sum + receipt.Price - receipt.Fee)));
        day.Earned.ShouldBe((await owner.BalanceAsync(Cancel)).Available);
        day.Day.ShouldBeInRange(DateOnly.FromDateTime(DateTime.UtcNow.AddHours(-1)), DateOnly.FromDateTime(DateTime.UtcNow));
        (await customer.Api.GetNodeEarningsAsync(2, Cancel)).ShouldBeEmpty();
        (await Should.ThrowAsync<NeuroException>(() => owner.Api.GetNodeEarningsAsync(367, Cancel))).Code.ShouldBe("request.out_of_range");
    }
}
