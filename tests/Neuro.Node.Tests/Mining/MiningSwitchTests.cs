using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Neuro.Node.Mining;
using Neuro.Node.Settings;

namespace Neuro.Node.Tests.Mining;

/// <summary>The switch against a pretended machine: processes that end late or never were, tasks that come at any moment.</summary>
public sealed class MiningSwitchTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static MinerSettings Settings(MinerStop stop = MinerStop.Terminate, int warmUp = 30, int dwell = 20) =>
        new() { Command = ["miner"], Stop = stop, WarmUp = warmUp * Second, Dwell = dwell * Second };

    [Fact]
    public void Want_WhileMining_IsGrantedOnlyWhenTheMinerIsGone()
    {
        var time = new FakeTimeProvider();
        var device = new MiningSwitch(Settings(), time);
        device.Next().ShouldBe(SwitchStep.StartMiner);
        time.Advance(60 * Second);

        device.Want();

        device.Next().ShouldBe(SwitchStep.StopMiner);
        device.Next().ShouldBe(SwitchStep.None);
        device.Owner.ShouldBe(DeviceOwner.Miner);
        device.Ended();
        device.Next().ShouldBe(SwitchStep.Grant);
        device.Owner.ShouldBe(DeviceOwner.Worker);
    }

    [Fact]
    public void Free_NextTaskWithinTheDwell_MinerStaysStopped()
    {
        var time = new FakeTimeProvider();
        var device = Working(time, Settings());
        device.Free();
        time.Advance(19 * Second);
        device.Next().ShouldBe(SwitchStep.None);
        device.Want();
        device.Next().ShouldBe(SwitchStep.Grant);

        device.Free();
        time.Advance(20 * Second);
        device.Next().ShouldBe(SwitchStep.StartMiner);
    }

    [Fact]
    public void Free_DwellLongerThanTheWarmUp_WaitsNoLongerThanTheWarmUp()
    {
        var time = new FakeTimeProvider();
        var device = Working(time, Settings(warmUp: 5, dwell: 3600));
        device.Free();
        time.Advance(5 * Second);
        device.Next().ShouldBe(SwitchStep.StartMiner);
    }

    [Fact]
    public void MayClaim_MinerJustStarted_IsForbiddenForTheDwell()
    {
        var time = new FakeTimeProvider();
        var device = new MiningSwitch(Settings(), time);
        device.MayClaim.ShouldBeTrue();
        device.Next();
        device.MayClaim.ShouldBeFalse();
        time.Advance(20 * Second);
        device.MayClaim.ShouldBeTrue();
    }

    [Fact]
    public void Pays_NoMore_StopsTheMinerAndWorkIsStillGranted()
    {
        var time = new FakeTimeProvider();
        var device = new MiningSwitch(Settings(MinerStop.Suspend), time);
        device.Next();
        device.Pays = false;
        device.Next().ShouldBe(SwitchStep.SuspendMiner);
        device.Suspended();
        time.Advance(TimeSpan.FromHours(1));
        device.Next().ShouldBe(SwitchStep.None);
        device.Want();
        device.Next().ShouldBe(SwitchStep.Grant);
        device.Free();
        device.Pays = true;
        time.Advance(20 * Second);
        device.Next().ShouldBe(SwitchStep.ResumeMiner);
    }

    [Fact]
    public void Ended_AgainAndAgain_IsStartedAgainEverLaterButWithinTheWarmUp()
    {
        var time = new FakeTimeProvider();
        var device = new MiningSwitch(Settings(), time);
        var waits = new List<int>();
        for (var crash = 0; crash < 10; crash++)
        {
            var wait = 0;
            while (device.Next() != SwitchStep.StartMiner)
            {
                time.Advance(Second);
                wait++;
            }

            waits.Add(wait);
            device.Ended();
        }

        waits.ShouldBe([0, 1, 2, 4, 8, 16, 30, 30, 30, 30]);
    }

    // What may happen in a second, besides that it passes.
    private enum Event
    {
        Nothing,
        Task,
        TaskDone,
        WorkerDies,
        MinerDies,
        MinerObeys,
        Cheap,
        Dear,
    }

    [Fact]
    public void Any_SequenceOfEvents_NeverTwoOwnersAndNeverNobodyForLongerThanTheWarmUp()
    {
        var settings = Gen.Select(Gen.Bool.Select(suspends => suspends ? MinerStop.Suspend : MinerStop.Terminate), Gen.Int[0, 40], Gen.Int[0, 40], (stop, warmUp, dwell) => Settings(stop, warmUp, dwell));
        Gen.Select(settings, Gen.Enum<Event>().Array[0, 400]).Sample((set, events) =>
        {
            var time = new FakeTimeProvider();
            var device = new MiningSwitch(set, time);
            var machine = new Machine();
            var idle = TimeSpan.Zero;
            foreach (var what in events)
            {
                machine.Happens(what, device);
                for (var step = device.Next(); step != SwitchStep.None; step = device.Next())
                {
                    machine.Does(step);
                }

                machine.Check(device);
                time.Advance(Second);
                idle = machine.IsIdle && device.Pays ? idle + Second : TimeSpan.Zero;
                (idle <= device.Patience).ShouldBeTrue($"nobody had the device for {idle}");
            }
        });
    }

    private static MiningSwitch Working(FakeTimeProvider time, MinerSettings settings)
    {
        var device = new MiningSwitch(settings, time);
        device.Want();
        device.Next().ShouldBe(SwitchStep.Grant);
        return device;
    }

    /// <summary>What really runs.</summary>
    private sealed class Machine
    {
        private bool running;
        private bool stopped;
        private bool told;
        private bool working;
        private bool waiting;

        public bool IsIdle => !working && (!running || stopped);

        public void Happens(Event what, MiningSwitch device)
        {
            switch (what)
            {
                case Event.Task when !working && !waiting:
                    waiting = true;
                    device.Want();
                    break;
                case Event.TaskDone when working:
                case Event.WorkerDies:
                    (working, waiting) = (false, false);
                    device.Free();
                    break;
                case Event.MinerDies when running:
                    (running, stopped, told) = (false, false, false);
                    device.Ended();
                    break;
                case Event.MinerObeys when told && device.IsSuspending:
                    (stopped, told) = (true, false);
                    device.Suspended();
                    break;
                case Event.MinerObeys when told:
                    (running, told) = (false, false);
                    device.Ended();
                    break;
                case Event.Cheap:
                    device.Pays = true;
                    break;
                case Event.Dear:
                    device.Pays = false;
                    break;
            }
        }

        public void Does(SwitchStep step)
        {
            switch (step)
            {
                case SwitchStep.Grant:
                    (running && !stopped).ShouldBeFalse("the worker was let in while the miner runs");
                    waiting.ShouldBeTrue("nobody asked for the device");
                    (working, waiting) = (true, false);
                    break;
                case SwitchStep.StartMiner:
                    running.ShouldBeFalse("a second miner");
                    working.ShouldBeFalse("the miner starts while the worker works");
                    running = true;
                    break;
                case SwitchStep.ResumeMiner:
                    stopped.ShouldBeTrue();
                    working.ShouldBeFalse("the miner goes on while the worker works");
                    stopped = false;
                    break;
                default:
                    (running && !stopped && !told).ShouldBeTrue("what does not run was told to stop");
                    told = true;
                    break;
            }
        }

        public void Check(MiningSwitch device)
        {
            (working && running && !stopped).ShouldBeFalse("two owners");
            device.Owner.ShouldBe(working ? DeviceOwner.Worker : running && !stopped ? DeviceOwner.Miner : DeviceOwner.Nobody);
            (waiting && IsIdle).ShouldBeFalse("a task waits for a free device");
        }
    }
}
