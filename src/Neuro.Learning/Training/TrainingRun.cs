using Neuro.Client.Api;
using Neuro.Learning.Exchange;
using Neuro.Learning.Runtime;
using Neuro.Learning.Specs;
using TorchSharp;
using static TorchSharp.torch;

namespace Neuro.Learning.Training;

/// <summary>The state of one training: a network, its optimiser, and where it stands.</summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly TrainingOptions options;
    private readonly Network network;
    private readonly AdamW optimiser;
    private readonly BatchLoader loader;
    private readonly ProgressMeter meter;
    private readonly List<EpochMetrics> metrics = [];
    private readonly int steps;
    private int step;

    public TrainingRun(ModelSpec spec, CropSet data, TrainingOptions options, Checkpoint? from, ProgressMeter meter)
    {
        (this.options, this.meter) = (options, meter);
        Precision = options.Precision != Precision.Auto ? options.Precision : Processor.HasBFloat16 ? Precision.BFloat16 : Precision.Float32;
        network = from is null ? new(spec, options.Seed) : new(spec, from.Weights);
        optimiser = new(network.Trained, options.WeightDecay);
        loader = new(data, options);
        steps = options.Epochs * loader.BatchesPerEpoch;
        if (from is not null)
        {
            optimiser.Restore(from.Optimiser);
            (Epoch, step) = (from.Epoch, from.Step);
            metrics.AddRange(from.Epochs);
        }
    }

    /// <summary>Epochs done.</summary>
    public int Epoch { get; private set; }

    public Precision Precision { get; }

    public IReadOnlyList<EpochMetrics> Metrics => metrics;

    /// <exception cref="NeuroException"><c>training.diverged</c>; the checkpoint of the epoch before stays.</exception>
    public void RunEpoch(CancellationToken cancel)
    {
        var (index, samples, right, lossSum) = (0, 0L, 0L, 0.0);
        foreach (var batch in loader.Epoch(Epoch))
        {
            cancel.ThrowIfCancellationRequested();
            var (loss, hits) = Step(batch, index++);
            samples += batch.Count;
            right += hits;
            lossSum += loss * batch.Count;
            meter.Count(step, steps, Epoch + 1, batch.Count, loss, hits);
        }

        Epoch++;
        var validation = Validate();
        metrics.Add(new(Epoch, lossSum / samples, (double)right / samples, validation));
        meter.EndEpoch(step, steps, Epoch, validation);
    }

    public Checkpoint Snapshot(string run) => new(run, Epoch, step, [.. metrics], network.Weights(), optimiser.State().ToDictionary());

    public IReadOnlyDictionary<string, TensorValues> Weights() => network.Weights();

    public void Dispose()
    {
        optimiser.Dispose();
        network.Dispose();
    }

    private (double Loss, int Right) Step(Batch batch, int index)
    {
        using var scope = NewDisposeScope();
        step++;
        // Seeded by the step, what dropout draws does not depend on where a run was resumed.
        using var random = new Generator(SplitMix.For(options.Seed, (ulong)step).Next());
        var labels = tensor(batch.Labels);
        var logits = network.Forward(Pixels(batch), Precision == Precision.BFloat16, random);
        var loss = nn.functional.cross_entropy(logits, labels, label_smoothing: options.LabelSmoothing);
        var value = loss.item<float>();
        if (!float.IsFinite(value))
        {
            var kept = Epoch > 0 ? $"the checkpoint of epoch {Epoch} is kept" : "no epoch was finished";
            throw new NeuroException("training.diverged", FormattableString.Invariant($"The loss became {value} in batch {index + 1} of epoch {Epoch + 1} (step {step} of {steps}); {kept}. Try a lower learning rate than {options.LearningRate}."));
        }

        loss.backward();
        optimiser.Step(step, LearningRate());
        return (value, (int)logits.argmax(1).eq(labels).sum().item<long>());
    }

    /// <summary>Linear warm-up, then half a cosine down to zero.</summary>
    private double LearningRate()
    {
        var warm = Math.Max(1, options.WarmUp * steps);
        return options.LearningRate * (step < warm ? step / warm : 0.5 * (1 + Math.Cos(Math.PI * (step - warm) / Math.Max(1, steps - warm))));
    }

    private double? Validate()
    {
        using var noGrad = no_grad();
        var (count, right) = (0L, 0L);
        foreach (var batch in loader.Validation())
        {
            using var scope = NewDisposeScope();
            var logits = network.Forward(Pixels(batch), Precision == Precision.BFloat16);
            right += logits.argmax(1).eq(tensor(batch.Labels)).sum().item<long>();
            count += batch.Count;
        }

        return count > 0 ? (double)right / count : null;
    }

    private static Tensor Pixels(Batch batch)
    {
        var side = (long)Math.Sqrt(batch.Pixels.Length / (3 * batch.Count));
        return tensor(batch.Pixels, [batch.Count, side, side, 3]);
    }
}
