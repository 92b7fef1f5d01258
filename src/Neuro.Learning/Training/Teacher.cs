using Neuro.Client.Api;
using Neuro.Learning.Exchange;
using Neuro.Learning.Runtime;
using Neuro.Learning.Specs;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Neuro.Learning.Training;

/// <summary>A finished model whose answers are learnt from beside the labels: knowledge distillation (Hinton et al. 2015).</summary>
/// <param name="Folder">Of a model with the same classes and the same size of picture.</param>
/// <param name="Temperature">Divides both models' scores before the softmax: the higher, the more the unlikely classes count.</param>
/// <param name="Weight">The teacher's share of the loss, above 0 up to 1; the rest is the labels'.</param>
public sealed record Distillation(string Folder, double Temperature = 4, double Weight = 0.7);

/// <summary>The teacher at work. It sees the very pictures that its pupil sees, after augmentation.</summary>
internal sealed class Teacher : IDisposable
{
    private readonly Network network;
    private readonly Distillation distillation;

    /// <exception cref="NeuroException"><c>distillation.mismatch</c>, <c>training.out_of_range</c>, <c>model.*</c>, <c>weights.*</c>.</exception>
    public Teacher(Distillation distillation, ModelSpec pupil, IReadOnlyList<string> classes)
    {
        Trainer.InRange("temperature", distillation.Temperature, 0.1, 100);
        Trainer.InRange("teacher's weight", distillation.Weight, 1e-6, 1);
        var (spec, card) = ModelFolder.ReadWithoutOnnx(distillation.Folder);
        if (spec.Task != pupil.Task || !spec.Input.SequenceEqual(pupil.Input) || !card.Classes.SequenceEqual(classes))
        {
            throw new NeuroException("distillation.mismatch",
                $"The teacher in {distillation.Folder} reads [{string.Join(", ", spec.Input)}] and knows {Some(card.Classes)}; "
                + $"'{pupil.Name}' reads [{string.Join(", ", pupil.Input)}] and is to learn {Some(classes)}. Both must be the same.");
        }

        this.distillation = distillation;
        network = new(spec, Safetensors.Read(Path.Combine(distillation.Folder, ModelFolder.Weights)).Tensors, TorchRuntime.Device);
    }

    /// <summary>The mean loss of a pupil's logits <c>[N, classes]</c>: <c>(1 − w) · labels' + w · T² · cross-entropy of softmax(teacher/T) and
    /// softmax(pupil/T)</c>.</summary>
    /// <remarks>T² keeps the gradients' size independent of T (section 2 of the paper). Read by several threads at once.</remarks>
    public Tensor Loss(Tensor logits, Tensor pixels, Tensor byLabels, bool bfloat16)
    {
        using var scope = NewDisposeScope();
        return Mix(logits, Answers(pixels, bfloat16), byLabels, distillation).MoveToOuterDisposeScope();
    }

    internal static Tensor Mix(Tensor logits, Tensor answers, Tensor byLabels, Distillation distillation)
    {
        var (softness, weight) = (distillation.Temperature, distillation.Weight);
        using Scalar temperature = softness, labels = 1 - weight, teacher = weight * softness * softness;
        var soft = F.cross_entropy(logits.div(temperature), F.softmax(answers.div(temperature), 1));
        return Network.Sum(byLabels.mul(labels), soft.mul(teacher));
    }

    /// <summary>Classes in a sentence: how many, and the first of them.</summary>
    internal static string Some(IReadOnlyList<string> classes) => $"{classes.Count} classes ({string.Join(", ", classes.Take(3))}{(classes.Count > 3 ? " …" : "")})";

    public void Dispose() => network.Dispose();

    private Tensor Answers(Tensor pixels, bool bfloat16)
    {
        using var noGrad = no_grad();
        return network.Forward(pixels, bfloat16);
    }
}
