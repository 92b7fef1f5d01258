using CsCheck;
using Neuro.Learning.Training;

namespace Neuro.Learning.Tests.Training;

public sealed class LearningRatesTests
{
    private static readonly TrainingOptions Options = new() { LearningRate = 0.01, WarmUp = 0.1 };

    [Theory]
    [InlineData(Schedule.Cosine, 0)]
    [InlineData(Schedule.OneCycle, 0.01 / 250_000)]
    [InlineData(Schedule.Constant, 0.01)]
    public void At_LastStep_IsWhereTheScheduleEnds(Schedule schedule, double end) =>
        LearningRates.At(Options with { Schedule = schedule }, 1000, 1000).ShouldBe(end, 1e-12);

    [Fact]
    public void At_OneCycle_StartsAtATwentyFifthAndIsHighestAfterThreeTenths()
    {
        var options = Options with { Schedule = Schedule.OneCycle };

        LearningRates.At(options, 1, 100_000).ShouldBe(0.01 / 25, 1e-8);
        LearningRates.At(options, 300, 1000).ShouldBe(0.01, 1e-12);
    }

    [Fact]
    public void At_AnyStep_IsAboveZeroUntilTheEndAndNeverAboveTheHighest() =>
        Gen.Select(Gen.Enum<Schedule>(), Gen.Int[2, 5000], Gen.Double[0, 1]).Sample((schedule, steps, place) =>
        {
            var rate = LearningRates.At(Options with { Schedule = schedule }, 1 + (int)(place * (steps - 2)), steps);
            rate.ShouldBeGreaterThan(0);
            rate.ShouldBeLessThanOrEqualTo(Options.LearningRate * (1 + 1e-12));
        });
}
