using System.Net;
using Neuro.Client.Api;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Nodes;

public sealed class NodeRecordTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Record_OfANodeThatWasCaught_SaysWhyToEverybodyAndTheJobToItsOwnerAlone()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var eve = await platform.NodeAsync("eve", proven: false);
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        await eve.DeliverAsync(await eve.ClaimOneAsync(), NumberWork.Make(seed: 8, 0, 2));
        await TestPlatform.UntilAsync(customer, job.Id, "is taken from eve, which was caught: a number differs");

        var (stranger, _) = await platform.NewCustomerAsync("Bo");
        var record = await stranger.Api.GetNodeRecordAsync(eve.Id, Cancel);
        (record.Name, record.Verified, record.Rejected, record.Streak, record.ChanceOfCheck, record.BarredFor).ShouldBe(("eve", 0, 1, 0, 1, "a number differs from the one made again"));
        record.Reliability.ShouldBe(new NodeReliability(Math.Round(19.0 / 21, 6), 19, 20, 0, 1));
        var mark = record.Marks.ShouldHaveSingleItem();
        (mark.Type, mark.Text, mark.JobId, mark.Shard).ShouldBe(("barred", "a number differs from the one made again", null, null));
        await using var owner = await NeuroClient.ConnectAsync(platform.Platform.Url.ToString(), platform.Platform.NodeOwnerKey, Cancel);
        (await owner.Api.GetNodeRecordAsync(eve.Id, Cancel)).Marks.Single().JobId.ShouldBe(job.Id);
        (await stranger.NodesAsync(Cancel)).Single().Barred.ShouldBeTrue();
        (await stranger.Api.GetVerificationAsync(Cancel)).Barred.ShouldBe(1);
        (await Should.ThrowAsync<NeuroException>(() => stranger.Api.GetNodeRecordAsync(new string('A', 44), Cancel))).Code.ShouldBe("node.not_found");

        var refused = await Should.ThrowAsync<NeuroException>(() => eve.JoinAsync(null, Ntk.Of(1)));
        (refused.Code, refused.Status).ShouldBe(("node.barred", 403));
        refused.Message.ShouldContain("a number differs");
        (await Should.ThrowAsync<NeuroException>(() => owner.Api.ReleaseStakeAsync(new(Guid.NewGuid(), eve.Id), Cancel))).Code.ShouldBe("node.barred");
        (await Should.ThrowAsync<NeuroException>(() => customer.QuoteAsync(NumberWork.Spec(2), cancel: Cancel))).Code.ShouldBe("quote.no_nodes", "a barred node takes no part in auctions");

        (await Should.ThrowAsync<NeuroException>(() => stranger.Api.ReadmitNodeAsync(new(eve.Id), Cancel))).Code.ShouldBe("access.role_missing");
        var readmitted = await customer.Api.ReadmitNodeAsync(new(eve.Id), Cancel);
        (readmitted.BarredFor, readmitted.Marks[0].Type).ShouldBe((null, "readmitted"));
        await eve.JoinAsync(null, Ntk.Of(0.5m));
        platform.Clock.Advance(TimeSpan.FromSeconds(61));
        await eve.WorkAllAsync();
        await customer.CompleteAsync(job, cancel: Cancel);
        (await stranger.Api.GetNodeRecordAsync(eve.Id, Cancel)).Streak.ShouldBe(1);
    }

    [Fact]
    public async Task Release_OfANodeWithoutAStake_GivesNothingAndOfAnothersIsNotThere()
    {
        await using var platform = await TestPlatform.StartAsync();
        var node = await platform.NodeAsync();
        await using var owner = await NeuroClient.ConnectAsync(platform.Platform.Url.ToString(), platform.Platform.NodeOwnerKey, Cancel);
        (await owner.Api.ReleaseStakeAsync(new(Guid.NewGuid(), node.Id), Cancel)).ShouldBe(new ReleasedStake(node.Id, Ntk.Zero));
        await using var other = await NeuroClient.ConnectAsync(platform.Platform.Url.ToString(), await platform.Platform.CreateAccountAsync("node", "Bo", Cancel), Cancel);
        (await Should.ThrowAsync<NeuroException>(() => other.Api.ReleaseStakeAsync(new(Guid.NewGuid(), node.Id), Cancel))).Code.ShouldBe("node.not_found");
        using var http = platform.Http(platform.Platform.NodeOwnerKey);
        using var reply = await http.GetAsync("v1/nodes/record?id=short", Cancel);
        reply.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }
}
