using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Jobs;

public sealed class LeaseTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Claim_NodeVanishes_ShardIsLeasedAgainPaidOnceAndTheLateResultRefused()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var (slow, quick) = (await platform.NodeAsync("slow"), await platform.NodeAsync("quick"));
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        var lost = await slow.ClaimOneAsync();
        (await quick.ClaimAsync()).ShouldBeNull();

        platform.Clock.Advance(platform.Options.LeaseTime + TimeSpan.FromSeconds(1));
        await TestPlatform.UntilAsync(customer, job.Id, "fell silent");
        var second = await quick.ClaimOneAsync();
        (second.ShardId, second.Attempt).ShouldBe((lost.ShardId, 2));
        var late = await Should.ThrowAsync<NeuroException>(() => slow.WorkAsync(lost));
        late.Code.ShouldBe("lease.lost");
        await quick.WorkAsync(second);
        var done = await customer.CompleteAsync(job, cancel: Cancel);

        done.Paid.ShouldBe(Ntk.Of(2.2m));
        (await customer.ReceiptsAsync(job.Id, Cancel)).ShouldHaveSingleItem().NodeId.ShouldBe(quick.Id);
        (await Should.ThrowAsync<NeuroException>(() => slow.WorkAsync(lost))).Code.ShouldBe("lease.lost");
        (await customer.Api.GetProofAsync(Cancel)).Sums["node"].ShouldBe(Ntk.Of(2));
    }

    [Fact]
    public async Task Heartbeat_BeforeExpiry_KeepsTheLease()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        var lease = await node.ClaimOneAsync();
        for (var beat = 1; beat <= 4; beat++)
        {
            platform.Clock.Advance(TimeSpan.FromSeconds(20));
            (await node.BeatAsync(lease, beat / 5.0)).Cancel.ShouldBeFalse();
        }

        await node.WorkAsync(lease);
        (await customer.CompleteAsync(job, cancel: Cancel)).State.ShouldBe(JobState.Succeeded);
    }

    [Fact]
    public async Task Heartbeat_ForHoursWithoutAResult_HoldsNoShardForEver()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        var lease = await node.ClaimOneAsync();
        var beats = 0;
        var lost = await Should.ThrowAsync<NeuroException>(async () =>
        {
            for (; beats < 200; beats++)
            {
                platform.Clock.Advance(TimeSpan.FromSeconds(20));
                await node.BeatAsync(lease, 0.5);
            }
        });
        lost.Code.ShouldBe("lease.lost");
        beats.ShouldBeInRange(90, 100);
    }

    [Fact]
    public async Task HeartbeatAndComplete_NumbersThatAreNone_AreRefused()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        var lease = await node.ClaimOneAsync();
        using var http = platform.Http(node.Token);
        var beat = $$"""{"token":"{{lease.Token}}","fraction":0.5,"points":[{"step":1,"steps":2,"epoch":1,"loss":1e999,"accuracy":0,"samplesPerSecond":1}]}""";
        using var beaten = await http.PostAsync($"v1/nodes/shards/{lease.ShardId}/heartbeat", new StringContent(beat, null, "application/json"), Cancel);
        beaten.StatusCode.ShouldBe(System.Net.HttpStatusCode.BadRequest);
        var delivery = $$"""{"token":"{{lease.Token}}","signature":"x","outputs":[{"sha256":"{{new string('0', 64)}}","bytes":1,"name":"a","mediaType":"b"}],"claims":{"validation_accuracy":"NaN"} }""";
        using var delivered = await http.PostAsync($"v1/nodes/shards/{lease.ShardId}/complete", new StringContent(delivery, null, "application/json"), Cancel);
        delivered.StatusCode.ShouldBe(System.Net.HttpStatusCode.BadRequest);
        (await delivered.Content.ReadAsStringAsync(Cancel)).ShouldContain("claims");
    }

    [Fact]
    public async Task Complete_SentTwice_IsPaidOnce()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        var lease = await node.ClaimOneAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => node.WorkAsync(lease)));
        await customer.CompleteAsync(job, cancel: Cancel);
        await node.WorkAsync(lease);
        (await customer.Api.GetProofAsync(Cancel)).Sums["node"].ShouldBe(Ntk.Of(2));
        platform.Numbers.Checks.ShouldBe(1);
    }

    [Fact]
    public async Task Complete_LeaseOfAnotherNode_IsRefused()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var (node, thief) = (await platform.NodeAsync("node"), await platform.NodeAsync("thief"));
        await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        var lease = await node.ClaimOneAsync();
        (await Should.ThrowAsync<NeuroException>(() => thief.WorkAsync(lease))).Code.ShouldBe("lease.bad_token");
        (await Should.ThrowAsync<NeuroException>(() => thief.BeatAsync(lease, 0.5))).Code.ShouldBe("lease.bad_token");
    }

    [Fact]
    public async Task Complete_OutputNotUploaded_IsRefusedAndTheLeaseGoesOn()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        var lease = await node.ClaimOneAsync();
        var refused = await Should.ThrowAsync<NeuroException>(() => node.CompleteAsync(lease, [new(new string('0', 64), 5, "nothing.tar", "application/x-tar")]));
        refused.Code.ShouldBe("artifact.missing");
        await node.WorkAsync(lease);
        (await customer.CompleteAsync(job, cancel: Cancel)).State.ShouldBe(JobState.Succeeded);
    }

    [Fact]
    public async Task Verify_CheatingNode_IsRejectedCountedAndNotPaid()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var cheat = await platform.NodeAsync("cheat");
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        var lease = await cheat.ClaimOneAsync();
        await cheat.DeliverAsync(lease, "something else"u8.ToArray());
        await TestPlatform.UntilAsync(customer, job.Id, "a number differs");
        (await customer.NodesAsync(Cancel)).Single().ShardsRejected.ShouldBe(1);

        var honest = await platform.NodeAsync("honest");
        await honest.WorkAllAsync();
        await customer.CompleteAsync(job, cancel: Cancel);
        (await customer.ReceiptsAsync(job.Id, Cancel)).ShouldHaveSingleItem().NodeId.ShouldBe(honest.Id);
    }

    [Fact]
    public async Task Fail_FiveAttempts_EndsTheJobAndReturnsTheHold()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(4));
        await node.WorkAsync(await node.ClaimOneAsync());
        await TestPlatform.UntilAsync(customer, job.Id, "verified");
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            var lease = await node.ClaimOneAsync();
            lease.Attempt.ShouldBe(attempt);
            await node.Api.FailAsync(node.Token, lease.ShardId, new(lease.Token, "the disk\nis full", Fatal: false), Cancel);
        }

        var failed = await Should.ThrowAsync<NeuroException>(() => customer.CompleteAsync(job, cancel: Cancel));
        failed.Code.ShouldBe("job.failed");
        failed.Message.ShouldContain("the disk is full");
        var ended = await customer.Api.GetJobAsync(job.Id, Cancel);
        (ended.State, ended.Paid, ended.Returned).ShouldBe((JobState.Failed, Ntk.Of(2.2m), ended.Cap - Ntk.Of(2.2m)));
        (await customer.BalanceAsync(Cancel)).Held.ShouldBe(Ntk.Zero);
    }

    [Fact]
    public async Task Claim_NodeThatFailedAtAShard_LeavesItToOthersFirst()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var (saboteur, honest) = (await platform.NodeAsync("saboteur"), await platform.NodeAsync("honest"));
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        var lease = await saboteur.ClaimOneAsync();
        await saboteur.Api.FailAsync(saboteur.Token, lease.ShardId, new(lease.Token, "no", Fatal: true), Cancel);
        (await saboteur.ClaimAsync()).ShouldBeNull();
        await honest.WorkAllAsync();
        (await customer.CompleteAsync(job, cancel: Cancel)).State.ShouldBe(JobState.Succeeded);
    }

    [Fact]
    public async Task Claim_NodeThatFailedAtAShard_TriesAgainWhenNobodyElseDoes()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var (node, idle) = (await platform.NodeAsync("node"), await platform.NodeAsync("idle"));
        await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        var lease = await node.ClaimOneAsync();
        await node.Api.FailAsync(node.Token, lease.ShardId, new(lease.Token, "restarting", Fatal: false), Cancel);
        platform.Clock.Advance(TimeSpan.FromSeconds(61));
        await idle.JoinAsync(null, Ntk.Of(1));
        (await node.ClaimOneAsync()).Attempt.ShouldBe(2);
    }

    [Fact]
    public async Task Cancel_InMidShard_TellsTheNodePaysWhatWasVerifiedAndReturnsTheRest()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(4));
        await node.WorkAsync(await node.ClaimOneAsync());
        await TestPlatform.UntilAsync(customer, job.Id, "verified");
        var running = await node.ClaimOneAsync();
        var cancelled = await customer.Api.CancelAsync(job.Id, Cancel);
        (cancelled.State, cancelled.Paid).ShouldBe((JobState.Cancelled, Ntk.Of(2.2m)));
        (await node.BeatAsync(running, 0.5)).Cancel.ShouldBeTrue();
        (await Should.ThrowAsync<NeuroException>(() => node.WorkAsync(running))).Code.ShouldBe("job.ended");
        (await node.ClaimAsync()).ShouldBeNull();
        (await customer.Api.CancelAsync(job.Id, Cancel)).ShouldBe(cancelled);
        (await customer.BalanceAsync(Cancel)).Total.ShouldBe(Ntk.Of(97.8m));
    }

    [Fact]
    public async Task Verify_CheckBreaksAgainAndAgain_EndsTheJobInsteadOfHangingIt()
    {
        await using var platform = await TestPlatform.StartAsync();
        platform.Numbers.Breaks = "the checker is ill";
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        await node.WorkAllAsync();
        using var ended = new CancellationTokenSource();
        var clock = Task.Run(async () =>
        {
            while (!ended.IsCancellationRequested)
            {
                platform.Clock.Advance(TimeSpan.FromSeconds(5));
                await Task.Yield();
            }
        }, Cancel);
        var failed = await Should.ThrowAsync<NeuroException>(() => customer.CompleteAsync(job, cancel: Cancel));
        await ended.CancelAsync();
        await clock;
        failed.Message.ShouldContain("the checker is ill");
        (await customer.BalanceAsync(Cancel)).Total.ShouldBe(Ntk.Of(100));
    }
}
