using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Neuro.Client.Api;
using Neuro.Client.Models;
using Neuro.Client.Nodes;
using Neuro.Node.Mining;
using Neuro.Node.Sandbox;
using Neuro.Node.Settings;
using Neuro.Node.Work;

namespace Neuro.Node.Tests.Sandbox;

/// <summary>Work in a real process that does what it should not.</summary>
public sealed class WorkChildTests : IDisposable
{
    private const int SigInt = 2;
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int SigStop = 19;
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);
    private static readonly NetworkCut NotTried = new(false, "not tried");

    private readonly string folder = Directory.CreateTempSubdirectory("neuro-child-").FullName;
    private readonly List<string> log = [];
    private readonly FakeTimeProvider clock = new();
    private readonly WorkProgress progress = new();
    private readonly List<WorkChild> children = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Scratch => TestChild.Scratch(folder);

    private bool HasStarted => File.Exists(Path.Combine(Scratch, BehavingWork.Started));

    public void Dispose()
    {
        children.ForEach(child => child.Dispose());
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Run_ShardAfterShard_IsDoneByOneProcessThatIsNotOurs()
    {
        var child = Child();
        var first = await RunAsync(child, "number", shard: 7);
        (await File.ReadAllTextAsync(first.Files.ShouldHaveSingleItem().Path, Cancel)).ShouldBe("7");
        var second = await RunAsync(child, "number", shard: 8);

        (await File.ReadAllTextAsync(second.Files[0].Path, Cancel)).ShouldBe("8");
        first.Claims["process"].ShouldNotBe(Environment.ProcessId);
        second.Claims["process"].ShouldBe(first.Claims["process"]);
    }

    [Theory]
    [InlineData("refuse", "recipe.out_of_range", "It is out of range.")]
    [InlineData("break", "node.work_failed", "It broke.")]
    [InlineData("die", "work.died", "ended with code 137")]
    [InlineData("hoard", "work.memory_limit", "ran out of memory")]
    [InlineData("eat", "work.memory_limit", "it may hold 268435456 on this node (work.memoryBytes)")]
    public async Task Run_Fails_SaysWhyAndTheNextShardIsDoneByAnotherProcess(string what, string code, string message)
    {
        var child = Child(new WorkLimits(256 << 20));
        var first = await RunAsync(child, "number");
        var before = TestChild.Mark(folder).ShouldNotBeNull();

        var error = await Should.ThrowAsync<NeuroException>(() => RunAsync(child, what));

        error.Code.ShouldBe(code);
        error.Message.ShouldContain(message);
        before.IsAlive.ShouldBeFalse();
        (await RunAsync(child, "number")).Claims["process"].ShouldNotBe(first.Claims["process"]);
    }

    [Fact]
    public async Task Killed_InMidShard_IsNoticedAndReplaced()
    {
        var child = Child();
        var run = RunAsync(child, "wait");
        await StartedAsync();
        TestChild.Signal(TestChild.Mark(folder)!.Value.Id, SigKill);

        (await Should.ThrowAsync<NeuroException>(() => run)).Code.ShouldBe("work.died");
        (await RunAsync(child, "number")).Files.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Killed_AtRest_IsReplacedAndNoShardFails()
    {
        var child = Child();
        await RunAsync(child, "number");
        var mark = TestChild.Mark(folder)!.Value;
        TestChild.Signal(mark.Id, SigKill);
        await TestChild.UntilAsync("it is gone", () => !mark.IsAlive, Cancel);
        await TestChild.UntilAsync("that is noticed", () => child.HasEnded, Cancel);

        (await RunAsync(child, "number")).Files.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(SigStop)]
    public async Task Run_LongerThanItMay_IsEnded(int signal)
    {
        var child = Child(time: clock);
        var run = child.RunAsync(TestChild.Lease("deaf"), [], Scratch, progress, TimeSpan.FromMinutes(3), Cancel);
        await StartedAsync();
        var mark = TestChild.Mark(folder)!.Value;
        TestChild.Signal(mark.Id, signal); // A process that stands still is ended too.

        clock.Advance(TimeSpan.FromSeconds(179));
        run.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(2));

        var error = await Should.ThrowAsync<NeuroException>(() => run);
        (error.Code, error.Message).ShouldBe(("work.time_limit", "The work was ended after 181 s; by what this node measured of itself it may take 180 s."));
        mark.IsAlive.ShouldBeFalse();
    }

    [Fact]
    public async Task Cancel_Obeyed_LeavesTheProcessForTheNextShard()
    {
        var child = Child();
        using var stop = new CancellationTokenSource();
        var run = RunAsync(child, "wait", cancel: stop.Token);
        await StartedAsync();
        var mark = TestChild.Mark(folder);
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => run);
        (await RunAsync(child, "number")).Claims["process"].ShouldBe(mark!.Value.Id);
    }

    [Fact]
    public async Task Cancel_NotObeyed_EndsTheProcessAfterTheGrace()
    {
        var child = Child(time: clock);
        using var stop = new CancellationTokenSource();
        var run = RunAsync(child, "deaf", cancel: stop.Token);
        await StartedAsync();
        var mark = TestChild.Mark(folder)!.Value;
        await stop.CancelAsync();
        mark.IsAlive.ShouldBeTrue();
        while (!run.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1)); // From whichever moment on it counts.
            await Task.WhenAny(run, Task.Delay(20, Cancel));
        }

        await Should.ThrowAsync<OperationCanceledException>(() => run);
        mark.IsAlive.ShouldBeFalse();
    }

    [Theory]
    [InlineData(SigInt)]
    [InlineData(SigTerm)]
    public async Task Signal_OfATerminal_DoesNotEndTheWork(int signal)
    {
        var child = Child();
        using var stop = new CancellationTokenSource();
        var run = RunAsync(child, "wait", cancel: stop.Token);
        await StartedAsync();
        var mark = TestChild.Mark(folder)!.Value;
        TestChild.Signal(mark.Id, signal);
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => run);
        (await RunAsync(child, "number")).Claims["process"].ShouldBe(mark.Id); // The signal came first, and did nothing.
    }

    [Fact]
    public async Task OwnerKilled_WorkEndsWithIt()
    {
        Requires.True(OperatingSystem.IsLinux(), "processes are known again on Linux");
        using var owner = TestChild.StartOwner(folder);
        await StartedAsync();
        var mark = TestChild.Mark(folder).ShouldNotBeNull();
        mark.IsAlive.ShouldBeTrue();

        owner.Kill();

        await TestChild.UntilAsync("the work is gone", () => !mark.IsAlive, Cancel);
    }

    [Fact]
    public async Task OwnerKilled_WorkStandsStill_IsEndedBeforeTheNextOneStarts()
    {
        Requires.True(OperatingSystem.IsLinux(), "processes are known again on Linux");
        using var owner = TestChild.StartOwner(folder);
        await StartedAsync();
        var mark = TestChild.Mark(folder).ShouldNotBeNull();
        TestChild.Signal(mark.Id, SigStop);
        await StoppedAsync(mark.Id);
        owner.Kill();
        await owner.WaitForExitAsync(Cancel);
        mark.IsAlive.ShouldBeTrue();

        await RunAsync(Child(), "number");

        mark.IsAlive.ShouldBeFalse();
    }

    // On a busy machine a thread may run on for a while after the signal, and see that the owner is gone.
    private static async Task StoppedAsync(int process)
    {
        while (!(await File.ReadAllTextAsync($"/proc/{process}/stat", Cancel)).Contains(") T ", StringComparison.Ordinal))
        {
            await Task.Delay(5, Cancel);
        }
    }

    [Fact]
    public async Task Network_CutOff_ReachesNotEvenThisMachine()
    {
        var cut = NetworkCut.Probe();
        Requires.True(cut.Works, cut.Detail);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        await RunAsync(Child(network: NotTried), TestChild.Lease("connect", port: port));
        Seen().ShouldBe("connected"); // So the same process could, were it not cut off.
        await RunAsync(Child(network: cut), TestChild.Lease("connect", port: port));
        Seen().ShouldBe($"{SocketError.NetworkUnreachable}");
    }

    [Fact]
    public async Task Environment_OfTheWork_HasNoSecretOfOurs()
    {
        Requires.True(OperatingSystem.IsLinux(), "/proc tells the environment of a process");
        string[] secrets = ["NEURO_NODE_OWNER_KEY", "NEURO_API_KEY", "NEURO_DATA", "AWS_SECRET_ACCESS_KEY", "SSH_AUTH_SOCK"];
        foreach (var name in secrets)
        {
            Environment.SetEnvironmentVariable(name + "_OF_A_TEST", "secret-of-a-test");
        }

        Environment.SetEnvironmentVariable("OMP_OF_A_TEST", "3");
        await RunAsync(Child(), "number");

        var environment = (await File.ReadAllTextAsync($"/proc/{TestChild.Mark(folder)!.Value.Id}/environ", Cancel)).Split('\0');
        environment.ShouldNotContain(line => line.Contains("secret-of-a-test"));
        environment.ShouldNotContain(line => line.StartsWith("NEURO_", StringComparison.Ordinal) && !line.StartsWith("NEURO_BACKEND=", StringComparison.Ordinal));
        environment.ShouldContain("OMP_OF_A_TEST=3");
        environment.ShouldContain($"TMPDIR={NodeFolder.Home(folder)}");
        environment.ShouldContain($"HOME={NodeFolder.Home(folder)}");
    }

    [Fact]
    public async Task Litter_OfAShard_IsGoneBeforeTheNextAndWhatItLinksToStays()
    {
        var precious = Directory.CreateDirectory(Path.Combine(folder, "precious"));
        await File.WriteAllTextAsync(Path.Combine(precious.FullName, "file"), "", Cancel);
        var child = Child();
        await RunAsync(child, TestChild.Lease("litter", target: precious.FullName));
        await RunAsync(child, "look");

        Seen().ShouldBe("");
        precious.GetFiles().Length.ShouldBe(1);
        child.Dispose();
        Directory.Exists(NodeFolder.Home(folder)).ShouldBeFalse();
    }

    [Fact]
    public void LeftOvers_OfADeadProcess_AreGoneWhenTheNodeStarts()
    {
        Directory.CreateDirectory(NodeFolder.Home(folder));
        File.WriteAllText(Path.Combine(NodeFolder.Home(folder), "left"), "");
        File.WriteAllText(Path.Combine(Scratch, "half-done"), "");
        using var node = new NodeFolder(folder);
        Directory.Exists(NodeFolder.Home(folder)).ShouldBeFalse();
        File.Exists(Path.Combine(Scratch, "half-done")).ShouldBeTrue(); // The shard may come back.
    }

    [Fact]
    public async Task Result_NamesAFileOutsideOfItsScratchFolder_IsRefused()
    {
        var key = Path.Combine(folder, "node.key");
        await File.WriteAllTextAsync(key, "secret", Cancel);
        var link = Path.Combine(Scratch, "link");
        File.CreateSymbolicLink(link, key);
        foreach (var name in new[] { key, link, Path.Combine(Scratch, "..", "..", "node.key"), Path.Combine(Scratch, "none") })
        {
            (await Should.ThrowAsync<NeuroException>(() => RunAsync(Child(), TestChild.Lease("number", names: name)))).Code.ShouldBe("work.bad_result");
        }
    }

    [Fact]
    public async Task Points_MoreThanALineHolds_ArriveInOrder()
    {
        await RunAsync(Child(), "points");

        var points = new List<TrainingPoint>();
        while (progress.Take().Points is { Count: > 0 } some)
        {
            points.AddRange(some);
        }

        points.ConvertAll(point => point.Step).ShouldBe(Enumerable.Range(0, BehavingWork.ManyPoints));
        points.ShouldAllBe(point => double.IsNaN(point.Loss));
    }

    [Fact]
    public async Task Print_ByTheWork_IsLoggedAndNoAnswer()
    {
        await RunAsync(Child(), "print");
        await TestChild.UntilAsync("it is logged", () => Logged("printed by the work"), Cancel);
    }

    [Fact]
    public async Task PeakMemory_IsThatOfTheProcessAndOfThisShard()
    {
        var child = Child();
        var small = await RunAsync(child, "number");
        var large = await RunAsync(child, "hold");
        small.PeakMemoryBytes.ShouldBeGreaterThan(10 << 20);
        large.PeakMemoryBytes.ShouldBeGreaterThan(small.PeakMemoryBytes + (150 << 20));
        (await RunAsync(child, "number")).PeakMemoryBytes.ShouldBeLessThan(large.PeakMemoryBytes - (100 << 20));
    }

    [Fact]
    public async Task Start_NoSuchProgram_IsSaid()
    {
        using var child = new WorkChild(["/nonexistent/neuro"], folder, new WorkLimits(), NotTried, Log, TimeProvider.System);
        (await Should.ThrowAsync<NeuroException>(() => RunAsync(child, "number"))).Code.ShouldBe("work.cannot_start");
    }

    private WorkChild Child(WorkLimits? limits = null, NetworkCut? network = null, TimeProvider? time = null)
    {
        var child = new WorkChild(TestChild.Command, folder, limits ?? new WorkLimits(), network ?? NetworkCut.Probe(), Log, time ?? TimeProvider.System);
        children.Add(child);
        return child;
    }

    private Task<WorkResult> RunAsync(WorkChild child, string what, int shard = 0, CancellationToken? cancel = null) => RunAsync(child, TestChild.Lease(what, shard), cancel);

    private Task<WorkResult> RunAsync(WorkChild child, Lease lease, CancellationToken? cancel = null) => child.RunAsync(lease, [], Scratch, progress, Long, cancel ?? Cancel);

    private Task StartedAsync() => TestChild.UntilAsync("the work has started", () => HasStarted, Cancel);

    private string Seen() => File.ReadAllText(Path.Combine(Scratch, "seen.txt"));

    private bool Logged(string text)
    {
        lock (log)
        {
            return log.Exists(line => line.Contains(text));
        }
    }

    private void Log(string line)
    {
        lock (log)
        {
            log.Add(line);
        }
    }
}
