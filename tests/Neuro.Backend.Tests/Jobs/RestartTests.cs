using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Backend.Jobs;
using Neuro.Backend.Storage;
using Neuro.Backend.Tests.Ledger;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Jobs;

public sealed class RestartTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Restart_InMidJob_SameKeysAndTheJobGoesOn()
    {
        await using var platform = await TestPlatform.StartAsync();
        var before = (platform.Platform.FirstUserKey, platform.Platform.NodeOwnerKey);
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(6));
        await node.WorkAsync(await node.ClaimOneAsync());
        await TestPlatform.UntilAsync(customer, job.Id, "verified");
        var running = await node.ClaimOneAsync();
        var secret = node.Secret;

        await platform.RestartAsync();
        (platform.Platform.FirstUserKey, platform.Platform.NodeOwnerKey).ShouldBe(before);
        customer = await platform.CustomerAsync();
        await using var again = new TestNode(platform.Platform.Url, "node", secret);
        await again.JoinAsync(owner: null, Ntk.Of(1));
        await again.WorkAsync(running);
        await again.WorkAllAsync();
        var done = await customer.CompleteAsync(job, cancel: Cancel);
        (done.State, done.Paid).ShouldBe((JobState.Succeeded, Ntk.Of(6.6m)));
        (await customer.ReceiptsAsync(job.Id, Cancel)).Count.ShouldBe(3);
        (await customer.Api.GetProofAsync(Cancel)).Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Follow_PlatformRestartsAtTheSameAddress_GoesOnWhereItWas()
    {
        using var probe = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        probe.Start();
        var url = $"http://{probe.LocalEndpoint}";
        probe.Stop();
        await using var platform = await TestPlatform.StartAsync(options => options with { Url = url });
        await using var customer = await NeuroClient.ConnectAsync(url, platform.Platform.FirstUserKey, Cancel);
        await customer.BuyAsync(Ntk.Of(100), Cancel);
        var node = await platform.NodeAsync();
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(4));
        var ordered = new TaskCompletionSource();
        var done = customer.CompleteAsync(job, _ => ordered.TrySetResult(), Cancel);
        await ordered.Task.WaitAsync(Cancel);
        var secret = node.Secret;

        // The failed call takes longer than the follower needs to notice that nobody is there.
        await platform.RestartAsync(between: () => Should.ThrowAsync<NeuroException>(() => customer.BalanceAsync(Cancel)));
        await using var again = new TestNode(platform.Platform.Url, "node", secret);
        await again.JoinAsync(null, Ntk.Of(1));
        await again.WorkAllAsync();
        (await done).State.ShouldBe(JobState.Succeeded);
    }

    [Fact]
    public async Task Restart_WithDeliveredShards_ChecksAndPaysThem()
    {
        await using var platform = await TestPlatform.StartAsync();
        var never = new TaskCompletionSource();
        platform.Numbers.Gate = never.Task;
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(6));
        await node.WorkAllAsync();
        (await customer.Api.GetJobAsync(job.Id, Cancel)).Verified.ShouldBe(0);
        platform.Numbers.Gate = Task.CompletedTask;
        await platform.RestartAsync();
        customer = await platform.CustomerAsync();
        (await customer.CompleteAsync(job, cancel: Cancel)).Verified.ShouldBe(3);
    }

    [Fact]
    public async Task Restart_OrderCutOffAfterItsHold_FinishesTheOrderAndHoldsOnce()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));

        // What the database holds when the process dies right after the hold.
        await using (var db = platform.Platform.Services.GetRequiredService<Database>().CreateDbContext())
        {
            await db.Jobs.Where(row => row.Id == job.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.State, (int)JobPhase.Placing).SetProperty(row => row.Events, 0), Cancel);
            await db.Events.ExecuteDeleteAsync(Cancel);
        }

        (await Should.ThrowAsync<NeuroException>(() => customer.Api.GetJobAsync(job.Id, Cancel))).Code.ShouldBe("job.not_found");
        var secret = node.Secret;
        await platform.RestartAsync();
        customer = await platform.CustomerAsync();
        (await customer.BalanceAsync(Cancel)).Held.ShouldBe(job.Cap);
        await using var again = new TestNode(platform.Platform.Url, "node", secret);
        await again.JoinAsync(null, Ntk.Of(1));
        await again.WorkAllAsync();
        (await customer.CompleteAsync(job, cancel: Cancel)).State.ShouldBe(JobState.Succeeded);
    }

    [Fact]
    public async Task Restart_ShardPaidButItsReceiptNotWritten_WritesItAndPaysOnce()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(4));
        await node.WorkAsync(await node.ClaimOneAsync());
        await TestPlatform.UntilAsync(customer, job.Id, "verified");

        // What the database holds when the process dies right after the posts.
        await using (var db = platform.Platform.Services.GetRequiredService<Database>().CreateDbContext())
        {
            await db.Receipts.ExecuteDeleteAsync(Cancel);
            await db.Jobs.ExecuteUpdateAsync(set => set.SetProperty(row => row.Verified, 0).SetProperty(row => row.PaidNano, 0), Cancel);
            await db.Shards.Where(row => row.State == (int)ShardState.Verified).ExecuteUpdateAsync(set => set.SetProperty(row => row.State, (int)ShardState.Accepted), Cancel);
        }

        await platform.RestartAsync();
        customer = await platform.CustomerAsync();
        var secondNode = await platform.NodeAsync("second");
        await secondNode.WorkAllAsync();
        var done = await customer.CompleteAsync(job, cancel: Cancel);
        (done.Verified, done.Paid).ShouldBe((2, Ntk.Of(4.4m)));
        (await customer.ReceiptsAsync(job.Id, Cancel)).Count.ShouldBe(2);
        (await customer.Api.GetProofAsync(Cancel)).Sums["node"].ShouldBe(Ntk.Of(4));
        platform.Numbers.Checks.ShouldBe(2);
    }

    [Fact]
    public async Task Restart_NodeChangedHandsBetweenPayAndReceipt_PaysOnceAndTheJobEnds()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(4));
        await node.WorkAsync(await node.ClaimOneAsync());
        await TestPlatform.UntilAsync(customer, job.Id, "verified");
        await using (var db = platform.Platform.Services.GetRequiredService<Database>().CreateDbContext())
        {
            var newOwner = (await customer.Api.GetAccountAsync(Cancel)).Id;
            await db.Receipts.ExecuteDeleteAsync(Cancel);
            await db.Jobs.ExecuteUpdateAsync(set => set.SetProperty(row => row.Verified, 0).SetProperty(row => row.PaidNano, 0), Cancel);
            await db.Shards.Where(row => row.State == (int)ShardState.Verified).ExecuteUpdateAsync(set => set.SetProperty(row => row.State, (int)ShardState.Accepted), Cancel);
            await db.Nodes.ExecuteUpdateAsync(set => set.SetProperty(row => row.AccountId, newOwner), Cancel);
        }

        await platform.RestartAsync();
        customer = await platform.CustomerAsync();
        await (await platform.NodeAsync("second")).WorkAllAsync();
        (await customer.CompleteAsync(job, cancel: Cancel)).Paid.ShouldBe(Ntk.Of(4.4m));
        (await customer.Api.GetProofAsync(Cancel)).Sums["node"].ShouldBe(Ntk.Of(4));
    }

    [Fact]
    public async Task Restart_JobThatCannotBeEnded_KeepsNothingElseFromGoingOn()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        var (stuck, other) = (await TestPlatform.OrderAsync(customer, NumberWork.Spec(2)), await TestPlatform.OrderAsync(customer, NumberWork.Spec(4)));
        await using (var db = platform.Platform.Services.GetRequiredService<Database>().CreateDbContext())
        {
            await db.Jobs.ExecuteUpdateAsync(set => set.SetProperty(row => row.State, (int)JobPhase.Ending).SetProperty(row => row.Outcome, (int)JobPhase.Cancelled), Cancel);
            await db.Shards.Where(row => row.JobId == stuck.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.State, (int)ShardState.Accepted).SetProperty(row => row.NodeId, "nobody"), Cancel);
        }

        await platform.RestartAsync();
        customer = await platform.CustomerAsync();
        (await customer.Api.GetJobAsync(other.Id, Cancel)).State.ShouldBe(JobState.Cancelled);
        (await customer.BalanceAsync(Cancel)).Held.ShouldBe(stuck.Cap);
    }

    [Fact]
    public async Task Resume_OrderCutOffWhileThePlatformRuns_IsFinishedWithoutARestart()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        await platform.NodeAsync();
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        await using (var db = platform.Platform.Services.GetRequiredService<Database>().CreateDbContext())
        {
            await db.Jobs.ExecuteUpdateAsync(set => set.SetProperty(row => row.State, (int)JobPhase.Placing).SetProperty(row => row.Events, 0), Cancel);
            await db.Events.ExecuteDeleteAsync(Cancel);
        }

        await TicksAsync(platform, async () => (await customer.Api.GetJobsAsync(Cancel)).Count == 1);
        (await customer.BalanceAsync(Cancel)).Held.ShouldBe(job.Cap);
    }

    [Fact]
    public async Task Quotes_LongExpired_AreForgotten()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync();
        await platform.NodeAsync();
        await customer.QuoteAsync(NumberWork.Spec(2), cancel: Cancel);
        platform.Clock.Advance(TimeSpan.FromHours(2));
        await using var db = platform.Platform.Services.GetRequiredService<Database>().CreateDbContext();
        await TicksAsync(platform, async () => !await db.Quotes.AnyAsync(Cancel));
    }

    // Lets the platform's clock tick until something is so.
    private static async Task TicksAsync(TestPlatform platform, Func<Task<bool>> isSo)
    {
        for (var tick = 0; tick < 3000 && !await isSo(); tick++)
        {
            platform.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        (await isSo()).ShouldBeTrue();
    }

    [Fact]
    public async Task Kill_InMidJob_NextStartFinishesItAndPaysOnce()
    {
        var folder = Directory.CreateTempSubdirectory("neuro-kill-").FullName;
        var secret = Ed25519.NewKey();
        Job job;
        using (var child = CrashChild.Start(CrashChild.PlatformVerb, folder))
        {
            var url = new Uri((await child.StandardOutput.ReadLineAsync(Cancel)).ShouldNotBeNull("the child did not start"));
            await using var customer = await NeuroClient.ConnectAsync(url.ToString(), File.ReadAllText(Path.Combine(folder, "first-user.key")).Trim(), Cancel);
            await customer.BuyAsync(Ntk.Of(100), Cancel);
            await using var node = new TestNode(url, "node", secret);
            await node.JoinAsync(File.ReadAllText(Path.Combine(folder, "node-owner.key")).Trim(), Ntk.Of(0.95m)); // Over a newcomer's 95 % that is 1.
            job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(20, perShard: 1));
            for (var i = 0; i < 7; i++)
            {
                await node.WorkAsync(await node.ClaimOneAsync());
            }

            // Some of the seven are paid by now, some are not, one perhaps in the middle.
            child.Kill();
            await child.WaitForExitAsync(Cancel);
        }

        await using (var platform = await Platform.StartAsync(new PlatformOptions { DataFolder = folder, Workloads = [new NumberWork()], ClaimWait = TimeSpan.Zero }, Cancel))
        {
            await using var customer = await NeuroClient.ConnectAsync(platform.Url.ToString(), platform.FirstUserKey, Cancel);
            await using var node = new TestNode(platform.Url, "node", secret);
            await node.JoinAsync(null, Ntk.Of(0.95m));
            await node.WorkAllAsync();
            var done = await customer.CompleteAsync(job, cancel: Cancel);
            (done.State, done.Paid).ShouldBe((JobState.Succeeded, Ntk.Of(22)));
            (await customer.ReceiptsAsync(job.Id, Cancel)).Count.ShouldBe(20);
            var proof = await customer.Api.GetProofAsync(Cancel);
            (proof.Faults.Count, proof.Sums["node"] + proof.Sums["stake"]).ShouldBe((0, Ntk.Of(20)));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task WholeJob_OnPostgres_IsTheSame()
    {
        var connection = await LedgerEngine.NewPostgresAsync();
        await using var platform = await TestPlatform.StartAsync(options => options with { PostgresConnectionString = connection });
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(6));
        await node.WorkAllAsync();
        (await customer.CompleteAsync(job, cancel: Cancel)).Paid.ShouldBe(Ntk.Of(6.6m));
        (await customer.Api.GetProofAsync(Cancel)).Faults.ShouldBeEmpty();
        (await customer.LedgerAsync(cancel: Cancel)).Select(line => line.Kind).ShouldContain("void");
    }
}
