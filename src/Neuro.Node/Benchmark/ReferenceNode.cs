namespace Neuro.Node.Benchmark;

/// <summary>The machine that defines the compute unit: what it does in one second is 1 CU.</summary>
/// <remarks>Two cores of an AVX-512 server processor of 2024 (AMD EPYC, Zen 5); the rates are what <see cref="CapacityBenchmark"/> measured there, rounded.</remarks>
public static class ReferenceNode
{
    /// <summary>Images a second of the default shelf recipe, 640×480 at one sample a pixel, with all labels, into a shard on disk.</summary>
    public const double ImagesPerSecond = 50;

    /// <summary>Multiply-adds a second in training: samples a second × forward multiply-adds of the model × 3 for forward and backward.</summary>
    public const double TrainingMacsPerSecond = 110e9;

    /// <summary>The work of rendering images, in CU: pixels traced, next to the reference's.</summary>
    public static double RenderCu(int images, int width, int height, int samples) =>
        images * ((double)width * height * samples / (640 * 480)) / ImagesPerSecond;

    /// <summary>The work of training, in CU.</summary>
    /// <param name="macs">Multiply-adds of one forward pass of one sample.</param>
    public static double TrainCu(long samples, long macs) => 3.0 * samples * macs / TrainingMacsPerSecond;
}
