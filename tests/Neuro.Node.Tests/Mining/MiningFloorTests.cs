using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Neuro.Client.Tokens;
using Neuro.Node.Mining;

namespace Neuro.Node.Tests.Mining;

public sealed class MiningFloorTests
{
    private const double CuPerHour = 3600;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Filed_IsATenthMoreThanMiningAndTheWarmUpSpreadOverARun()
    {
        var floor = new MiningFloor(Minute, new FakeTimeProvider());
        floor.Know(Ntk.Of(36), Ntk.Zero, CuPerHour);
        // 36 × 1.10 + 36 × (1 min of 10), an hour, over 3,600 CU.
        floor.Filed.ShouldBe(Ntk.Parse("0.012"));
    }

    [Fact]
    public void Filed_LongRunsOfWork_SpreadTheWarmUpThinner()
    {
        var floor = new MiningFloor(Minute, new FakeTimeProvider());
        for (var run = 0; run < 50; run++)
        {
            floor.Worked(TimeSpan.FromHours(10));
        }

        floor.Know(Ntk.Of(36), Ntk.Zero, CuPerHour);
        floor.Filed.ShouldNotBeNull().ShouldBeLessThan(Ntk.Parse("0.01102"));
        floor.Filed.Value.ShouldBeGreaterThan(Ntk.Parse("0.011"));
    }

    [Fact]
    public void Filed_YieldUnknown_IsUnknownAndMiningGoesOn()
    {
        var floor = new MiningFloor(Minute, new FakeTimeProvider());
        floor.Know(null, Ntk.Of(1000), CuPerHour);
        floor.Filed.ShouldBeNull();
        floor.Pays.ShouldBeTrue();
        floor.Know(Ntk.Of(36), Ntk.Zero, null);
        floor.Filed.ShouldBeNull();
    }

    [Fact]
    public void Filed_YieldFlutters_StaysAndLastingChangeIsFiledAfterAMinute()
    {
        var time = new FakeTimeProvider();
        var floor = new MiningFloor(TimeSpan.Zero, time);
        floor.Know(Ntk.Of(36), Ntk.Zero, CuPerHour);
        for (var half = 0; half < 20; half++)
        {
            time.Advance(Minute / 2);
            floor.Know(Ntk.Of(half % 2 == 0 ? 72 : 36), Ntk.Zero, CuPerHour);
            floor.Filed.ShouldBe(Ntk.Parse("0.011"));
        }

        time.Advance(Minute * 10);
        floor.Know(Ntk.Of(39), Ntk.Zero, CuPerHour);
        time.Advance(Minute * 10);
        floor.Know(Ntk.Of(39), Ntk.Zero, CuPerHour);
        floor.Filed.ShouldBe(Ntk.Parse("0.011"), "a tenth is not enough");

        floor.Know(Ntk.Of(72), Ntk.Zero, CuPerHour);
        time.Advance(Minute);
        floor.Know(Ntk.Of(72), Ntk.Zero, CuPerHour);
        floor.Filed.ShouldBe(Ntk.Parse("0.022"));
    }

    [Fact]
    public void Pays_DearEnergy_EndsAfterAMinuteAndRaisesTheFloor()
    {
        var time = new FakeTimeProvider();
        var floor = new MiningFloor(Minute, time);
        floor.Know(Ntk.Of(36), Ntk.Zero, CuPerHour);
        floor.Know(Ntk.Of(36), Ntk.Of(72), CuPerHour);
        floor.Pays.ShouldBeTrue();
        time.Advance(Minute);
        floor.Know(Ntk.Of(36), Ntk.Of(72), CuPerHour);
        floor.Pays.ShouldBeFalse();
        floor.Filed.ShouldBe(Ntk.Parse("0.022")); // Nothing is lost by going back to standing still.

        floor.Know(Ntk.Of(36), Ntk.Of(34), CuPerHour);
        time.Advance(Minute);
        floor.Know(Ntk.Of(36), Ntk.Of(34), CuPerHour);
        floor.Pays.ShouldBeFalse("not better by a tenth");
        floor.Know(Ntk.Of(38), Ntk.Of(34), CuPerHour);
        time.Advance(Minute);
        floor.Know(Ntk.Of(38), Ntk.Of(34), CuPerHour);
        floor.Pays.ShouldBeTrue();
    }

    [Fact]
    public void Filed_AnySequenceOfYields_ChangesByMoreThanATenthAndNotWithinAMinute()
    {
        var step = Gen.Select(Gen.Long[0, 2_000_000_000], Gen.Long[0, 2_000_000_000], Gen.Int[1, 50], (yield, energy, seconds) => (new Ntk(yield), new Ntk(energy), seconds));
        step.Array[1, 200].Sample(steps =>
        {
            var time = new FakeTimeProvider();
            var floor = new MiningFloor(Minute, time);
            var (filed, pays, filedAt, turnedAt) = ((Ntk?)null, true, time.GetUtcNow(), time.GetUtcNow());
            foreach (var (yield, energy, seconds) in steps)
            {
                floor.Know(yield, energy, CuPerHour);
                if (filed is { } before && floor.Filed != filed)
                {
                    (time.GetUtcNow() - filedAt).ShouldBeGreaterThanOrEqualTo(Minute);
                    Math.Abs(floor.Filed!.Value.Nano - before.Nano).ShouldBeGreaterThan(before.Nano / 10);
                }

                if (filed is not null && floor.Pays != pays)
                {
                    (time.GetUtcNow() - turnedAt).ShouldBeGreaterThanOrEqualTo(Minute);
                }

                filedAt = floor.Filed == filed ? filedAt : time.GetUtcNow();
                turnedAt = floor.Pays == pays ? turnedAt : time.GetUtcNow();
                (filed, pays) = (floor.Filed, floor.Pays);
                time.Advance(TimeSpan.FromSeconds(seconds));
            }
        });
    }
}
