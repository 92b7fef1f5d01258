using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Tokens;
using Neuro.Kernels.Recipes;

namespace Neuro.Cli.Tests.Journeys;

/// <summary>The embedded platform as processes: what happens to a job when one of them dies.</summary>
public sealed class PlatformTests : CliFact
{
    private const int Images = 400;

    [Fact]
    public async Task NodeKilledInMidShard_AnotherProcessFinishesAndEveryShardIsPaidOnce()
    {
        await using var platform = NeuroProcess.Start(Data, "up");
        await platform.LineAsync("Neuro is up", Cancel);
        await using var neuro = await ConnectAsync();
        var job = await OrderAsync(neuro);
        await LeasedAsync(neuro, job);

        var node = NeuroProcess.Running("node", Path.Combine(Data, "node")).ShouldHaveSingleItem();
        NeuroProcess.Signal(node, 9);
        job = await neuro.CompleteAsync(job, cancel: Cancel);

        await ShouldBePaidOnceAsync(neuro, job);
        NeuroProcess.Running("node", Path.Combine(Data, "node")).ShouldHaveSingleItem().ShouldNotBe(node);
        platform.Interrupt();
        (await platform.ExitAsync(Cancel)).ShouldBe(0);
        NeuroProcess.Running(Data).ShouldBeEmpty();
    }

    [Fact]
    public async Task BackendKilledInMidJob_UpGoesOnWhereItWas()
    {
        Job job;
        await using (var first = NeuroProcess.Start(Data, "up"))
        {
            await first.LineAsync("Neuro is up", Cancel);
            await using var before = await ConnectAsync();
            job = await OrderAsync(before);
            await LeasedAsync(before, job);
            first.Kill();
            await first.ExitAsync(Cancel);
        }

        await using var second = NeuroProcess.Start(Data, "up");
        await second.LineAsync("Neuro is up", Cancel);
        await using var neuro = await ConnectAsync();
        job = await neuro.CompleteAsync(job, cancel: Cancel);

        await ShouldBePaidOnceAsync(neuro, job);
        second.Interrupt();
        (await second.ExitAsync(Cancel)).ShouldBe(0);
        NeuroProcess.Running(Data).ShouldBeEmpty();
    }

    private async Task<NeuroClient> ConnectAsync()
    {
        var connection = Connection.Read(Data).ShouldNotBeNull();
        return await NeuroClient.ConnectAsync(connection.Url, connection.ApiKey, Cancel);
    }

    private async Task<Job> OrderAsync(NeuroClient neuro)
    {
        var catalogue = Catalogue.Load(Path.Combine(Repository.Root, "datasets", "corner-shop"));
        await neuro.Artifacts.UploadAsync(catalogue.Pack(), "catalogue.tar", cancel: Cancel);
        await neuro.BuyAsync(Ntk.Of(1000), Cancel);
        var quote = await neuro.QuoteAsync(new RenderSpec(ShelfRecipe.Default(catalogue).ToJson(), 1, Images), cancel: Cancel);
        return await neuro.OrderAsync(quote, Cancel);
    }

    private async Task LeasedAsync(NeuroClient neuro, Job job)
    {
        await foreach (var progress in neuro.FollowAsync(job.Id, Cancel))
        {
            if (progress.Fraction > 0)
            {
                return;
            }
        }
    }

    private async Task ShouldBePaidOnceAsync(NeuroClient neuro, Job job)
    {
        var receipts = await neuro.ReceiptsAsync(job.Id, Cancel);
        receipts.Select(receipt => receipt.Shard).ShouldBe(Enumerable.Range(0, job.Shards), ignoreOrder: true);
        receipts.Aggregate(Ntk.Zero, (sum, receipt) => sum + receipt.Price).ShouldBe(job.Paid);
        var balance = await neuro.BalanceAsync(Cancel);
        balance.Available.ShouldBe(Ntk.Of(1000) - job.Paid);
        balance.Held.ShouldBe(Ntk.Zero);
        var proof = await neuro.Api.GetProofAsync(Cancel);
        proof.Sum.ShouldBe(Ntk.Zero);
        proof.Faults.ShouldBeEmpty();
        (await neuro.DatasetAsync(job, Cancel)).Count.ShouldBe(Images);
    }
}
