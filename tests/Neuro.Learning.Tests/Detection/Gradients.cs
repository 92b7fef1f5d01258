using TorchSharp;
using static TorchSharp.torch;

namespace Neuro.Learning.Tests.Detection;

/// <summary>Gradients beside central differences, in double precision.</summary>
internal static class Gradients
{
    private const double Step = 1e-6;

    /// <summary>Checks the gradient of the sum of weighted outputs at <paramref name="at"/>; weights that differ, so that outputs cannot cancel.</summary>
    /// <param name="constant">What is held at <paramref name="at"/> while the input moves, where a part is a constant by definition: given the point and the moved
    /// input; the function itself if left out.</param>
    public static void ShouldBeFiniteDifferences(Func<Tensor, Tensor> function, double[] at, long[] shape, Func<double[], double[], double>? constant = null)
    {
        using var scope = NewDisposeScope();
        var input = tensor(at, shape, dtype: ScalarType.Float64);
        input.requires_grad = true;
        Weighted(function(input)).backward();
        var gradient = input.grad!.data<double>().ToArray();
        for (var i = 0; i < at.Length; i++)
        {
            gradient[i].ShouldBe((Value(i, Step) - Value(i, -Step)) / (2 * Step), 1e-5 * Math.Max(1, Math.Abs(gradient[i])), $"input {i} of {at.Length}");
        }

        double Value(int i, double step)
        {
            double[] moved = [.. at];
            moved[i] += step;
            using var inner = NewDisposeScope();
            return constant is not null ? constant(at, moved) : Weighted(function(tensor(moved, shape, dtype: ScalarType.Float64))).item<double>();
        }
    }

    private static Tensor Weighted(Tensor output)
    {
        var flat = output.reshape(-1);
        return (flat * (arange(1, flat.shape[0] + 1, dtype: ScalarType.Float64) * 0.7).cos()).sum();
    }
}
