using Neuro.Backend.Verification;

namespace Neuro.Backend.Tests.Verification;

public sealed class TrustTests
{
    [Theory]
    [InlineData(-2, 1)]
    [InlineData(0, 1)]
    [InlineData(9, 1)]
    [InlineData(10, 0.1)]
    [InlineData(16, 0.0625)]
    [InlineData(20, 0.05)]
    [InlineData(1_000_000, 0.05)]
    public void ChanceOfCheck_OfAStreak_IsOneThenItsInverseThenTheFloor(int streak, double chance) => Trust.ChanceOfCheck(streak).ShouldBe(chance);

    [Fact]
    public void Draws_OfManySeeds_ComeAsOftenAsTheyShallAndIndependently()
    {
        const int Draws = 200_000;
        var random = new Random(3);
        var seeds = Enumerable.Range(0, Draws).Select(_ => random.NextInt64(long.MinValue, long.MaxValue)).ToList();
        Share(seed => Trust.IsChecked(seed, 20)).ShouldBe(0.05, 0.002);
        Share(seed => Trust.IsChecked(seed, 10)).ShouldBe(0.1, 0.003);
        Share(Trust.BringsCanary).ShouldBe(0.02, 0.0015);
        Share(seed => Trust.BringsCanary(seed) && Trust.IsChecked(seed, 10)).ShouldBe(0.002, 0.0005);
        Share(seed => Trust.Pick(seed, 4) == 3 && Trust.IsChecked(seed, 10)).ShouldBe(0.025, 0.0015);
        seeds.TrueForAll(seed => Trust.IsChecked(seed, 9)).ShouldBeTrue();

        double Share(Predicate<long> drawn) => seeds.FindAll(drawn).Count / (double)Draws;
    }
}
