using System.Net;
using System.Net.Http.Json;
using Neuro.Backend.Tests.Portal;
using Neuro.Client.Api;
using Neuro.Client.Operations;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Operations;

public sealed class OperatorTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NodesAndJobs_WhileWorkIsDone_AreAsTheyStand()
    {
        await using var platform = await TestPlatform.StartAsync();
        var first = await platform.CustomerAsync(ntk: 100);
        var idle = await platform.NodeAsync("idle", speed: 5, proven: false);
        var joined = platform.Clock.GetUtcNow();
        platform.Clock.Advance(TimeSpan.FromMinutes(2));
        var busy = await platform.NodeAsync("busy", speed: 20, proven: false);
        var job = await TestPlatform.OrderAsync(first, NumberWork.Spec(8, perShard: 2));
        await busy.WorkAsync(await busy.ClaimOneAsync());
        await TestPlatform.UntilAsync(first, job.Id, "verified");
        var since = platform.Clock.GetUtcNow();
        var lost = await busy.ClaimOneAsync();
        platform.Clock.Advance(TimeSpan.FromSeconds(5));
        await busy.ClaimOneAsync();

        var nodes = await first.Api.GetFleetAsync(cancel: Cancel);
        nodes.Select(node => (node.Name, node.State, node.RenderCuPerSecond, node.ShardsDone, node.OwnerName)).ShouldBe([("busy", "working", 20, 1, "node owner"), ("idle", "away", 5, 0, "node owner")]);
        nodes.Select(node => (node.Id, node.LastSeen)).ShouldBe([(busy.Id, platform.Clock.GetUtcNow()), (idle.Id, joined)]);
        (await first.Api.GetFleetAsync(skip: 1, limit: 1, Cancel)).Single().Name.ShouldBe("idle");
        var running = (await first.Api.GetRunningJobsAsync(cancel: Cancel)).Single();
        (running.Id, running.Shards, running.Verified, running.Open, running.Leased, running.Delivered).ShouldBe((job.Id, 4, 1, 1, 2, 0));
        running.OldestLease.ShouldBe(DateTimeOffset.FromUnixTimeMilliseconds(since.ToUnixTimeMilliseconds()));
        (running.Spent > Ntk.Zero, running.Spent < running.Cap, running.Account).ShouldBe((true, true, (await first.Api.GetAccountAsync(Cancel)).Id));
        lost.ShouldNotBeNull();
        (await Should.ThrowAsync<NeuroException>(() => first.Api.GetFleetAsync(limit: 0, cancel: Cancel))).Code.ShouldBe("request.out_of_range");
    }

    [Fact]
    public async Task Drain_InTheMiddleOfAJob_TakesNothingNewAndEndsWhatWasBegun()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var first = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        var job = await TestPlatform.OrderAsync(first, NumberWork.Spec(2, perShard: 1));
        var next = await first.QuoteAsync(NumberWork.Spec(1), cancel: Cancel);
        var lease = await node.ClaimOneAsync();

        var drained = await first.Api.DrainAsync(Cancel);
        (drained.DrainingSince, drained.MayStop, drained.ShardsLeased, drained.ShardsOpen).ShouldBe((platform.Clock.GetUtcNow(), false, 1, 1));
        (await CodeAsync(http, "health/ready")).ShouldBe((HttpStatusCode.ServiceUnavailable, "platform.draining"));
        (await CodeAsync(http, "health/live")).ShouldBe((HttpStatusCode.OK, ""));
        using (var order = await http.PostAsJsonAsync("v1/jobs", new { id = Guid.NewGuid(), quoteId = next.Id }, Cancel))
        {
            (order.StatusCode, await AccessTests.CodeAsync(order), order.Headers.ConnectionClose).ShouldBe((HttpStatusCode.ServiceUnavailable, "platform.draining", true));
        }

        using (var worker = platform.Http(node.Token))
        {
            using var claim = await worker.PostAsync("v1/nodes/claim", null, Cancel);
            (claim.StatusCode, await AccessTests.CodeAsync(claim)).ShouldBe((HttpStatusCode.ServiceUnavailable, "platform.draining"));
        }

        (await node.BeatAsync(lease, 0.5)).Cancel.ShouldBeFalse();
        (await first.Api.GetOverviewAsync(Cancel)).MayStop.ShouldBeFalse("a shard is leased");
        await node.WorkAsync(lease);
        await TestPlatform.UntilAsync(first, job.Id, "verified");
        var ended = await first.Api.GetOverviewAsync(Cancel);
        (ended.MayStop, ended.Requests, ended.ShardsLeased, ended.ShardsDelivered, ended.ShardsOpen).ShouldBe((true, 0, 0, 0, 1));

        var on = await first.Api.EndDrainAsync(Cancel);
        (on.DrainingSince, on.MayStop).ShouldBe((null, false));
        (await CodeAsync(http, "health/ready")).ShouldBe((HttpStatusCode.OK, ""));
        await node.WorkAllAsync();
        (await first.CompleteAsync(job, cancel: Cancel)).Verified.ShouldBe(2);
    }

    [Fact]
    public async Task Drain_OfAPlatformThatStartsAgain_IsOver()
    {
        await using var platform = await TestPlatform.StartAsync();
        await (await platform.CustomerAsync()).Api.DrainAsync(Cancel);
        await platform.RestartAsync();
        PlatformOverview overview = await (await platform.CustomerAsync()).Api.GetOverviewAsync(Cancel);
        overview.DrainingSince.ShouldBeNull();
    }

    private static async Task<(HttpStatusCode Status, string Code)> CodeAsync(HttpClient http, string address)
    {
        using var reply = await http.GetAsync(address, Cancel);
        return (reply.StatusCode, reply.IsSuccessStatusCode ? "" : await AccessTests.CodeAsync(reply));
    }
}
