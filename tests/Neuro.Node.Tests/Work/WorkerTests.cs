using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Neuro.Backend;
using Neuro.Backend.Jobs;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;
using Neuro.Node.Sandbox;
using Neuro.Node.Settings;
using Neuro.Node.Tests.Sandbox;
using Neuro.Node.Work;

namespace Neuro.Node.Tests.Work;

/// <summary>The worker against a real platform over loopback; the work itself is small: writes its shard number.</summary>
public sealed class WorkerTests : IAsyncLifetime
{
    private const int Shards = 3;
    private const string HalfDone = "half-done";
    private static readonly Capacity Capacity = new("cpu-test", "test", 1, 1 << 30, 10, 10);

    private readonly string folder = Directory.CreateTempSubdirectory("neuro-node-").FullName;
    private readonly List<string> log = [];
    private Platform platform = null!;
    private NeuroClient customer = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        platform = await Platform.StartAsync(new PlatformOptions { DataFolder = Path.Combine(folder, "platform"), Workloads = [new NumberWorkload()] }, Cancel);
        customer = await NeuroClient.ConnectAsync(platform.Url.ToString(), platform.FirstUserKey, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await customer.DisposeAsync();
        await platform.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Run_AnOrderedJob_IsDoneDeliveredAndPaid()
    {
        await using var node = Start("a", new NumberWork());
        var job = await OrderAsync(node);

        job = await customer.CompleteAsync(job, cancel: Cancel);

        job.Verified.ShouldBe(Shards);
        var receipts = await customer.ReceiptsAsync(job.Id, Cancel);
        var platformKey = (await customer.Api.GetPlatformAsync(Cancel)).PublicKey;
        receipts.Count.ShouldBe(Shards);
        receipts.ShouldAllBe(receipt => receipt.Verify(platformKey));
        var view = (await customer.NodesAsync(Cancel)).ShouldHaveSingleItem();
        view.Earned.ShouldBe(receipts.Aggregate(Ntk.Zero, (sum, receipt) => sum + receipt.Price - receipt.Fee));
    }

    [Fact]
    public async Task Stop_InMidShard_GivesItBackAndAnotherNodeFinishesTheJob()
    {
        var slow = new EndlessWork();
        await using var first = Start("slow", slow);
        var job = await OrderAsync(first);
        await slow.Started.Task.WaitAsync(Cancel);

        await first.DisposeAsync();
        await using var second = Start("second", new NumberWork());
        job = await customer.CompleteAsync(job, cancel: Cancel);

        job.Verified.ShouldBe(Shards);
        (await customer.ReceiptsAsync(job.Id, Cancel)).Select(receipt => receipt.NodeId).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Stop_InMidShard_WhatWasDoneIsThereWhenTheShardComesBack()
    {
        var cutOff = new EndlessWork();
        await using var node = Start("a", cutOff);
        var job = await OrderAsync(node);
        await cutOff.Started.Task.WaitAsync(Cancel);
        await node.DisposeAsync();

        var resumed = new NumberWork();
        await using var again = Start("a", resumed);
        await customer.CompleteAsync(job, cancel: Cancel);

        resumed.FoundHalfDone.ShouldBe(1);
        Directory.GetDirectories(Path.Combine(folder, "a", "scratch")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Cancel_ByTheCustomer_StopsTheWorkAndReturnsTheHold()
    {
        var slow = new EndlessWork();
        await using var node = Start("slow", slow);
        var job = await OrderAsync(node);
        await slow.Started.Task.WaitAsync(Cancel);

        await customer.Api.CancelAsync(job.Id, Cancel);
        await slow.Stopped.Task.WaitAsync(Cancel);

        var balance = await customer.BalanceAsync(Cancel);
        balance.Held.ShouldBe(Ntk.Zero);
        balance.Available.ShouldBe(Ntk.Of(100));
    }

    [Fact]
    public async Task Run_PlatformAwayWhenTheShardIsDone_DeliversItWhenItIsBack()
    {
        using var probe = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        probe.Start();
        var options = new PlatformOptions { DataFolder = Path.Combine(folder, "restarted"), Workloads = [new NumberWorkload()], Url = $"http://{probe.LocalEndpoint}" };
        probe.Stop();
        var away = await Platform.StartAsync(options, Cancel);
        await using var buyer = await NeuroClient.ConnectAsync(away.Url.ToString(), away.FirstUserKey, Cancel);
        await buyer.BuyAsync(Ntk.Of(100), Cancel);
        var slow = new GatedWork();
        await using var node = new RunningNode(new Worker(Options("patient") with { Platform = away.Url, OwnerKey = away.NodeOwnerKey }, Log, TimeProvider.System, Here(slow)));
        await node.Joined.Task.WaitAsync(Cancel);
        var job = await buyer.OrderAsync(await buyer.QuoteAsync(new RenderSpec([], 1, 1), cancel: Cancel), Cancel);
        await slow.Started.Task.WaitAsync(Cancel);

        await away.DisposeAsync();
        slow.Release.Set();
        await Should.ThrowAsync<NeuroException>(() => buyer.BalanceAsync(Cancel)); // Long enough for the node to find nobody.
        await using var back = await Platform.StartAsync(options, Cancel);

        (await buyer.CompleteAsync(job, cancel: Cancel)).Verified.ShouldBe(1);
        slow.Runs.ShouldBe(1);
    }

    [Fact]
    public async Task Run_PlatformTakesFewRequests_EveryShardIsDoneOnce()
    {
        // By a clock that stands, the seventh request is too many however slow this machine is.
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var busy = await Platform.StartAsync(
            new PlatformOptions { DataFolder = Path.Combine(folder, "busy"), Workloads = [new NumberWorkload()], RequestsPerSecond = 4, RequestBurst = 6, Time = clock }, Cancel);
        await using var buyer = await NeuroClient.ConnectAsync(busy.Url.ToString(), busy.FirstUserKey, Cancel);
        await buyer.BuyAsync(Ntk.Of(100), Cancel);
        var work = new GatedWork();
        work.Release.Set();
        await using var node = new RunningNode(new Worker(Options("hasty") with { Platform = busy.Url, OwnerKey = busy.NodeOwnerKey }, Log, TimeProvider.System, Here(work)));
        await node.Joined.Task.WaitAsync(Cancel);
        var job = await buyer.OrderAsync(await buyer.QuoteAsync(new RenderSpec([], 1, Shards), cancel: Cancel), Cancel);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        while (!Refused())
        {
            await Task.Delay(20, patience.Token);
        }

        var done = buyer.CompleteAsync(job, cancel: Cancel);
        while (await Task.WhenAny(done, Task.Delay(50, patience.Token)) != done)
        {
            patience.Token.ThrowIfCancellationRequested();
            clock.Advance(TimeSpan.FromMilliseconds(250));
        }

        (await done).Verified.ShouldBe(Shards);
        work.Runs.ShouldBe(Shards);

        bool Refused()
        {
            lock (log)
            {
                return log.Exists(line => line.Contains("Too many requests"));
            }
        }
    }

    [Fact]
    public async Task Run_ShardOutlastsTheToken_IsStillDelivered()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var hourly = await Platform.StartAsync(
            new PlatformOptions { DataFolder = Path.Combine(folder, "hourly"), Workloads = [new NumberWorkload()], Time = clock, LeaseTime = TimeSpan.FromDays(1), ClaimWait = TimeSpan.Zero, RequestBurst = 1_000_000 }, Cancel); // By a clock that stands, no request is ever too soon.
        await using var buyer = await NeuroClient.ConnectAsync(hourly.Url.ToString(), hourly.FirstUserKey, Cancel);
        await buyer.BuyAsync(Ntk.Of(100), Cancel);
        var slow = new GatedWork();
        await using var node = new RunningNode(new Worker(Options("hourly-node") with { Platform = hourly.Url, OwnerKey = hourly.NodeOwnerKey }, Log, clock, Here(slow)));
        await node.Joined.Task.WaitAsync(Cancel);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        clock.Advance(TimeSpan.FromMinutes(40));
        while ((await buyer.NodesAsync(patience.Token)).Single().State == "away")
        {
            // It is heard of again at its next claim.
        }

        var job = await buyer.OrderAsync(await buyer.QuoteAsync(new RenderSpec([], 1, 1), cancel: Cancel), Cancel);
        await slow.Started.Task.WaitAsync(patience.Token);

        clock.Advance(TimeSpan.FromMinutes(25));
        slow.Release.Set();

        (await buyer.CompleteAsync(job, cancel: patience.Token)).Verified.ShouldBe(1);
    }

    [Fact]
    public async Task Run_TunedFloor_AsksForAnotherOneAfterARoundAndReportsWhatTheShardTook()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var timed = await Platform.StartAsync(
            new PlatformOptions { DataFolder = Path.Combine(folder, "timed"), Workloads = [new NumberWorkload()], Time = clock, LeaseTime = TimeSpan.FromDays(1), ClaimWait = TimeSpan.Zero, RequestBurst = 1_000_000 }, Cancel);
        await using var buyer = await NeuroClient.ConnectAsync(timed.Url.ToString(), timed.FirstUserKey, Cancel);
        await buyer.BuyAsync(Ntk.Of(100), Cancel);
        var options = Options("tuned") with { Platform = timed.Url, OwnerKey = timed.NodeOwnerKey, IsTuned = true, Floor = Ntk.Of(0.8m) };
        var slow = new GatedWork();
        await using (var node = new RunningNode(new Worker(options, Log, clock, Here(slow))))
        {
            await node.Joined.Task.WaitAsync(Cancel);
            (await buyer.NodesAsync(Cancel)).Single().Floor.ShouldBe(Ntk.Of(0.8m));
            var job = await buyer.OrderAsync(await buyer.QuoteAsync(new RenderSpec([], 1, 1), cancel: Cancel), Cancel);
            await slow.Started.Task.WaitAsync(Cancel);
            clock.Advance(TimeSpan.FromMinutes(11));
            slow.Release.Set();
            (await buyer.CompleteAsync(job, cancel: Cancel)).Verified.ShouldBe(1);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            patience.CancelAfter(TimeSpan.FromSeconds(60));
            while ((await buyer.NodesAsync(patience.Token)).Single().Floor == Ntk.Of(0.8m))
            {
                // It sold all it could at its own price: the next round tries a higher one.
            }
        }

        (await buyer.NodesAsync(Cancel)).Single().Floor!.Value.ShouldBeGreaterThan(Ntk.Of(0.8m));
        File.Exists(Path.Combine(folder, "tuned", "floor.json")).ShouldBeTrue();
        lock (log)
        {
            log.ShouldContain(line => line.StartsWith("Floor ", StringComparison.Ordinal) && line.Contains("after 0.8"));
        }
    }

    [Theory]
    [InlineData("recipe.out_of_range", 2)]
    [InlineData("shard.disk_full", 5)]
    public async Task Failure_OfTheWork_ReachesTheCustomerWithItsReasonAndIsTriedLessOftenWhenTheInputIsToBlame(string code, int attempts)
    {
        var broken = new BrokenWork(code);
        await using var node = Start("broken", broken);
        var job = await OrderAsync(node);

        var error = await Should.ThrowAsync<NeuroException>(() => customer.CompleteAsync(job, cancel: Cancel));

        error.Code.ShouldBe("job.failed");
        error.Message.ShouldContain(BrokenWork.Reason);
        broken.Attempts.Values.Max().ShouldBe(attempts);
        (await customer.BalanceAsync(Cancel)).Available.ShouldBe(Ntk.Of(100));
    }

    [Theory]
    [InlineData("die", "ended with code 137")]
    [InlineData("eat", "it may hold 268435456 on this node")]
    public async Task Run_WorkEndsItsProcess_ShardIsGivenBackDoneAgainAndTheNodeGoesOn(string first, string reason)
    {
        await using var node = StartProcess("a");
        var job = await OrderAsync(node, new RenderSpec(new JsonObject { ["first"] = first, ["do"] = "number" }, 1, Shards));

        job = await customer.CompleteAsync(job, cancel: Cancel);

        job.Verified.ShouldBe(Shards);
        lock (log)
        {
            log.Count(line => line.Contains(reason)).ShouldBe(Shards);
        }

        WorkerStatus.Read(Path.Combine(folder, "a"))!.LastError.ShouldNotBeNull().ShouldContain(reason);
        Directory.GetDirectories(Path.Combine(folder, "a", "scratch")).Select(Path.GetFileName).ShouldBeSubsetOf(["home"]);
    }

    [Fact]
    public async Task Run_WorkNeverEnds_IsEndedAfterTenTimesWhatItShouldTakeAndAMinute()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var timed = await Platform.StartAsync(
            new PlatformOptions { DataFolder = Path.Combine(folder, "timed"), Workloads = [new NumberWorkload()], Time = clock, LeaseTime = TimeSpan.FromDays(1), ClaimWait = TimeSpan.Zero, RequestBurst = 1_000_000 }, Cancel);
        await using var buyer = await NeuroClient.ConnectAsync(timed.Url.ToString(), timed.FirstUserKey, Cancel);
        await buyer.BuyAsync(Ntk.Of(100), Cancel);
        await using var node = StartProcess("timed-node", clock, timed);
        await node.Joined.Task.WaitAsync(Cancel);
        var spec = new RenderSpec(new JsonObject { ["first"] = "deaf", ["do"] = "number" }, 1, 1);
        var job = await buyer.OrderAsync(await buyer.QuoteAsync(spec, cancel: Cancel), Cancel);
        var scratch = Path.Combine(folder, "timed-node", "scratch");
        await TestChild.UntilAsync("the work has begun", () => Directory.GetFiles(scratch, BehavingWork.Started, SearchOption.AllDirectories).Length > 0, Cancel);

        clock.Advance(TimeSpan.FromSeconds(60.9)); // The shard is 1 CU, the node does 10 a second.
        await customer.BalanceAsync(Cancel); // Long enough for a look at the clock.
        Logged("may take 61 s").ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(1));
        await TestChild.UntilAsync("the work is ended", () => Logged("may take 61 s"), Cancel);
        var done = buyer.CompleteAsync(job, cancel: Cancel);
        while (await Task.WhenAny(done, Task.Delay(20, Cancel)) != done)
        {
            clock.Advance(TimeSpan.FromMilliseconds(250)); // The node waits a little before it takes a shard again.
        }

        (await done).Verified.ShouldBe(1);
    }

    [Fact]
    public async Task Stop_InMidShard_EndsTheProcessAndKeepsWhatWasDone()
    {
        await using var node = StartProcess("a");
        await OrderAsync(node, new RenderSpec(new JsonObject { ["do"] = "wait" }, 1, 1));
        var scratch = Path.Combine(folder, "a", "scratch");
        string[] Begun() => Directory.GetFiles(scratch, BehavingWork.Started, SearchOption.AllDirectories);
        await TestChild.UntilAsync("the work has begun", () => Begun().Length > 0, Cancel);
        var mark = TestChild.Mark(Path.Combine(folder, "a")).ShouldNotBeNull();

        await node.DisposeAsync();

        mark.IsAlive.ShouldBeFalse();
        Begun().Length.ShouldBe(1);
        Directory.GetDirectories(scratch).Length.ShouldBe(1); // The process's home is gone.
        Logged("died").ShouldBeFalse();
    }

    [Fact]
    public void Start_NetworkCannotBeCutOffButMust_IsRefused()
    {
        var error = Should.Throw<NeuroException>(() => new Worker(Options("a"), TestChild.Command, new WorkLimits(MustBeCutOff: true), new NetworkCut(false, "Work can reach the network: no."), Log, TimeProvider.System));
        error.Code.ShouldBe("node.not_cut_off");
        error.Message.ShouldContain("Work can reach the network: no.");
    }

    [Fact]
    public async Task Folder_UsedByAnotherNode_IsRefusedInOneSentence()
    {
        await using var node = Start("a", new NumberWork());
        var error = Should.Throw<NeuroException>(() => new Worker(Options("a"), [], _ => { }));
        error.Code.ShouldBe("node.folder_in_use");
        error.Message.ShouldContain("--folder");
    }

    [Fact]
    public async Task Key_OfANode_IsKeptAndForItsUserAlone()
    {
        await using (Start("a", new NumberWork()))
        {
        }

        var path = Path.Combine(folder, "a", "node.key");
        var key = await File.ReadAllTextAsync(path, Cancel);
        await using (Start("a", new NumberWork()))
        {
        }

        (await File.ReadAllTextAsync(path, Cancel)).ShouldBe(key);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private NodeOptions Options(string name) => new() { Platform = platform.Url, Folder = Path.Combine(folder, name), OwnerKey = platform.NodeOwnerKey, Name = name };

    private RunningNode Start(string name, IWork work) => new(new Worker(Options(name), Log, TimeProvider.System, Here(work)));

    private RunningNode StartProcess(string name, TimeProvider? time = null, Platform? at = null) => new(new Worker(
        Options(name) with { Platform = (at ?? platform).Url, OwnerKey = (at ?? platform).NodeOwnerKey }, TestChild.Command, new WorkLimits(256 << 20), NetworkCut.Probe(), Log, time ?? TimeProvider.System));

    // What the process that does the work does is in Sandbox; here the work is seen from inside.
    private static Worker.DoWork Here(IWork work) => (lease, inputs, scratch, progress, _, cancel) => Task.Run(() => work.Run(lease, inputs, scratch, progress, cancel), cancel);

    private void Log(string line)
    {
        lock (log)
        {
            log.Add(line);
        }
    }

    private Task<Job> OrderAsync(RunningNode node) => OrderAsync(node, new RenderSpec([], 1, Shards));

    private async Task<Job> OrderAsync(RunningNode node, RenderSpec spec)
    {
        await node.Joined.Task.WaitAsync(Cancel);
        await customer.BuyAsync(Ntk.Of(100), Cancel);
        return await customer.OrderAsync(await customer.QuoteAsync(spec, cancel: Cancel), Cancel);
    }

    private bool Logged(string text)
    {
        lock (log)
        {
            return log.Exists(line => line.Contains(text));
        }
    }

    private sealed class RunningNode : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly Worker worker;
        private readonly Task run;

        public RunningNode(Worker worker)
        {
            this.worker = worker;
            worker.Joined += () => Joined.TrySetResult();
            run = worker.RunAsync(Capacity, stop.Token);
        }

        public TaskCompletionSource Joined { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await run;
            worker.Dispose();
        }
    }

    private sealed class NumberWork : IWork
    {
        public int FoundHalfDone { get; private set; }

        public string Kind => RenderSpec.KindName;

        public WorkResult Run(Lease lease, IReadOnlyList<string> inputs, string scratch, WorkProgress progress, CancellationToken cancel)
        {
            FoundHalfDone += File.Exists(Path.Combine(scratch, HalfDone)) ? 1 : 0;
            var path = Path.Combine(scratch, "number.txt");
            File.WriteAllText(path, $"{lease.Shard}");
            return new WorkResult([new OutputFile(path, "text/plain")], new Dictionary<string, double>());
        }
    }

    private sealed class GatedWork : IWork
    {
        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ManualResetEventSlim Release { get; } = new();

        public int Runs { get; private set; }

        public string Kind => RenderSpec.KindName;

        public WorkResult Run(Lease lease, IReadOnlyList<string> inputs, string scratch, WorkProgress progress, CancellationToken cancel)
        {
            Runs++;
            Started.TrySetResult();
            Release.Wait(cancel);
            return new NumberWork().Run(lease, inputs, scratch, progress, cancel);
        }
    }

    private sealed class EndlessWork : IWork
    {
        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Kind => RenderSpec.KindName;

        public WorkResult Run(Lease lease, IReadOnlyList<string> inputs, string scratch, WorkProgress progress, CancellationToken cancel)
        {
            File.WriteAllText(Path.Combine(scratch, HalfDone), "");
            Started.TrySetResult();
            cancel.WaitHandle.WaitOne();
            Stopped.TrySetResult();
            cancel.ThrowIfCancellationRequested();
            throw new InvalidOperationException("Unreachable: the wait ends by cancellation alone.");
        }
    }

    private sealed class BrokenWork(string code) : IWork
    {
        public const string Reason = "It broke for a good reason.";

        public Dictionary<int, int> Attempts { get; } = [];

        public string Kind => RenderSpec.KindName;

        public WorkResult Run(Lease lease, IReadOnlyList<string> inputs, string scratch, WorkProgress progress, CancellationToken cancel)
        {
            Attempts[lease.Shard] = lease.Attempt;
            throw new NeuroException(code, Reason);
        }
    }

    private sealed class NumberWorkload : IWorkload
    {
        public string Kind => RenderSpec.KindName;

        public Task<WorkPlan> PlanAsync(JobSpec spec, IPlanContext context, CancellationToken cancel) =>
            Task.FromResult(new WorkPlan("numbers", "numbers", "00", [.. Enumerable.Range(0, ((RenderSpec)spec).Count).Select(i => new ShardPlan(i, i, 1, new Cu(1000), []))]));

        public async Task<ShardVerdict> VerifyAsync(VerifyRequest request, CancellationToken cancel)
        {
            var text = await File.ReadAllTextAsync(request.ArtifactPath(request.Outputs[0].Sha256), Encoding.UTF8, cancel);
            return new ShardVerdict(text == $"{request.Shard.Index}", "read the number");
        }
    }
}
