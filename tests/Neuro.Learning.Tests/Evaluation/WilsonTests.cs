using CsCheck;
using Neuro.Learning.Evaluation;

namespace Neuro.Learning.Tests.Evaluation;

public sealed class WilsonTests
{
    /// <summary>Newcombe, Statistics in Medicine 17 (1998), table I, method 3.</summary>
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Interval_PublishedExamples_Agree(int hits, int count, double low, double high)
    {
        var interval = Wilson.Interval(hits, count);

        interval.Low.ShouldBe(low, 5e-5);
        interval.High.ShouldBe(high, 5e-5);
    }

    [Fact]
    public void Interval_HoldsTheShare_AndMirrors() =>
        Gen.Int[1, 5000].SelectMany(count => Gen.Int[0, count].Select(hits => (hits, count))).Sample(sample =>
        {
            var (low, high) = Wilson.Interval(sample.hits, sample.count);
            var share = (double)sample.hits / sample.count;
            low.ShouldBeInRange(0, share + 1e-12);
            high.ShouldBeInRange(share - 1e-12, 1);
            Wilson.Interval(sample.count - sample.hits, sample.count).Low.ShouldBe(1 - high, 1e-9);
        });

    [Fact]
    public void Interval_NothingCounted_KnowsNothing() => Wilson.Interval(0, 0).ShouldBe((0, 1));
}
