using System.Diagnostics;
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
    /// <summary>Normalisation needs a few samples to take a mean of, and a thread some work.</summary>
    private const int LeastPart = 8;

    private readonly TrainingOptions options;
    private readonly Device device = TorchRuntime.Device;
    private readonly Network network;
    private readonly Network[] replicas;
    private readonly Teacher? teacher;
    private readonly long size;
    private readonly AdamW optimiser;
    private readonly Objective objective;
    private readonly Network? average;
    private readonly BatchLoader loader;
    private readonly ProgressMeter meter;
    private readonly List<EpochMetrics> metrics = [];
    private readonly int steps;
    private int step;
    private TimeSpan worked;

    public TrainingRun(ModelSpec spec, TrainingData data, TrainingOptions options, Checkpoint? from, IReadOnlyDictionary<string, TensorValues>? start, ProgressMeter meter, Teacher? teacher = null)
    {
        this.teacher = teacher;
        (this.options, this.meter) = (options, meter);
        Precision = options.Precision != Precision.Auto ? options.Precision
            : Processor.HasBFloat16 || device.type == DeviceType.CUDA ? Precision.BFloat16 : Precision.Float32;
        network = (from?.Weights ?? start) is { } weights ? new(spec, weights, device) : new(spec, options.Seed, device);
        network.Freeze(options.Frozen ?? []);
        average = options.WeightAverage > 0 ? new(spec, from?.Average ?? network.Weights(), device) : null;
        objective = new(options, data);
        size = data.Size;
        // A GPU shares a batch among its own cores.
        var threads = device.type == DeviceType.CUDA ? 1 : options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        replicas = [network, .. Enumerable.Range(1, Math.Clamp(Math.Min(options.BatchSize, data.PerEpoch) / LeastPart, 1, threads) - 1).Select(_ => network.Replica())];
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

    /// <summary>Share of the time in which steps waited for their samples.</summary>
    public double WaitShare => worked > TimeSpan.Zero ? loader.Waited / worked : 0;

    /// <exception cref="NeuroException"><c>training.diverged</c>; the checkpoint of the epoch before stays.</exception>
    public void RunEpoch(CancellationToken cancel)
    {
        var (index, samples, right, lossSum, began) = (0, 0L, 0L, 0.0, Stopwatch.GetTimestamp());
        foreach (var batch in loader.Epoch(Epoch))
        {
            cancel.ThrowIfCancellationRequested();
            var (loss, hits) = Step(batch, index++, LearningRates.At(options, step + 1, steps));
            samples += batch.Count;
            right += hits;
            lossSum += loss * batch.Count;
            meter.Count(step, steps, Epoch + 1, batch.Count, loss, hits);
        }

        worked += Stopwatch.GetElapsedTime(began);
        Epoch++;
        var validation = Validate();
        metrics.Add(new(Epoch, lossSum / samples, (double)right / samples, validation));
        meter.EndEpoch(step, steps, Epoch, validation);
    }

    public Checkpoint Snapshot(string run) => new(run, Epoch, step, [.. metrics], network.Weights(), optimiser.State().ToDictionary(), average?.Weights());

    /// <summary>The weights to keep: their average where there is one.</summary>
    public IReadOnlyDictionary<string, TensorValues> Weights() => (average ?? network).Weights();

    /// <summary>Gives all replicas the mean of their running statistics: what <see cref="Weights"/> then returns.</summary>
    public void ShareStatistics() => network.ShareStatistics(replicas[1..]);

    public void Dispose()
    {
        optimiser.Dispose();
        average?.Dispose();
        Array.ForEach(replicas, replica => replica.Dispose());
    }

    /// <summary>One update of the weights; the loss is that from before it.</summary>
    /// <exception cref="NeuroException"><c>training.diverged</c></exception>
    public (double Loss, int Right) Step(Batch batch, int index, double learningRate)
    {
        step++;
        var parts = new (double Loss, long Right)[replicas.Length];
        OnEachReplica(batch, (part, pixels, labels) =>
        {
            // Seeded by the step, what dropout draws does not depend on where a run was resumed.
            using var random = new Generator(SplitMix.For(options.Seed, (ulong)step, (ulong)part).Next());
            var own = objective.OwnShare(step, part);
            var blended = Objective.Blend(pixels, own);
            var logits = replicas[part].Forward(blended, Precision == Precision.BFloat16, random);
            using Scalar share = (double)labels.shape[0] / batch.Count;
            var byLabels = objective.Loss(logits, labels, own);
            var loss = (teacher?.Loss(logits, blended, byLabels, Precision == Precision.BFloat16) ?? byLabels).mul(share);
            loss.backward();
            parts[part] = (loss.item<float>(), Hits(logits, labels));
        });
        var sum = parts.Sum(part => part.Loss);
        if (!double.IsFinite(sum))
        {
            var kept = Epoch > 0 ? $"the checkpoint of epoch {Epoch} is kept" : "no epoch was finished";
            throw new NeuroException("training.diverged",
                FormattableString.Invariant($"The loss became {sum} in batch {index + 1} of epoch {Epoch + 1} (step {step} of {steps}); {kept}. Try a lower learning rate than {options.LearningRate}, or gradientClip."));
        }

        network.GatherGradients(replicas.Skip(1));
        if (options.GradientClip > 0)
        {
            network.ClipGradients(options.GradientClip);
        }

        optimiser.Step(step, learningRate);
        average?.MoveTowards(network, 1 - Math.Min(options.WeightAverage, (1.0 + step) / (10 + step)));
        return (sum, (int)parts.Sum(part => part.Right));
    }

    /// <summary>Splits a batch among the replicas, the first on this thread.</summary>
    /// <remarks>
    /// Each computes on one thread. libtorch's own threads would meet at a barrier in every layer, and in bfloat16 they spin there:
    /// beside another busy process a step was measured at 20 times its time.
    /// </remarks>
    private void OnEachReplica(Batch batch, Action<int, Tensor, Tensor> work)
    {
        var others = Enumerable.Range(1, replicas.Length - 1).Select(part => Task.Run(() => Run(part))).ToArray();
        Run(0);
        Task.WaitAll(others);

        void Run(int part)
        {
            set_num_threads(1);
            var (from, to) = (batch.Count * part / replicas.Length, batch.Count * (part + 1) / replicas.Length);
            if (from < to)
            {
                using var scope = NewDisposeScope();
                var sample = batch.Pixels.Length / batch.Count;
                var pixels = tensor(batch.Pixels[(from * sample)..(to * sample)], [to - from, size, size, 3], device: device);
                work(part, pixels, tensor(batch.Labels[from..to], device: device));
            }
        }
    }

    private double? Validate()
    {
        ShareStatistics();
        var (count, right) = (0L, 0L);
        foreach (var batch in loader.Validation())
        {
            OnEachReplica(batch, (part, pixels, labels) =>
            {
                using var noGrad = no_grad();
                Interlocked.Add(ref right, Hits((average ?? replicas[part]).Forward(pixels, Precision == Precision.BFloat16), labels));
            });
            count += batch.Count;
        }

        return count > 0 ? (double)right / count : null;
    }

    private static long Hits(Tensor logits, Tensor labels) => logits.argmax(1).eq(labels).sum().item<long>();
}
