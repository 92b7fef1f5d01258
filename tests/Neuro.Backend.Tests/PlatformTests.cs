using System.Text.Json.Nodes;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Models;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests;

public sealed class PlatformTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WholeLife_FromPurchaseToModel_EveryNanoIsAccountedFor()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync();
        (await customer.BalanceAsync(Cancel)).Total.ShouldBe(Ntk.Zero);
        await customer.BuyAsync(Ntk.Of(1000), Cancel);
        var node = await platform.NodeAsync(floor: 2);

        var quote = await customer.QuoteAsync(NumberWork.Spec(count: 5), cancel: Cancel);
        quote.Price.ShouldBe(Ntk.Of(11));
        quote.Fee.ShouldBe(Ntk.Of(1));
        quote.Cap.ShouldBe(Ntk.Of(13.75m));
        quote.Shards.ShouldBe(3);
        var job = await customer.OrderAsync(quote, Cancel);
        (await customer.BalanceAsync(Cancel)).Held.ShouldBe(quote.Cap);

        await node.WorkAllAsync();
        var fractions = new List<double>();
        var done = await customer.CompleteAsync(job, now => fractions.Add(now.Fraction), Cancel);
        done.State.ShouldBe(JobState.Succeeded);
        (done.Paid, done.Returned).ShouldBe((Ntk.Of(11), Ntk.Of(2.75m)));
        fractions[^1].ShouldBe(1);

        var dataset = await customer.DatasetAsync(done, Cancel);
        dataset.Count.ShouldBe(5);
        var paths = await customer.DownloadAsync(dataset, Cancel);
        File.ReadAllBytes(paths[2]).ShouldBe(NumberWork.Make(7, 4, 1));

        var training = await customer.OrderAsync(await customer.QuoteAsync(new TrainSpec(dataset.Id, new JsonObject(), 3, 1), cancel: Cancel), Cancel);
        var lease = await node.ClaimOneAsync();
        lease.Inputs.Count.ShouldBe(3);
        foreach (var input in lease.Inputs)
        {
            await node.Artifacts.DownloadAsync(input, Cancel);
        }

        await node.BeatAsync(lease, 0.5, [new TrainingPoint(1, 2, 0, 0.7, 0.5, null, 100), new TrainingPoint(2, 2, 1, 0.3, 0.8, 0.875, 100)]);
        await node.WorkAsync(lease);
        IReadOnlyList<TrainingPoint> curve = [];
        var trained = await customer.CompleteAsync(training, now => curve = now.Curve, Cancel);
        curve.Select(point => point.Loss).ShouldBe([0.7, 0.3]);
        (await customer.ModelAsync(trained, Cancel)).ValidationAccuracy.ShouldBe(0.875);

        var key = (await customer.Api.GetPlatformAsync(Cancel)).PublicKey;
        var receipts = await customer.ReceiptsAsync(job.Id, Cancel);
        receipts.Count.ShouldBe(3);
        receipts.ShouldAllBe(receipt => receipt.Verify(key));
        receipts.Aggregate(Ntk.Zero, (sum, receipt) => sum + receipt.Price).ShouldBe(done.Paid);

        var proof = await customer.Api.GetProofAsync(Cancel);
        proof.Faults.ShouldBeEmpty();
        proof.Sum.ShouldBe(Ntk.Zero);
        proof.Sums["customer"].ShouldBe(Ntk.Of(1000 - 11 - 22));
        proof.Sums["node"].ShouldBe(Ntk.Of(10 + 20));
        proof.Sums["fees"].ShouldBe(Ntk.Of(1 + 2));
        proof.Sums["issuance"].ShouldBe(-Ntk.Supply);
        var seen = (await customer.NodesAsync(Cancel)).ShouldHaveSingleItem();
        (seen.ShardsDone - TestPlatform.Proven, seen.Earned, seen.State).ShouldBe((4, Ntk.Of(30), "ready"));
    }
}
