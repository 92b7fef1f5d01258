using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Backend.Jobs;
using Neuro.Backend.Storage;
using Neuro.Backend.Tests.Treasury;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Models;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Jobs;

/// <summary>Jobs whose shards go in rounds, each from what the step before left.</summary>
public sealed class RoundTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly RoundWork work = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rounds_AllDelivered_FollowOneAnotherAndEveryShardIsPaid()
    {
        await using var platform = await StartAsync();
        var (customer, node) = (await platform.CustomerAsync(ntk: 100), await platform.NodeAsync());
        var job = await OrderAsync(customer, nodes: 2, rounds: 3);
        for (var shard = 0; shard < 6; shard++)
        {
            var lease = await NextAsync(platform, node);
            lease.Shard.ShouldBe(shard);
            lease.Inputs.Count.ShouldBe(shard < 2 ? 0 : 1);
            if (shard is 2 or 4)
            {
                var before = await File.ReadAllTextAsync(await node.Artifacts.DownloadAsync(lease.Inputs[^1], Cancel), Cancel);
                before.ShouldBe(shard == 2 ? "0:0,1;" : "0:0,1;1:2,3;");
            }

            await node.DeliverAsync(lease, RoundWork.Make(lease));
        }

        var done = await customer.CompleteAsync(job, cancel: Cancel);
        (done.State, done.Shards, done.Verified, done.Paid).ShouldBe((JobState.Succeeded, 6, 6, Ntk.Of(6.6m)));
        var model = await customer.ModelAsync(done, Cancel);
        model.ValidationAccuracy.ShouldBe(0.75);
        (await ProductAsync(customer, model)).ShouldBe("0:0,1;1:2,3;2:4,5;");
        (await customer.ReceiptsAsync(job.Id, Cancel)).Count.ShouldBe(6);
        work.Steps.ShouldBe(3);
        await ProveAsync(customer);
    }

    [Fact]
    public async Task Round_ANodeVanishes_EndsWithItsQuorumAndTheLateDeltaIsNotTaken()
    {
        await using var platform = await StartAsync();
        var (customer, node, lost) = (await platform.CustomerAsync(ntk: 100), await platform.NodeAsync(), await platform.NodeAsync("lost"));
        var job = await OrderAsync(customer, nodes: 3, rounds: 2, quorum: 0.6);
        var vanished = await NextAsync(platform, lost);
        for (var i = 0; i < 2; i++)
        {
            var lease = await NextAsync(platform, node);
            await node.DeliverAsync(lease, RoundWork.Make(lease));
        }

        await UntilAsync(platform, row => row.Verified == 2);
        (await ReadAsync(platform, db => db.Jobs.SingleAsync(Cancel))).Stepped.ShouldBe(0, "the round's time is not over");
        await TickAsync(platform, lost, vanished, row => row.Stepped == 1);

        var late = await Should.ThrowAsync<NeuroException>(() => lost.DeliverAsync(vanished, RoundWork.Make(vanished)));
        late.Code.ShouldBe("job.ended");
        late.Message.ShouldContain("the round");

        // A newcomer takes its share of the next round.
        var late2 = await platform.NodeAsync("newcomer");
        foreach (var one in new[] { node, late2, late2 })
        {
            var lease = await NextAsync(platform, one);
            lease.Shard.ShouldBeGreaterThanOrEqualTo(3);
            await one.DeliverAsync(lease, RoundWork.Make(lease));
        }

        var done = await customer.CompleteAsync(job, cancel: Cancel);
        (done.State, done.Shards, done.Verified, done.Paid).ShouldBe((JobState.Succeeded, 5, 5, Ntk.Of(5.5m)));
        (await ProductAsync(customer, await customer.ModelAsync(done, Cancel))).ShouldBe("0:1,2;1:3,4,5;");
        (await customer.NodesAsync(Cancel)).Single(view => view.Name == "lost").Earned.ShouldBe(Ntk.Zero);
        await ProveAsync(customer);
    }

    [Fact]
    public async Task Round_WithoutAQuorum_WaitsOnAfterItsTime()
    {
        await using var platform = await StartAsync();
        var (customer, node) = (await platform.CustomerAsync(ntk: 100), await platform.NodeAsync());
        await OrderAsync(customer, nodes: 4, rounds: 1, quorum: 0.75);
        for (var i = 0; i < 2; i++)
        {
            var lease = await NextAsync(platform, node);
            await node.DeliverAsync(lease, RoundWork.Make(lease));
        }

        await UntilAsync(platform, row => row.Verified == 2);
        platform.Clock.Advance(TimeSpan.FromMinutes(3));
        await Keeper(platform).AdvanceAsync(Cancel);
        work.Steps.ShouldBe(0);

        var third = await NextAsync(platform, node);
        await node.DeliverAsync(third, RoundWork.Make(third));
        await UntilAsync(platform, row => row.Stepped == 1);
    }

    [Fact]
    public async Task Round_AWrongDelta_IsNotPaidAndGoesToAnother()
    {
        await using var platform = await StartAsync();
        var (customer, eve, node) = (await platform.CustomerAsync(ntk: 100), await platform.NodeAsync("eve"), await platform.NodeAsync());
        var job = await OrderAsync(customer, nodes: 1, rounds: 2);
        await eve.DeliverAsync(await NextAsync(platform, eve), Encoding.UTF8.GetBytes("77"));
        await TestPlatform.UntilAsync(customer, job.Id, "another number than the shard's");
        for (var i = 0; i < 2; i++)
        {
            var lease = await NextAsync(platform, node);
            await node.DeliverAsync(lease, RoundWork.Make(lease));
        }

        var done = await customer.CompleteAsync(job, cancel: Cancel);
        (done.State, done.Paid).ShouldBe((JobState.Succeeded, Ntk.Of(2.2m)));
        (await customer.ReceiptsAsync(job.Id, Cancel)).ShouldAllBe(receipt => receipt.NodeId == node.Id);
    }

    [Fact]
    public async Task Round_AShardThatNobodyGetsDone_IsLeftOutAndTheJobGoesOn()
    {
        await using var platform = await StartAsync();
        var (customer, node) = (await platform.CustomerAsync(ntk: 100), await platform.NodeAsync());
        var job = await OrderAsync(customer, nodes: 2, rounds: 1, quorum: 0.5);
        var first = await NextAsync(platform, node);
        await node.DeliverAsync(first, RoundWork.Make(first));
        for (var i = 0; i < 2; i++)
        {
            var lease = await NextAsync(platform, node);
            await node.Api.FailAsync(node.Token, lease.ShardId, new(lease.Token, "It does not work here.", Fatal: true), Cancel);
        }

        var done = await customer.CompleteAsync(job, cancel: Cancel);
        (done.State, done.Shards, done.Verified).ShouldBe((JobState.Succeeded, 1, 1));
    }

    [Fact]
    public async Task Restart_BetweenRounds_GoesOnFromTheStepThatWasMade()
    {
        await using var platform = await StartAsync();
        var node = await platform.NodeAsync();
        var job = await OrderAsync(await platform.CustomerAsync(ntk: 100), nodes: 1, rounds: 3);
        for (var i = 0; i < 3; i++)
        {
            var lease = await NextAsync(platform, node);
            await node.DeliverAsync(lease, RoundWork.Make(lease));
            await UntilAsync(platform, row => row.Stepped == i + 1);
            await platform.RestartAsync();
            node = await platform.NodeAsync();
        }

        var customer = await platform.CustomerAsync();
        var done = await customer.CompleteAsync(job, cancel: Cancel);
        (await ProductAsync(customer, await customer.ModelAsync(done, Cancel))).ShouldBe("0:0;1:1;2:2;");
        work.Steps.ShouldBe(3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Step_CutOffAtAnyWord_IsMadeOnceInTheEnd(int round)
    {
        await using var platform = await StartAsync();
        var (customer, node) = (await platform.CustomerAsync(ntk: 100), await platform.NodeAsync());
        var job = await OrderAsync(customer, nodes: 2, rounds: 2, quorum: 0.5);
        for (var i = 0; i < round * 2; i++)
        {
            var before = await NextAsync(platform, node);
            await node.DeliverAsync(before, RoundWork.Make(before));
        }

        var lease = await NextAsync(platform, node);
        await Keeper(platform).StopAsync(Cancel);
        await node.DeliverAsync(lease, RoundWork.Make(lease));
        await UntilAsync(platform, row => row.Verified == (round * 2) + 1);
        platform.Clock.Advance(TimeSpan.FromMinutes(3));

        var words = 1;
        while (!await Fuse.RunAsync(words, () => Keeper(platform).TryEndAsync(job.Id, Cancel)))
        {
            words++;
        }

        await Keeper(platform).TryEndAsync(job.Id, Cancel);

        words.ShouldBeGreaterThan(20);
        var (row, rounds) = (await ReadAsync(platform, db => db.Jobs.SingleAsync(Cancel)), await ReadAsync(platform, db => db.Rounds.CountAsync(Cancel)));
        (row.Stepped, rounds, row.Shards).ShouldBe((round + 1, round + 1, 3));
        (await ReadAsync(platform, db => db.Shards.CountAsync(shard => shard.State == (int)ShardState.Dropped, Cancel))).ShouldBe(1);
        (await ReadAsync(platform, db => db.Uploads.CountAsync(Cancel))).ShouldBeLessThanOrEqualTo(words);
        if (round == 1)
        {
            await platform.Platform.Services.GetRequiredService<JobCloser>().ResumeAsync(Cancel);
            (await customer.CompleteAsync(job, cancel: Cancel)).Paid.ShouldBe(Ntk.Of(3.3m));
        }

        await ProveAsync(customer);
    }

    [Fact]
    public async Task Step_ThatBreaksAgainAndAgain_EndsTheJobAndTheRestOfTheHoldComesBack()
    {
        work.Breaks = true;
        await using var platform = await StartAsync();
        var (customer, node) = (await platform.CustomerAsync(ntk: 100), await platform.NodeAsync());
        var job = await OrderAsync(customer, nodes: 1, rounds: 2);
        var lease = await NextAsync(platform, node);
        await node.DeliverAsync(lease, RoundWork.Make(lease));
        await TickAsync(platform, node, null, row => row.EndedAt != null);

        var ended = await customer.Api.GetJobAsync(job.Id, Cancel);
        (ended.State, ended.Paid).ShouldBe((JobState.Failed, Ntk.Of(1.1m)));
        ended.Error.ShouldNotBeNull().ShouldContain("The step broke.");
        (await customer.BalanceAsync(Cancel)).Available.ShouldBe(Ntk.Of(98.9m));
    }

    [Fact]
    public async Task Quote_OfRounds_CountsTheNodesThatCanWorkAtOnce()
    {
        await using var platform = await StartAsync();
        var customer = await platform.CustomerAsync();
        for (var i = 0; i < 4; i++)
        {
            await platform.NodeAsync($"node {i}", speed: 1);
        }

        var quote = await customer.QuoteAsync(new DilocoSpec([], 2, 10, 1, 1), deadline: TimeSpan.FromSeconds(11), cancel: Cancel);
        (quote.Shards, quote.Work.Units).ShouldBe((20, 20m));
        quote.ExpectedTime.ShouldBe(TimeSpan.FromSeconds(10), "two nodes at once, a CU a second each");
    }

    private static RoundKeeper Keeper(TestPlatform platform) => platform.Platform.Services.GetRequiredService<RoundKeeper>();

    private static async Task<Job> OrderAsync(NeuroClient customer, int nodes, int rounds, double quorum = 0.75) => await customer.OrderAsync(
        await customer.QuoteAsync(new DilocoSpec(new JsonObject(), nodes, rounds, 1, 1) { Quorum = quorum, RoundTime = TimeSpan.FromMinutes(2) }, cancel: Cancel), Cancel);

    private static async Task<string> ProductAsync(NeuroClient customer, ModelManifest model) => await File.ReadAllTextAsync(await customer.DownloadAsync(model, Cancel), Cancel);

    private static async Task ProveAsync(NeuroClient customer) => (await customer.Api.GetProofAsync(Cancel)).Faults.ShouldBeEmpty();

    // The next lease, when there is one: a step is made on another thread.
    private static async Task<Lease> NextAsync(TestPlatform platform, TestNode node)
    {
        while (true)
        {
            var opened = SignalsOf(platform).Open;
            if (await node.ClaimAsync() is { } lease)
            {
                return lease;
            }

            await opened.WaitAsync(Patience, Cancel);
        }
    }

    private static async Task UntilAsync(TestPlatform platform, Func<JobRow, bool> isSo)
    {
        while (true)
        {
            var happened = SignalsOf(platform).Job((await JobAsync(platform)).Id);
            if (isSo(await JobAsync(platform)))
            {
                return;
            }

            await happened.WaitAsync(Patience, Cancel);
        }
    }

    // Lets the platform's clock tick until something is so; meanwhile a node beats for a lease that it does nothing about.
    private static async Task TickAsync(TestPlatform platform, TestNode node, Lease? lease, Func<JobRow, bool> isSo)
    {
        for (var tick = 0; tick < 1000 && !isSo(await JobAsync(platform)); tick++)
        {
            platform.Clock.Advance(TimeSpan.FromSeconds(5));
            if (lease is not null)
            {
                try
                {
                    await node.BeatAsync(lease, 0.1);
                }
                catch (NeuroException over) when (over.Status == 409)
                {
                    lease = null;
                }
            }
        }

        isSo(await JobAsync(platform)).ShouldBeTrue();
    }

    private static Signals SignalsOf(TestPlatform platform) => platform.Platform.Services.GetRequiredService<Signals>();

    private static Task<JobRow> JobAsync(TestPlatform platform) => ReadAsync(platform, db => db.Jobs.AsNoTracking().SingleAsync(Cancel));

    private static async Task<T> ReadAsync<T>(TestPlatform platform, Func<NeuroDb, Task<T>> read)
    {
        await using var db = platform.Platform.Services.GetRequiredService<Database>().CreateDbContext();
        return await read(db);
    }

    private Task<TestPlatform> StartAsync() => TestPlatform.StartAsync(options => options with { Workloads = [work] });
}
