using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Neuro.Learning.Detection;

/// <summary>Losses of detectors, one value an element or an object; the caller weighs and sums them.</summary>
internal static class DetectionLosses
{
    /// <summary>Smooth L1 (Girshick 2015, equation 3; beta as in Ren et al. 2015): quadratic within <paramref name="beta"/>, linear beyond.</summary>
    public static Tensor SmoothL1(Tensor predicted, Tensor wanted, double beta = 1)
    {
        TensorShapes.RequireSame(predicted, nameof(predicted), wanted, nameof(wanted));
        using var scope = NewDisposeScope();
        var distance = predicted.Minus(wanted).abs();
        return where(distance.Above(beta), distance.Plus(-beta / 2), (distance * distance).Times(1 / (2 * beta))).MoveToOuterDisposeScope();
    }

    /// <summary>Focal loss of logits (Lin et al. 2017, equation 5): easy elements weigh less. <paramref name="wanted"/> is 0 or 1.</summary>
    public static Tensor Focal(Tensor logits, Tensor wanted, double alpha = 0.25, double gamma = 2)
    {
        TensorShapes.RequireSame(logits, nameof(logits), wanted, nameof(wanted));
        using var scope = NewDisposeScope();
        var missed = wanted.Minus(logits.sigmoid()).abs();
        var weight = wanted.Times(alpha).Plus(wanted.FromOne().Times(1 - alpha));
        return (weight * missed.Power(gamma) * CrossEntropy(logits, wanted)).MoveToOuterDisposeScope();
    }

    /// <summary>Varifocal loss of logits (Zhang et al. 2021, equation 2): <paramref name="wanted"/> is the overlap that a positive reached, 0 for negatives, and
    /// only negatives weigh less when they are easy.</summary>
    public static Tensor Varifocal(Tensor logits, Tensor wanted, double alpha = 0.75, double gamma = 2)
    {
        TensorShapes.RequireSame(logits, nameof(logits), wanted, nameof(wanted));
        using var scope = NewDisposeScope();
        var weight = where(wanted.Above(0), wanted, logits.sigmoid().Power(gamma).Times(alpha));
        return (weight * CrossEntropy(logits, wanted)).MoveToOuterDisposeScope();
    }

    /// <summary>1 − generalised overlap of boxes <c>[N, 4]</c>: <c>[N]</c>, 0 to 2.</summary>
    public static Tensor Giou(Tensor predicted, Tensor wanted) => Boxes.Giou(predicted, wanted).FromOne();

    /// <summary>1 − complete overlap of boxes <c>[N, 4]</c>: <c>[N]</c>.</summary>
    public static Tensor Ciou(Tensor predicted, Tensor wanted) => Boxes.Ciou(predicted, wanted).FromOne();

    /// <summary>Dice loss of mask logits <c>[N, H, W]</c> (Milletari et al. 2016; one pixel more on both sides lets empty masks agree): <c>[N]</c>, 0 to 1.</summary>
    public static Tensor Dice(Tensor logits, Tensor wanted)
    {
        TensorShapes.Require(logits, nameof(logits), -1, -1, -1);
        TensorShapes.RequireSame(logits, nameof(logits), wanted, nameof(wanted));
        using var scope = NewDisposeScope();
        var seen = logits.sigmoid();
        var shared = (seen * wanted).sum([1, 2]);
        var all = (seen * seen).sum([1, 2]).Plus((wanted * wanted).sum([1, 2]));
        return (shared.Times(2).Plus(1) / all.Plus(1)).FromOne().MoveToOuterDisposeScope();
    }

    /// <summary>Binary cross-entropy of logits without overflow: max(x, 0) − x t + log(1 + exp(−|x|)).</summary>
    private static Tensor CrossEntropy(Tensor logits, Tensor wanted) => F.binary_cross_entropy_with_logits(logits, wanted, reduction: TorchSharp.torch.nn.Reduction.None);
}
