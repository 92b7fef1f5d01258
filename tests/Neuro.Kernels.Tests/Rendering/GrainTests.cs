using Neuro.Kernels.Rendering;

namespace Neuro.Kernels.Tests.Rendering;

public sealed class GrainTests
{
    [Fact]
    public void Grain_OnPlainPrint_VariesBrightnessAroundTheSameMean()
    {
        var plain = SolidScene.Solid(Primitive.Box, 0, 0, -1.2f, 0.4f, 0.4f, 0.1f);
        // Grey, so that there is room above and below.
        (plain.RedR, plain.GreenG, plain.BlueB) = (0.5f, 0.5f, 0.5f);
        var smooth = Reds(plain);
        var grainy = Reds(plain with { Grain = 0.6f });

        smooth.Distinct().Count().ShouldBe(1);
        grainy.Distinct().Count().ShouldBeGreaterThan(20);
        grainy.Average().ShouldBe(smooth[0], 8);
    }

    /// <summary>Inside the upper left quarter of the print, which is red.</summary>
    private static double[] Reds(Primitive solid)
    {
        var frame = SolidScene.Render(solid);
        return [.. from y in Enumerable.Range(14, 14) from x in Enumerable.Range(14, 14) select (double)frame.Colour(x, y).Red];
    }
}
