using TorchSharp;
using static TorchSharp.torch;

namespace Neuro.Learning.Detection;

/// <summary>Arithmetic with numbers that are held until libtorch has read them.</summary>
/// <remarks>TorchSharp's operators make a scalar in passing, for sums and differences of two tensors too, and the finalizer may have it before it is read: see AdamW.
/// Products and quotients of two tensors have none.</remarks>
internal static class TensorMath
{
    public static Tensor Plus(this Tensor a, Tensor b)
    {
        using Scalar once = 1;
        return a.add(b, once);
    }

    public static Tensor Minus(this Tensor a, Tensor b)
    {
        using Scalar minus = -1;
        return a.add(b, minus);
    }

    public static Tensor Plus(this Tensor a, double number)
    {
        using Scalar value = number, once = 1;
        return a.add(value, once);
    }

    public static Tensor Times(this Tensor a, double number)
    {
        using Scalar value = number;
        return a.mul(value);
    }

    /// <summary>1 − a.</summary>
    public static Tensor FromOne(this Tensor a) => a.neg().Plus(1);

    public static Tensor AtLeast(this Tensor a, double number)
    {
        using Scalar value = number;
        return a.clamp_min(value);
    }

    public static Tensor AtMost(this Tensor a, double number)
    {
        using Scalar value = number;
        return a.clamp_max(value);
    }

    /// <summary>ln(1 + exp(a)), which is −ln σ(−a).</summary>
    public static Tensor Softplus(this Tensor a) => nn.functional.logsigmoid(a.neg()).neg();

    /// <summary>Where a is above a number.</summary>
    public static Tensor Above(this Tensor a, double number)
    {
        using Scalar value = number;
        return a.gt(value);
    }

    public static Tensor Power(this Tensor a, double exponent)
    {
        using Scalar value = exponent;
        return a.pow(value);
    }
}
