using Neuro.Kernels.Recipes;

namespace Neuro.Node.Benchmark;

/// <summary>The machine that defines the compute unit: what it does in one second is 1 CU.</summary>
/// <remarks>Two cores of an AVX-512 server processor of 2024 (AMD EPYC, Zen 5); the rates are what <see cref="CapacityBenchmark"/> measured there, rounded.</remarks>
public static class ReferenceNode
{
    /// <summary>Images a second of the default shelf recipe, 640×480 at one sample a pixel, with all labels, into a shard on disk.</summary>
    public const double ImagesPerSecond = 50;

    /// <summary>Multiply-adds a second in training: samples a second × forward multiply-adds of the model × 3 for forward and backward.</summary>
    public const double TrainingMacsPerSecond = 110e9;

    // Shares of the time of a default shelf image, with its 25 products and the maps that every recipe begins with; measured with `neuro datasets render`.
    private const double PixelsShare = 0.9;
    private const double FurtherSampleShare = 0.15;
    private const double FurtherMapShare = 0.12;
    private const double ProductShare = 0.004;
    private const int UsualMaps = 3;

    /// <summary>The work of rendering images, in CU: pixels with their samples and maps, and products, next to the reference's.</summary>
    /// <param name="products">Labelled products an image.</param>
    public static double RenderCu(int images, Recipe recipe, double products)
    {
        var frames = (double)recipe.Width * recipe.Height / (640 * 480);
        var frame = PixelsShare + (FurtherSampleShare * (recipe.Samples - 1)) + (FurtherMapShare * Math.Max(0, recipe.Maps.Count - UsualMaps));
        return images * ((frames * frame) + (ProductShare * products)) / ImagesPerSecond;
    }

    /// <summary>The work of training, in CU.</summary>
    /// <param name="macs">Multiply-adds of one forward pass of one sample.</param>
    public static double TrainCu(long samples, long macs) => 3.0 * samples * macs / TrainingMacsPerSecond;
}
