using CsCheck;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Tests.Recipes;

public sealed class DistributionTests
{
    private const int Draws = 40_000;

    /// <summary>Distribution, its mean, a point, and the share of draws below it: from the formulas of each law.</summary>
    public static TheoryData<string, double, double, double> Laws => new()
    {
        { "7", 7, 8, 1 },
        { """{"uniform":[2,5]}""", 3.5, 3, 1 / 3.0 },
        { """{"normal":[1,2]}""", 1, 3, 0.841345 },
        { """{"truncatedNormal":[0,1,1,3]}""", 1.510050, 1.5, 0.583884 },
        { """{"truncatedNormal":[2,1,0,1.5]}""", 0.957007, 1, 0.475546 },
        { """{"truncatedNormal":[0,1,5,9]}""", 5.186504, 5.1, 0.407550 },
        { """{"truncatedNormal":[0.5,10,-1,1]}""", 0.0016644, 0.5, 0.749376 },
        { """{"logUniform":[1,100]}""", 21.497577, 10, 0.5 },
        { """{"logUniform":[0.5,4]}""", 1.683144, 3, 0.861654 },
        { """{"choice":[1,2,6]}""", 3, 1.5, 1 / 3.0 },
        { """{"choice":[0,{"uniform":[2,4]}]}""", 1.5, 3, 0.75 },
        { """{"choice":{"of":[0,1,5],"weights":[1,3,0]}}""", 0.75, 0.5, 0.25 },
        { """{"curve":[[0,0],[1,2],[3,0]]}""", 4 / 3.0, 1, 1 / 3.0 },
        { """{"curve":[[0,1],[1,1],[2,0],[3,0],[4,2]]}""", 29 / 15.0, 2.5, 0.6 },
        { """{"curve":[[-1,3],[1,3]]}""", 0, -0.5, 0.25 },
    };

    [Theory]
    [MemberData(nameof(Laws))]
    public void Sample_ManyTimes_HasTheMeanAndTheShareOfItsLaw(string json, double mean, double point, double share)
    {
        var drawn = Sample(Read(json), Draws);

        var average = drawn.Average();
        var deviation = Math.Sqrt(drawn.Average(value => Math.Pow(value - average, 2)));
        average.ShouldBe(mean, (5 * deviation / Math.Sqrt(Draws)) + 1e-9);
        ((double)drawn.Count(value => value < point)).ShouldBe(Draws * share, (5 * Math.Sqrt(Draws * share * (1 - share))) + 1e-9);
    }

    [Fact]
    public void Sample_TruncatedNormal_DoesNotPileUpAtTheEnds()
    {
        var drawn = Sample(Distribution.TruncatedNormal(0, 10, -1, 1), Draws);

        drawn.ShouldAllBe(value => value > -1 && value < 1);
        drawn.Distinct().Count().ShouldBe(Draws);
    }

    [Fact]
    public void Sample_OptionOfWeightZero_IsNeverDrawn() =>
        Sample(Distribution.Weighted((0, -1), (1, 1), (0, 2), (2, 3), (0, 4)), Draws).Distinct().Order().ShouldBe([1, 3]);

    [Fact]
    public void Sample_AnyDistribution_StaysWithinTheAllowedRange() =>
        Gen.Select(Gen.Double[-100, 100], Gen.Double[0.01, 100], Gen.Bool)
            .Select((least, width, whole) => whole ? new AllowedAttribute(Math.Floor(least), Math.Floor(least) + Math.Ceiling(width)) { Whole = true } : new AllowedAttribute(least, least + width))
            .SelectMany(allowed => RandomRecipes.Distribution(allowed).Select(distribution => (allowed, distribution)))
            .Sample((allowed, distribution) =>
            {
                using var json = System.Text.Json.JsonDocument.Parse(DistributionJson.Write(distribution));
                Sample(DistributionJson.Read(json.RootElement, "$", allowed), 20).ShouldAllBe(value => value >= allowed.Least && value <= allowed.Most);
            });

    private static Distribution Read(string json)
    {
        using var document = System.Text.Json.JsonDocument.Parse(json);
        return DistributionJson.Read(document.RootElement, "$", new AllowedAttribute(-100, 100));
    }

    private static double[] Sample(Distribution distribution, int count)
    {
        var random = new CounterRandom(20, 26, 3);
        var drawn = new double[count];
        for (var i = 0; i < count; i++)
        {
            drawn[i] = distribution.Sample(ref random);
        }

        return drawn;
    }
}
