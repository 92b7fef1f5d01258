using CsCheck;
using Neuro.Backend.Dispatch;

namespace Neuro.Backend.Tests.Dispatch;

public sealed class CuttingTests
{
    [Fact]
    public void Count_AnyShardAndNode_IsAPartThatLeavesNoCrumbs() => Gen.Select(Gen.Int[1, 5000], Gen.Int[0, 300], Gen.Int[1, 5000], Gen.Double[0.01, 1000], Gen.Double[1, 50]).Sample((count, grain, work, speed, others) =>
    {
        var taken = Cutting.Count(count, grain, (long)work * count, speed, (long)work * count * 3, new(2, speed * others, 1, null));
        taken.ShouldBeInRange(1, count);
        if (taken < count)
        {
            taken.ShouldBeGreaterThanOrEqualTo(grain);
            (count - taken).ShouldBeGreaterThanOrEqualTo(grain);
        }
    });

    [Theory]
    [InlineData(1, 50, 10)]
    [InlineData(4, 50, 40)]
    [InlineData(100, 50, 1000)]
    [InlineData(4, 100_000, 400)]
    public void Count_PlentyOfWork_IsTenSecondsOfTheNodeOrMoreWithManyNodes(double speed, int nodes, int expected) =>
        Cutting.Count(1000, 1, 1_000_000, speed, 1_000_000_000, new(nodes, 200, 1, null)).ShouldBe(expected);

    [Fact]
    public void Count_NearTheEnd_IsHalfOfTheNodesFairShare() => Cutting.Count(80, 1, 80_000, 10, 80_000, new(2, 20, 1, null)).ShouldBe(20);

    [Theory]
    [InlineData(0)]
    [InlineData(51)]
    public void Count_ShardThatMustStayWhole_StaysWhole(int grain) => Cutting.Count(100, grain, 100_000, 0.1, 100_000, new(2, 100, 1, null)).ShouldBe(100);
}
