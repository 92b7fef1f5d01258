using Neuro.Client.Api;
using Neuro.Learning.Evaluation;

namespace Neuro.Learning.Tests.Evaluation;

public sealed class PairedTestTests
{
    /// <summary>Two-sided binomial probabilities by hand: (1 + 10) / 2⁹ of ten, and so on.</summary>
    [Theory]
    [InlineData(1, 9, 22 / 1024.0)]
    [InlineData(0, 5, 2 / 32.0)]
    [InlineData(3, 3, 1)]
    [InlineData(0, 0, 1)]
    public void McNemar_SplitOfDisagreements_IsBinomial(int onlyFirst, int onlySecond, double p)
    {
        bool[] first = [.. Enumerable.Repeat(true, onlyFirst), .. Enumerable.Repeat(false, onlySecond), true, false];
        bool[] second = [.. Enumerable.Repeat(false, onlyFirst), .. Enumerable.Repeat(true, onlySecond), true, false];

        var result = PairedTest.McNemar(first, second);

        (result.OnlyFirst, result.OnlySecond).ShouldBe((onlyFirst, onlySecond));
        result.P.ShouldBe(p, 1e-12);
    }

    [Fact]
    public void McNemar_ThousandsOfDisagreements_DoesNotVanish()
    {
        // By the normal approximation with continuity: z = (100 − 1) / √5000 = 1.400, p = 0.1615.
        bool[] first = [.. Enumerable.Range(0, 5000).Select(i => i < 2450)];

        PairedTest.McNemar(first, [.. first.Select(right => !right)]).P.ShouldBe(0.1615, 5e-4);
    }

    [Fact]
    public void Bootstrap_OfRightAndWrong_AgreesWithTheNormalInterval()
    {
        double[] first = [.. Enumerable.Range(0, 400).Select(i => i % 10 < 7 ? 1.0 : 0)];
        double[] second = [.. Enumerable.Range(0, 400).Select(i => i % 10 is not 0 and not 1 ? 1.0 : 0)];

        var result = PairedTest.Bootstrap(first, second, 1);

        // Differences of −1, 0 and 1 with shares 0.2, 0.5, 0.3: deviation √(0.5 − 0.01) / 20 = 0.035.
        result.Difference.ShouldBe(0.1, 1e-12);
        result.Low.ShouldBe(0.1 - 1.96 * 0.035, 0.01);
        result.High.ShouldBe(0.1 + 1.96 * 0.035, 0.01);
    }

    [Fact]
    public void Bootstrap_SameSeed_DrawsTheSame()
    {
        double[] first = new double[50], second = [.. Enumerable.Range(0, 50).Select(i => Math.Sin(i))];

        PairedTest.Bootstrap(first, second, 1).ShouldBe(PairedTest.Bootstrap(first, second, 1));
        PairedTest.Bootstrap(first, second, 1).ShouldNotBe(PairedTest.Bootstrap(first, second, 2));
    }

    [Fact]
    public void Bootstrap_SameModel_IsZero() => PairedTest.Bootstrap([1, 0, 1], [1, 0, 1], 3).ShouldBe(new(0, 0, 0));

    [Fact]
    public void Either_OtherSamples_AreRefused()
    {
        Should.Throw<NeuroException>(() => PairedTest.McNemar([true], [true, false])).Code.ShouldBe("evaluation.not_paired");
        Should.Throw<NeuroException>(() => PairedTest.Bootstrap([1], [], 1)).Message.ShouldContain("on 1 samples");
    }
}
