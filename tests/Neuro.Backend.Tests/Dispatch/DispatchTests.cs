using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Dispatch;

public sealed class DispatchTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Claim_NodesOfDifferentSpeed_GetPartsOfTheirSizeAndTheDatasetIsInOrder()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 2000);
        var (quick, slow) = (await platform.NodeAsync("quick", speed: 20), await platform.NodeAsync("slow", speed: 2));
        var quote = await customer.QuoteAsync(NumberWork.Spec(900, perShard: 900, grain: 5), cancel: Cancel);
        var job = await customer.OrderAsync(quote, Cancel);
        var (first, second) = (await quick.ClaimOneAsync(), await slow.ClaimOneAsync());
        (first.First, first.Count, first.Work.Milli).ShouldBe((0, 200, 200_000));
        (second.First, second.Count, second.Work.Milli).ShouldBe((200, 20, 20_000));
        await slow.WorkAsync(second);
        await quick.WorkAsync(first);
        await Task.WhenAll(quick.WorkAllAsync(), slow.WorkAllAsync());
        var done = await customer.CompleteAsync(job, cancel: Cancel);

        var dataset = await customer.Api.GetDatasetAsync(done.DatasetId!.Value, Cancel);
        var parts = new List<string>();
        foreach (var shard in dataset.Shards)
        {
            parts.Add(await File.ReadAllTextAsync(await Artifact(platform, customer, shard), Cancel));
        }

        string.Join('\n', parts).ShouldBe(System.Text.Encoding.UTF8.GetString(NumberWork.Make(7, 0, 900)));
        var receipts = await customer.ReceiptsAsync(job.Id, Cancel);
        (receipts.Count, receipts.Select(receipt => receipt.Shard).Distinct().Count()).ShouldBe((done.Shards, done.Verified));
        done.Shards.ShouldBeGreaterThan(8);
        // Parts are paid rounded down: never more than the quote, and less by at most a nano a part and one for its fee.
        done.Paid.ShouldBe(receipts.Aggregate(Ntk.Zero, (sum, receipt) => sum + receipt.Price));
        (quote.Price - done.Paid).Nano.ShouldBeInRange(0, 2 * done.Shards);
    }

    [Fact]
    public async Task Claim_OfMany_NodesEndAtNearlyTheSameTime()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 2000);
        double[] speeds = [1, 2, 4, 8];
        var nodes = new List<TestNode>();
        foreach (var speed in speeds)
        {
            nodes.Add(await platform.NodeAsync($"node {speed}", speed: speed));
        }

        await TestPlatform.OrderAsync(customer, NumberWork.Spec(300, perShard: 300, grain: 1));
        var free = new double[nodes.Count];
        while (true)
        {
            var next = Enumerable.Range(0, nodes.Count).MinBy(i => free[i]);
            if (await nodes[next].ClaimAsync() is not { } lease)
            {
                break;
            }

            free[next] += (double)lease.Work.Units / speeds[next];
        }

        // 300 CU at 15 CU/s take 20 s; whoever is last has at most a grain of a second more.
        free.Max().ShouldBeLessThan(21.5);
        (free.Max() - free.Min()).ShouldBeLessThan(2.5);
    }

    [Fact]
    public async Task Claim_Straggler_IsGivenToASecondNodeAndTheFirstResultIsPaidOnce()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var (slow, quick) = (await platform.NodeAsync("slow"), await platform.NodeAsync("quick"));
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        var stuck = await slow.ClaimOneAsync();
        (await quick.ClaimAsync()).ShouldBeNull("the first node has only begun");
        platform.Clock.Advance(TimeSpan.FromSeconds(20));
        await slow.BeatAsync(stuck, 0.1);
        var rival = await quick.ClaimOneAsync();
        (rival.ShardId, rival.Attempt, rival.Token == stuck.Token).ShouldBe((stuck.ShardId, 2, false));
        (await slow.BeatAsync(stuck, 0.2)).Cancel.ShouldBeFalse();
        (await quick.BeatAsync(rival, 0.5)).Cancel.ShouldBeFalse();
        (await quick.ClaimAsync()).ShouldBeNull("there is no third lease");

        await quick.WorkAsync(rival);
        (await Should.ThrowAsync<NeuroException>(() => slow.BeatAsync(stuck, 0.3))).Code.ShouldBe("lease.lost");
        (await Should.ThrowAsync<NeuroException>(() => slow.WorkAsync(stuck))).Code.ShouldBe("lease.lost");
        await quick.WorkAsync(rival);
        var done = await customer.CompleteAsync(job, cancel: Cancel);
        (done.Paid, (await customer.ReceiptsAsync(job.Id, Cancel)).ShouldHaveSingleItem().NodeId).ShouldBe((Ntk.Of(2.2m), quick.Id));
        (await MarksAsync(platform, slow)).ShouldBe([Interruption.Outpaced]);
        (await customer.Api.GetProofAsync(Cancel)).Sums["node"].ShouldBe(Ntk.Of(2));
    }

    [Fact]
    public async Task Claim_StragglerThatIsDoneFirstAfterAll_IsPaidAndTheSecondNodeIsTold()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var (slow, quick) = (await platform.NodeAsync("slow"), await platform.NodeAsync("quick"));
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        var (stuck, rival) = await RivalledAsync(platform, slow, quick);
        await slow.WorkAsync(stuck);
        (await Should.ThrowAsync<NeuroException>(() => quick.WorkAsync(rival))).Code.ShouldBe("lease.lost");
        (await customer.CompleteAsync(job, cancel: Cancel)).Paid.ShouldBe(Ntk.Of(2.2m));
        (await MarksAsync(platform, quick)).ShouldBe([Interruption.Outpaced]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Claim_StragglerGivesUp_TheSecondNodeGoesOn(bool silent)
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var (slow, quick) = (await platform.NodeAsync("slow"), await platform.NodeAsync("quick"));
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        var (stuck, rival) = await RivalledAsync(platform, slow, quick);
        if (silent)
        {
            platform.Clock.Advance(TimeSpan.FromSeconds(16));
            await quick.BeatAsync(rival, 0.6);
            platform.Clock.Advance(TimeSpan.FromSeconds(16));
            await TestPlatform.UntilAsync(customer, job.Id, "fell silent");
        }
        else
        {
            await slow.Api.FailAsync(slow.Token, stuck.ShardId, new(stuck.Token, "out of paper", Fatal: false), Cancel);
        }

        (await quick.BeatAsync(rival, 0.7)).Cancel.ShouldBeFalse();
        await quick.WorkAsync(rival);
        (await customer.CompleteAsync(job, cancel: Cancel)).Paid.ShouldBe(Ntk.Of(2.2m));
        (await customer.ReceiptsAsync(job.Id, Cancel)).ShouldHaveSingleItem().NodeId.ShouldBe(quick.Id);
    }

    [Fact]
    public async Task Claim_SecondNodeGivesUp_TheFirstGoesOn()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var (slow, quick) = (await platform.NodeAsync("slow"), await platform.NodeAsync("quick"));
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        var (stuck, rival) = await RivalledAsync(platform, slow, quick);
        await quick.Api.FailAsync(quick.Token, rival.ShardId, new(rival.Token, "called away", Fatal: false), Cancel);
        (await Should.ThrowAsync<NeuroException>(() => quick.WorkAsync(rival))).Code.ShouldBe("lease.lost");
        await slow.WorkAsync(stuck);
        (await customer.CompleteAsync(job, cancel: Cancel)).Paid.ShouldBe(Ntk.Of(2.2m));
        (await MarksAsync(platform, quick)).ShouldBe([Interruption.Returned]);
    }

    [Fact]
    public async Task Cancel_OfAShardWithTwoNodes_TellsBoth()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var (slow, quick) = (await platform.NodeAsync("slow"), await platform.NodeAsync("quick"));
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        var (stuck, rival) = await RivalledAsync(platform, slow, quick);
        await customer.Api.CancelAsync(job.Id, Cancel);
        (await slow.BeatAsync(stuck, 0.5)).Cancel.ShouldBeTrue();
        (await quick.BeatAsync(rival, 0.5)).Cancel.ShouldBeTrue();
        (await MarksAsync(platform, slow)).ShouldBe([Interruption.JobEnded]);
        (await MarksAsync(platform, quick)).ShouldBe([Interruption.JobEnded]);
    }

    [Fact]
    public async Task Pause_RunningJob_GivesNothingOutUntilItGoesOn()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(4));
        var lease = await node.ClaimOneAsync();
        (await customer.Api.ChangeDispatchAsync(job.Id, new(Paused: true), Cancel)).Dispatch.Paused.ShouldBeTrue();
        (await node.ClaimAsync()).ShouldBeNull();
        await node.WorkAsync(lease); // What is under way goes on.
        await TestPlatform.UntilAsync(customer, job.Id, "verified");
        await customer.Api.ChangeDispatchAsync(job.Id, new(Paused: false), Cancel);
        await node.WorkAllAsync();
        (await customer.CompleteAsync(job, cancel: Cancel)).State.ShouldBe(JobState.Succeeded);
        var ended = await Should.ThrowAsync<NeuroException>(() => customer.Api.ChangeDispatchAsync(job.Id, new(Paused: true), Cancel));
        ended.Code.ShouldBe("job.ended");
    }

    [Fact]
    public async Task Priority_OfAnAccountsJobs_TakesThePlaceOfItsOldest()
    {
        await using var platform = await TestPlatform.StartAsync();
        var mine = await platform.CustomerAsync(ntk: 100);
        var (theirs, _) = await platform.NewCustomerAsync("other", ntk: 100);
        var node = await platform.NodeAsync();
        var old = await TestPlatform.OrderAsync(mine, NumberWork.Spec(2, seed: 1));
        platform.Clock.Advance(TimeSpan.FromMilliseconds(10));
        var other = await TestPlatform.OrderAsync(theirs, NumberWork.Spec(2, seed: 2));
        platform.Clock.Advance(TimeSpan.FromMilliseconds(10));
        var urgent = await TestPlatform.OrderAsync(mine, NumberWork.Spec(2, seed: 3));
        platform.Clock.Advance(TimeSpan.FromMilliseconds(10));
        var last = await TestPlatform.OrderAsync(theirs, NumberWork.Spec(2, seed: 4));
        await theirs.Api.ChangeDispatchAsync(last.Id, new(Priority: -1), Cancel);
        await mine.Api.ChangeDispatchAsync(urgent.Id, new(Priority: 5), Cancel);
        (await node.ClaimOneAsync()).JobId.ShouldBe(urgent.Id);
        (await node.ClaimOneAsync()).JobId.ShouldBe(old.Id);
        (await node.ClaimOneAsync()).JobId.ShouldBe(other.Id);
        (await node.ClaimOneAsync()).JobId.ShouldBe(last.Id);
    }

    [Fact]
    public async Task MostAtOnce_OfAJob_LeavesTheOtherNodesToOtherJobs()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var (one, two) = (await platform.NodeAsync("one"), await platform.NodeAsync("two"));
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(6));
        await customer.Api.ChangeDispatchAsync(job.Id, new(MostAtOnce: 1), Cancel);
        var lease = await one.ClaimOneAsync();
        (await two.ClaimAsync()).ShouldBeNull();
        await one.WorkAsync(lease);
        (await two.ClaimOneAsync()).JobId.ShouldBe(job.Id);
        (await one.ClaimAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Claim_ManyAtOnce_GivesEachShardOnce()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 1000);
        var nodes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => platform.NodeAsync($"node {i}")));
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(400, perShard: 4));
        var leases = (await Task.WhenAll(Enumerable.Range(0, 100).Select(i => nodes[i % nodes.Length].ClaimOneAsync()))).ToList();
        leases.Select(lease => lease.ShardId).Distinct().Count().ShouldBe(100);
        (await nodes[0].ClaimAsync()).ShouldBeNull();
        (await customer.Api.GetJobAsync(job.Id, Cancel)).Shards.ShouldBe(100);
    }

    [Fact]
    public async Task Progress_OfShardsThatAreUndone_GoesBackAndEndsAtOne()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(4));
        var lease = await node.ClaimOneAsync();
        platform.Clock.Advance(TimeSpan.FromSeconds(16));
        await node.BeatAsync(lease, 0.5);
        await node.Api.FailAsync(node.Token, lease.ShardId, new(lease.Token, "no", Fatal: false), Cancel);
        platform.Clock.Advance(TimeSpan.FromMinutes(2));
        await node.WorkAllAsync();
        await customer.CompleteAsync(job, cancel: Cancel);
        await using var db = platform.Platform.Services.GetRequiredService<Database>().CreateDbContext();
        var fractions = await db.Events.Where(row => row.JobId == job.Id && row.Type != "verified").OrderBy(row => row.Sequence).Select(row => new { row.Type, row.Fraction }).ToListAsync(Cancel);
        fractions.Select(row => (row.Type, row.Fraction)).ShouldBe([
            ("ordered", 0), ("leased", 0), ("progress", 0.25), ("returned", 0), ("leased", 0), ("delivered", 0.5), ("leased", 0.5), ("delivered", 1), ("ended", 1)]);
    }

    [Fact]
    public async Task Claim_CopyThatChecksAShard_GoesToAnotherOwnersNodeOnceAndLooksLikeAnyOther()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var (maker, sister) = (await platform.NodeAsync("maker"), await platform.NodeAsync("sister"));
        var other = await platform.NodeAsync("other", owner: await platform.Platform.CreateAccountAsync("node", "bo", Cancel));
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(4));
        var original = await maker.ClaimOneAsync();
        var last = await sister.ClaimOneAsync();
        var copy = await AddCopyAsync(platform, original, node: null);

        (await sister.ClaimAsync()).ShouldBeNull("its owner's own node made it");
        var lease = await other.ClaimOneAsync();
        (lease.ShardId, lease.Shard, lease.First, lease.Count, lease.JobId, lease.Attempt).ShouldBe((copy, original.Shard, original.First, original.Count, job.Id, 1));
        await other.Api.FailAsync(other.Token, lease.ShardId, new(lease.Token, "no", Fatal: true), Cancel);
        platform.Clock.Advance(TimeSpan.FromSeconds(61));
        await other.JoinAsync(null, Ntk.Of(1));
        (await other.ClaimAsync())?.ShardId.ShouldNotBe(copy, "the platform looks itself then");
        (await customer.Api.GetJobAsync(job.Id, Cancel)).State.ShouldBe(JobState.Running, "no customer's job ends for a copy");
        (original.ShardId == copy, last.ShardId == copy).ShouldBe((false, false));
    }

    [Fact]
    public async Task Claim_CanaryForANode_GoesToNoOther()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var maker = await platform.NodeAsync("maker");
        var owner = await platform.Platform.CreateAccountAsync("node", "bo", Cancel);
        var (other, tested) = (await platform.NodeAsync("other", owner: owner), await platform.NodeAsync("tested", owner: owner));
        await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        var original = await maker.ClaimOneAsync();
        var canary = await AddCopyAsync(platform, original, tested.Id);
        (await other.ClaimAsync()).ShouldBeNull();
        (await tested.ClaimOneAsync()).ShardId.ShouldBe(canary);
    }

    private static async Task<Guid> AddCopyAsync(TestPlatform platform, Lease original, string? node)
    {
        await using var db = platform.Platform.Services.GetRequiredService<Database>().CreateDbContext();
        var copy = new ShardRow
        {
            Id = Guid.NewGuid(), JobId = original.JobId, Number = original.Shard, Copy = 1, First = original.First, Count = original.Count, WorkMilli = original.Work.Milli, NodeId = node,
            CheckedUntil = platform.Clock.GetUtcNow().AddMinutes(10), Checked = true,
        };
        db.Shards.Add(copy);
        await db.SaveChangesAsync(Cancel);
        return copy.Id;
    }

    private static async Task<(Lease Stuck, Lease Rival)> RivalledAsync(TestPlatform platform, TestNode slow, TestNode quick)
    {
        var stuck = await slow.ClaimOneAsync();
        platform.Clock.Advance(TimeSpan.FromSeconds(20));
        await slow.BeatAsync(stuck, 0.1);
        return (stuck, await quick.ClaimOneAsync());
    }

    private static async Task<List<string>> MarksAsync(TestPlatform platform, TestNode node)
    {
        await using var db = platform.Platform.Services.GetRequiredService<Database>().CreateDbContext();
        return await db.NodeMarks.Where(row => row.NodeId == node.Id).OrderBy(row => row.Sequence).Select(row => row.Type).ToListAsync(Cancel);
    }

    private static async Task<string> Artifact(TestPlatform platform, NeuroClient customer, ArtifactRef reference)
    {
        using var http = platform.Http(platform.Platform.FirstUserKey);
        return await new ArtifactStore(http, DataFolder.Cache()).DownloadAsync(reference, Cancel);
    }
}
