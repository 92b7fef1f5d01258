using Neuro.Learning.Exchange;
using TorchSharp;
using static TorchSharp.torch;

namespace Neuro.Learning.Training;

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2), β = (0.9, 0.999), ε = 1e-8. Decay spares biases and normalisation.</summary>
internal sealed class AdamW(IEnumerable<KeyValuePair<string, Tensor>> parameters, double weightDecay) : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly List<Slot> slots = [.. parameters.Select(pair => new Slot(pair.Key, pair.Value, zeros_like(pair.Value).detach().DetachFromDisposeScope(), zeros_like(pair.Value).detach().DetachFromDisposeScope()))];

    /// <summary>One update from the gradients; <paramref name="step"/> counts from 1. Gradients are cleared.</summary>
    public void Step(int step, double learningRate)
    {
        using var noGrad = no_grad();
        // Held until the end: of a scalar that is made in passing TorchSharp gives the address away and lets the finalizer have the rest, sometimes before it is read.
        // It makes them itself where a factor is left out, so none is.
        using Scalar beta1 = Beta1, beta2 = Beta2, share1 = 1 - Beta1, share2 = 1 - Beta2, epsilon = Epsilon, once = 1, kept = 1 - (learningRate * weightDecay);
        using Scalar rate = -learningRate / (1 - Math.Pow(Beta1, step)), root = Math.Sqrt(1 - Math.Pow(Beta2, step));
        foreach (var (_, weight, mean, square) in slots)
        {
            using var scope = NewDisposeScope();
            if (weight.grad is not { } gradient)
            {
                continue;
            }

            if (weight.dim() > 1)
            {
                weight.mul_(kept);
            }

            mean.mul_(beta1).add_(gradient, share1);
            square.mul_(beta2).addcmul_(gradient, gradient, share2);
            weight.addcdiv_(mean, square.sqrt().div_(root).add_(epsilon, once), rate);
            weight.grad = null;
        }
    }

    /// <summary>Both moments of every parameter, as <c>name.mean</c> and <c>name.square</c>.</summary>
    public IEnumerable<KeyValuePair<string, TensorValues>> State() => slots.SelectMany(slot => new[]
    {
        KeyValuePair.Create($"{slot.Name}.mean", Network.Values(slot.Mean)),
        KeyValuePair.Create($"{slot.Name}.square", Network.Values(slot.Square)),
    });

    public void Restore(IReadOnlyDictionary<string, TensorValues> state)
    {
        foreach (var slot in slots)
        {
            using var scope = NewDisposeScope();
            slot.Mean.copy_(tensor(state[$"{slot.Name}.mean"].Values, slot.Mean.shape));
            slot.Square.copy_(tensor(state[$"{slot.Name}.square"].Values, slot.Square.shape));
        }
    }

    public void Dispose() => slots.ForEach(slot =>
    {
        slot.Mean.Dispose();
        slot.Square.Dispose();
    });

    private sealed record Slot(string Name, Tensor Weight, Tensor Mean, Tensor Square);
}
