using Neuro.Cli.Fleets;

namespace Neuro.Cli.Tests.Fleets;

/// <summary>Who plays in a fleet of any size.</summary>
public sealed class RigTests
{
    [Fact]
    public void Cast_OfAnySize_HasTwoMinersOfWhichOneAsksMoreThanAll()
    {
        for (var count = Rig.Fewest; count <= Rig.Most; count++)
        {
            var cast = Rig.Cast(count);

            cast.Count.ShouldBe(count);
            cast.Select(rig => rig.Name).ShouldBeUnique();
            cast.Select(rig => rig.Ask).ShouldBeInOrder();
            cast.Count(rig => rig.MiningPerCu is not null).ShouldBe(2);
            cast[0].MiningPerCu.ShouldBeNull(); // Somebody must be there to be killed.
            cast[^1].Ask.Nano.ShouldBeGreaterThan(2 * cast[^2].Ask.Nano);
        }
    }
}
