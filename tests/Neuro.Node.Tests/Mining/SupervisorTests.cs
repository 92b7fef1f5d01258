using System.Diagnostics;
using Neuro.Client.Tokens;
using Neuro.Node.Mining;
using Neuro.Node.Sandbox;
using Neuro.Node.Settings;
using Neuro.Node.Work;

namespace Neuro.Node.Tests.Mining;

/// <summary>The supervisor with real processes: a miner that writes its heart-beats into a file, and a worker that takes the device when it is told and says so in the same file.</summary>
public sealed class SupervisorTests : IAsyncLifetime
{
    private const string Beating = "while :; do echo miner >>beats; sleep 0.02; done";

    // Speaks as Foreman does. What the test wants of it are files.
    private const string Worker = """
        echo $$ >worker.pid
        printf '\001speed 3600\n\001joined\n'
        (while kill -0 $$ 2>/dev/null; do
            [ -e want ] && rm want && printf '\001want\n'
            [ -e free ] && rm free && echo done >>beats && printf '\001free\n'
            [ -e drain ] && rm drain && printf '\001drained\n' && kill $$
            sleep 0.02
        done) </dev/null 2>/dev/null &
        while read -r order; do
            case $order in yours) echo work >>beats;; claim*) echo "$order" >claim;; esac
        done
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("neuro-supervisor-").FullName;
    private readonly List<string> log = [];
    private readonly CancellationTokenSource stop = new();
    private Supervisor? supervisor;
    private Process? leftOver;
    private Task<int> run = Task.FromResult(0);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IReadOnlyList<string> Beats => File.Exists(At("beats")) ? File.ReadAllLines(At("beats")) : [];

    public ValueTask InitializeAsync()
    {
        Requires.True(OperatingSystem.IsLinux(), "the mining switch needs Linux");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await run;
        supervisor?.Dispose();
        if (leftOver is { HasExited: false })
        {
            leftOver.Kill();
            await leftOver.WaitForExitAsync(CancellationToken.None);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(MinerStop.Terminate)]
    [InlineData(MinerStop.Interrupt)]
    [InlineData(MinerStop.Suspend)]
    public async Task Task_WhileMining_MinerIsOutBeforeTheWorkBeginsAndComesBackAfterIt(MinerStop how)
    {
        Start(Miner(Beating) with { Stop = how });
        await UntilAsync("the miner runs", () => Beats.Contains("miner"));
        await WorkAsync();
        var during = Beats.Count;
        await UntilAsync("the miner is seen to be out", () => SupervisorStatus.Read(folder)!.Miner is "stopped" or "suspended");
        Beats.Count.ShouldBe(during);

        await FreeAsync();

        await UntilAsync("the miner is back", () => Beats[^1] == "miner");
        ShouldNeverBeTwo();
    }

    [Theory]
    [InlineData(MinerStop.Terminate)]
    [InlineData(MinerStop.Suspend)]
    public async Task WorkerKilled_WithTheDevice_MinerRunsAgainWithinTheWarmUpAndTheWorkerToo(MinerStop how)
    {
        Start(Miner(Beating) with { Stop = how, WarmUp = TimeSpan.FromSeconds(2), Dwell = TimeSpan.FromMinutes(1) });
        await WorkAsync();
        var worker = int.Parse(await File.ReadAllTextAsync(At("worker.pid"), Cancel));

        var watch = Stopwatch.StartNew();
        using (var process = Process.GetProcessById(worker))
        {
            process.Kill();
        }

        await UntilAsync("the miner runs again", () => Beats[^1] == "miner");
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(2 + 2)); // The warm-up, and what a loaded machine needs to notice and to start a process.
        await UntilAsync("another worker runs", () => int.TryParse(File.ReadAllText(At("worker.pid")), out var id) && id != worker);
        await WorkAsync();
    }

    [Fact]
    public async Task WorkerKilled_WhatDoesItsWorkStillRuns_IsEndedBeforeTheMinerRuns()
    {
        Start(Miner(Beating));
        await WorkAsync();
        LeftOver();
        await UntilAsync("the work beats", () => Beats.Contains("left over"));

        using (var process = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(At("worker.pid"), Cancel))))
        {
            process.Kill();
        }

        await UntilAsync("the miner runs again", () => Beats[^1] == "miner");
        ShouldEndBeforeTheMiner();
    }

    [Fact]
    public async Task Start_WorkOfAKilledNodeStillRuns_IsEndedBeforeTheMinerRuns()
    {
        LeftOver();
        await UntilAsync("the work beats", () => Beats.Contains("left over"));

        Start(Miner(Beating));

        await UntilAsync("the miner runs", () => Beats.Contains("miner"));
        ShouldEndBeforeTheMiner();
    }

    [Fact]
    public async Task Miner_BehindAScriptThatIgnoresSigterm_IsKilledAfterTheGraceWithItsChildren()
    {
        Start(Miner($"trap '' TERM; ({Beating}) & wait; {Beating}") with { Grace = TimeSpan.FromSeconds(1) });
        await UntilAsync("the miner runs", () => Beats.Contains("miner"));
        await WorkAsync();
        ShouldNeverBeTwo();
        MinersLeft().ShouldBeEmpty();
    }

    [Fact]
    public async Task Miner_DiesByItself_IsStartedAgain()
    {
        Start(Miner("echo miner >>beats; exit 3"));
        await UntilAsync("it has run three times", () => Beats.Count(beat => beat == "miner") >= 3);
        SupervisorStatus.Read(folder)!.LastError.ShouldNotBeNull().ShouldContain("miner.log");
    }

    [Fact]
    public async Task Stop_WhileMining_LeavesNothingRunning()
    {
        Start(Miner(Beating));
        await UntilAsync("the miner runs", () => Beats.Contains("miner"));
        await stop.CancelAsync();
        (await run).ShouldBe(0);
        MinersLeft().ShouldBeEmpty();
        SupervisorStatus.Read(folder)!.Miner.ShouldBe("stopped");
    }

    [Fact]
    public async Task Drained_ByTheWorker_EndsEverythingWithCodeZero()
    {
        Start(Miner(Beating));
        await UntilAsync("the miner runs", () => Beats.Contains("miner"));
        await File.WriteAllTextAsync(At("drain"), "", Cancel);
        (await run.WaitAsync(TimeSpan.FromSeconds(20), Cancel)).ShouldBe(0);
        MinersLeft().ShouldBeEmpty();
    }

    [Fact]
    public async Task Start_MinerOfAKilledSupervisorIsThere_IsAdoptedAndStillMakesRoom()
    {
        var miner = Miner(Beating);
        var orphan = new MinerProcess(folder, miner);
        orphan.Start();
        await UntilAsync("the orphan runs", () => Beats.Contains("miner"));

        Start(miner);

        await UntilAsync("it is adopted", () => SupervisorStatus.Read(folder)?.MinerProcess == orphan.Id);
        await WorkAsync();
        orphan.IsAlive.ShouldBeFalse();
        ShouldNeverBeTwo();
    }

    [Fact]
    public async Task Start_MinerOfOtherSettingsIsThere_IsEndedFirst()
    {
        var orphan = new MinerProcess(folder, Miner(Beating + " # Another one."));
        orphan.Start();
        await UntilAsync("the orphan runs", () => Beats.Contains("miner"));
        Start(Miner(Beating));
        await UntilAsync("another miner runs", () => SupervisorStatus.Read(folder)?.MinerProcess is { } id && id != orphan.Id);
        orphan.IsAlive.ShouldBeFalse();
    }

    [Fact]
    public async Task Start_WorkerOfAKilledSupervisorStillThere_WaitsForItBeforeItMines()
    {
        var worker = new FileStream(At("node.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        Start(Miner("[ -e gone ] && " + Beating));
        await File.WriteAllTextAsync(At("gone"), "", Cancel);
        await worker.DisposeAsync();
        await UntilAsync("the miner runs", () => Beats.Contains("miner") && SupervisorStatus.Read(folder) is not null);
        SupervisorStatus.Read(folder)!.LastError.ShouldBeNull(); // It was not started before.
    }

    [Fact]
    public async Task FindLeftOver_NumberOfAProcessUsedAgain_IsNotOurs()
    {
        using var stranger = Process.Start(new ProcessStartInfo("sleep", ["1000"]))!;
        var line = (await File.ReadAllTextAsync($"/proc/{stranger.Id}/stat", Cancel)).Split(' ');
        line[21] = $"{long.Parse(line[21]) - 1}"; // Its number, but started earlier.
        await File.WriteAllTextAsync(At("miner.pid"), $"{await File.ReadAllTextAsync("/proc/sys/kernel/random/boot_id", Cancel)}{string.Join(' ', line)}\n", Cancel);
        var miner = new MinerProcess(folder, Miner(Beating));

        miner.FindLeftOver(out _).ShouldBeFalse();
        miner.Kill();

        stranger.HasExited.ShouldBeFalse();
        stranger.Kill();
    }

    [Fact]
    public async Task Miner_Starts_WithoutOurSecrets()
    {
        Environment.SetEnvironmentVariable("NEURO_NODE_OWNER_KEY_OF_A_TEST", "nk_secret");
        Start(Miner("env; exec sleep 1000"));
        await UntilAsync("it has printed its environment", () => File.Exists(At("miner.log")) && File.ReadAllText(At("miner.log")).Contains("NEURO_MINER_OF="));
        (await File.ReadAllTextAsync(At("miner.log"), Cancel)).ShouldNotContain("nk_secret");
    }

    [Fact]
    public async Task Floor_OfTheYield_IsToldToTheWorker()
    {
        Start(Miner(Beating) with { WarmUp = TimeSpan.Zero, Dwell = TimeSpan.Zero });
        await UntilAsync("the worker may claim", () => File.Exists(At("claim")) && File.ReadAllText(At("claim")).Length > 0);
        (await File.ReadAllTextAsync(At("claim"), Cancel)).Trim().ShouldBe("claim 0.011"); // 36 an hour and a tenth over 3,600 CU.
    }

    [Fact]
    public async Task Periods_OfMiningAndWork_AreWrittenDownWithTheYield()
    {
        Start(Miner(Beating) with { WarmUp = TimeSpan.Zero, Dwell = TimeSpan.FromHours(1) });
        await UntilAsync("the miner runs", () => Beats.Contains("miner"));
        await WorkAsync();
        await FreeAsync();
        await UntilAsync("the work is over and written down", () => PeriodLog.Read(folder).Any(period => period.State == "busy"));
        await stop.CancelAsync();
        await run;
        var periods = PeriodLog.Read(folder).ToList();
        periods.ConvertAll(period => period.State).ShouldBe(["mining", "busy", "idle"]);
        periods.ShouldAllBe(period => period.Yield == Ntk.Of(36));
        periods.ConvertAll(period => period.Mined).ShouldBe(periods.ConvertAll(period => new Ntk((long)Math.Round(period.Seconds * 1000) * 10_000))); // 36 NTK an hour are 10,000 nano a millisecond.
    }

    private static MinerSettings Miner(string script) => new() { Command = ["sh", "-c", script], Yield = Ntk.Of(36), WarmUp = TimeSpan.FromSeconds(1), Dwell = TimeSpan.FromSeconds(1) };

    private void Start(MinerSettings miner)
    {
        supervisor = new Supervisor(folder, new NodeSettings { Miner = miner }, ["sh", "-c", $"cd '{folder}'; {Worker}"], Log, Log);
        run = supervisor.RunAsync(stop.Token);
    }

    private async Task WorkAsync()
    {
        var works = Beats.Count(beat => beat == "work");
        await File.WriteAllTextAsync(At("want"), "", Cancel);
        await UntilAsync("the worker has the device", () => Beats.Count(beat => beat == "work") > works);
    }

    private async Task FreeAsync()
    {
        await File.WriteAllTextAsync(At("free"), "", Cancel);
        await UntilAsync("the worker has put its task down", () => Beats.Contains("done"));
        await UntilAsync("the supervisor knows", () => !File.Exists(At("free")));
    }

    // Both write into one file at its end: what is between "work" and "done" was written while the worker had the device.
    private void ShouldNeverBeTwo()
    {
        var working = false;
        foreach (var beat in Beats)
        {
            working = beat switch { "work" => true, "done" => false, _ => working };
            (working && beat == "miner").ShouldBeFalse("the miner mined while the worker worked");
        }
    }

    // A process that did the work of a worker and has not noticed that the worker is gone.
    private void LeftOver()
    {
        leftOver = Process.Start(new ProcessStartInfo("sh", ["-c", "while :; do echo 'left over' >>beats; sleep 0.02; done"]) { WorkingDirectory = folder })!;
        ChildMark.Write(folder, leftOver.Id);
    }

    private void ShouldEndBeforeTheMiner()
    {
        leftOver!.HasExited.ShouldBeTrue();
        Beats.SkipWhile(beat => beat != "left over").SkipWhile(beat => beat != "miner").ShouldNotContain("left over");
    }

    private IEnumerable<int> MinersLeft() => ProcessLine.All().Where(process => !process.IsGone && Environ(process.Id).Contains($"NEURO_MINER_OF={folder}")).Select(process => process.Id);

    private static string Environ(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/environ");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private async Task UntilAsync(string what, Func<bool> holds)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var watch = Stopwatch.StartNew(); !holds();)
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(30))
            {
                lock (log)
                {
                    throw new TimeoutException($"Not within 30 s: {what}. The log:\n{string.Join('\n', log)}");
                }
            }

            await poll.WaitForNextTickAsync(Cancel);
        }
    }

    private string At(string file) => Path.Combine(folder, file);

    private void Log(string line)
    {
        lock (log)
        {
            log.Add(line);
        }
    }
}
