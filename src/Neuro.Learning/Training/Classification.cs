using TorchSharp;
using static TorchSharp.torch;

namespace Neuro.Learning.Training;

/// <summary>One class a sample: the cross-entropy, blended and weighted as the options say, and beside a teacher its answers.</summary>
internal sealed class Classification : Objective
{
    private const ulong MixUpPurpose = 0x6d69782d7570; // apart from what else is drawn for a step

    private readonly TrainingOptions options;
    private readonly float[]? classWeights;
    private readonly Teacher? teacher;

    public Classification(TrainingOptions options, TrainingData data, Teacher? teacher = null) =>
        (this.options, this.teacher, classWeights) = (options, teacher, options.ClassBalance > 0 ? Weights(data.ClassCounts, options.ClassBalance) : null);

    public override PartLoss Loss(Network network, Tensor pixels, Batch batch, Pass pass)
    {
        var own = OwnShare(pass.Step, pass.Part);
        var (blended, labels) = (Blend(pixels, own), tensor(batch.Labels, device: pixels.device));
        var logits = network.Forward(blended, pass.BFloat16, pass.Random);
        var byLabels = Loss(logits, labels, own);
        return new(teacher?.Loss(logits, blended, byLabels, pass.BFloat16) ?? byLabels, Hits(logits, labels), batch.Count, []);
    }

    public override Tally Measure() => new Accuracy();

    /// <summary>How much of each sample stays its own in this part of a step; 1 without mix-up.</summary>
    public double OwnShare(int step, int part) =>
        options.MixUp > 0 ? Beta(options.MixUp, SplitMix.For(options.Seed, MixUpPurpose, (ulong)step, (ulong)part)) : 1;

    /// <summary>Each picture blended with the one before it; samples come in random order, so that this is as good as any other.</summary>
    public static Tensor Blend(Tensor pixels, double own)
    {
        if (own == 1)
        {
            return pixels;
        }

        using Scalar share = own, other = 1 - own;
        return pixels.to(ScalarType.Float32).mul(share).add_(pixels.to(ScalarType.Float32).roll(1, 0), other);
    }

    /// <summary>Mean loss of a part, <c>[]</c>, from logits <c>[N, classes]</c> and labels <c>[N]</c>.</summary>
    public Tensor Loss(Tensor logits, Tensor labels, double own)
    {
        if (own == 1)
        {
            return Mean(logits, labels);
        }

        using Scalar share = own, other = 1 - own;
        return Mean(logits, labels).mul(share).add(Mean(logits, labels.roll(1, 0)), other);
    }

    /// <summary>Weights by class with mean 1 over the samples; a class that was not seen is taken to have one, for it may come yet.</summary>
    internal static float[] Weights(IReadOnlyList<int> counts, double balance)
    {
        var known = counts.Select(count => Math.Max(1, count)).ToList();
        var mean = known.Sum(count => count * Math.Pow(count, -balance)) / known.Sum();
        return [.. known.Select(count => (float)(Math.Pow(count, -balance) / mean))];
    }

    private Tensor Mean(Tensor logits, Tensor labels)
    {
        if (classWeights is null)
        {
            return nn.functional.cross_entropy(logits, labels, label_smoothing: options.LabelSmoothing);
        }

        // Over the number of samples: over the sum of their weights, as libtorch has it, a part of one class alone would be weighted by nothing.
        using Scalar count = (double)labels.shape[0];
        var weights = tensor(classWeights, device: logits.device);
        return nn.functional.cross_entropy(logits, labels, weights, reduction: nn.Reduction.Sum, label_smoothing: options.LabelSmoothing).div(count);
    }

    /// <summary>Beta(α, α) for α up to 1 (Jöhnk 1964).</summary>
    private static double Beta(double alpha, SplitMix random)
    {
        while (true)
        {
            var (a, b) = (Math.Pow(random.Unit(), 1 / alpha), Math.Pow(random.Unit(), 1 / alpha));
            if (a + b is > 0 and <= 1)
            {
                return a / (a + b);
            }
        }
    }

    private static long Hits(Tensor logits, Tensor labels) => logits.argmax(1).eq(labels).sum().item<long>();

    private sealed class Accuracy : Tally
    {
        private long count;
        private long right;

        public override IReadOnlyList<(string Name, double Value)> Measures => [("accuracy", (double)right / count)];

        public override void Add(Network network, Tensor pixels, Batch batch, bool bfloat16)
        {
            Interlocked.Add(ref right, Hits(network.Forward(pixels, bfloat16), tensor(batch.Labels, device: pixels.device)));
            Interlocked.Add(ref count, batch.Count);
        }
    }
}
