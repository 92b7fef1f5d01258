using System.Text.Json;
using CsCheck;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;
using Neuro.Node.Bidding;

namespace Neuro.Node.Tests.Bidding;

public sealed class FloorTunerTests
{
    private static readonly Ntk Cost = Ntk.Of(1);
    private static readonly TimeSpan Hour = SmallMarket.Hour;

    [Fact]
    public void Next_NothingHeard_IsTheCost() => new FloorTuner(Cost, 1).Next().ShouldBe(Cost);

    [Fact]
    public void Next_WhateverItIsTold_IsNeverBelowTheCost()
    {
        var amounts = Gen.OneOf(Gen.Long, Gen.Long[-10, 10], Gen.Const(long.MaxValue), Gen.Const(long.MinValue));
        var times = Gen.OneOf(Gen.Long[-1, 1], Gen.Long[0, TimeSpan.TicksPerDay], Gen.Const(long.MaxValue), Gen.Const(long.MinValue))
            .Select(ticks => new TimeSpan(ticks));
        Gen.Select(Gen.Long[1, Ntk.Supply.Nano], Gen.ULong, Gen.Select(amounts, amounts, amounts, times, times, Gen.Bool).Array[0, 50]).Sample((cost, seed, rounds) =>
        {
            var tuner = new FloorTuner(new(cost), seed);
            foreach (var (floor, earned, work, busy, idle, asked) in rounds)
            {
                var next = tuner.Next();
                next.Nano.ShouldBeGreaterThanOrEqualTo(cost);
                tuner.Observe(asked ? next : new(floor), new(earned), new(work), busy, idle);
            }

            new FloorTuner(tuner.State).Next().Nano.ShouldBeGreaterThanOrEqualTo(cost);
        });
    }

    [Fact]
    public void Next_OthersSetThePrice_StaysAtTheCost()
    {
        // Raising the floor can only lose rounds here, and listening at the cost is enough to know.
        var tuner = new FloorTuner(Cost, 1);
        for (var i = 0; i < 500; i++)
        {
            tuner.Next().ShouldBe(Cost);
            tuner.Observe(Cost, Ntk.Of(20 + (i % 3)), Cu.Of(10), Hour, TimeSpan.Zero);
        }
    }

    [Fact]
    public void Next_NobodyElseSells_RisesToTheLimitOfTheBuyer()
    {
        var (tuner, limit, floors) = (new FloorTuner(Cost, 1), Ntk.Of(2), new List<Ntk>());
        for (var i = 0; i < 1000; i++)
        {
            floors.Add(tuner.Next());
            var sold = floors[i] <= limit;
            tuner.Observe(floors[i], sold ? floors[i].Times(10) : Ntk.Zero, sold ? Cu.Of(10) : default, sold ? Hour : TimeSpan.Zero, sold ? TimeSpan.Zero : Hour);
        }

        floors[500..].Order().ElementAt(250).ShouldBeInRange(Ntk.Of(1.9m), limit); // Steps are 5 %.
    }

    [Fact]
    public void State_WrittenAndReadAgain_GoesOnTheSame()
    {
        var tuner = new FloorTuner(Cost, 7);
        Drive(tuner, 300);
        var written = JsonSerializer.Serialize(tuner.State, NeuroJson.Options);
        var restarted = new FloorTuner(JsonSerializer.Deserialize<FloorTunerState>(written, NeuroJson.Options)!);
        Drive(restarted, 300).ShouldBe(Drive(tuner, 300));
    }

    [Fact]
    public void State_ThatNoTunerWrote_IsRefused()
    {
        var state = new FloorTuner(Cost, 7).State;
        Should.Throw<ArgumentException>(() => new FloorTuner(state with { Steps = [.. state.Steps.Skip(1)] }));
        Should.Throw<ArgumentException>(() => new FloorTuner(state with { Steps = null! }));
        Should.Throw<ArgumentException>(() => new FloorTuner(state with { Steps = [.. state.Steps.Skip(1), new(1, double.NaN, 0, 0, 0)] }));
        Should.Throw<ArgumentOutOfRangeException>(() => new FloorTuner(state with { Cost = Ntk.Zero }));
    }

    // A market in which the price is a chance.
    private static List<Ntk> Drive(FloorTuner tuner, int rounds)
    {
        var (random, floors) = (new Random(1), new List<Ntk>());
        for (var i = 0; i < rounds; i++)
        {
            var (floor, price) = (tuner.Next(), Ntk.Of(1 + (random.Next(100) / 100m)));
            floors.Add(floor);
            tuner.Observe(floor, floor <= price ? price : Ntk.Zero, floor <= price ? Cu.Of(1) : default, TimeSpan.Zero, Hour);
        }

        return floors;
    }
}
