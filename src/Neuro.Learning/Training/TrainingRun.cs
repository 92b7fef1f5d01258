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
    private readonly TrainingOptions options;
    private readonly Device device = TorchRuntime.Device;
    private readonly Network network;
    private readonly Network[] replicas;
    private readonly ModelSpec spec;
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
        (this.spec, this.options, this.meter) = (spec, options, meter);
        Precision = options.Precision != Precision.Auto ? options.Precision
            : Processor.HasBFloat16 || device.type == DeviceType.CUDA ? Precision.BFloat16 : Precision.Float32;
        network = (from?.Weights ?? start) is { } weights ? new(spec, weights, device) : new(spec, options.Seed, device);
        network.Freeze(options.Frozen ?? []);
        average = options.WeightAverage > 0 ? new(spec, from?.Average ?? network.Weights(), device) : null;
        objective = Objective.For(spec, data, options, teacher);
        // A GPU shares a batch among its own cores.
        var threads = device.type == DeviceType.CUDA ? 1 : options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        replicas = [network, .. Enumerable.Range(1, Math.Clamp(Math.Min(options.BatchSize, data.PerEpoch) / data.LeastPart, 1, threads) - 1).Select(_ => network.Replica())];
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
        var (index, samples, sums, began) = (0, 0L, new List<StepLoss>(), Stopwatch.GetTimestamp());
        foreach (var batch in loader.Epoch(Epoch))
        {
            cancel.ThrowIfCancellationRequested();
            var loss = Step(batch, index++, LearningRates.At(options, step + 1, steps));
            samples += batch.Count;
            sums.Add(loss.Times(batch.Count));
            meter.Count(step, steps, Epoch + 1, batch.Count, loss);
        }

        worked += Stopwatch.GetElapsedTime(began);
        Epoch++;
        var (mean, measures) = (StepLoss.Sum(sums).Times(1.0 / samples), Validate());
        var validation = measures.Count > 0 ? Known(measures[0].Value) : (double?)null;
        metrics.Add(new(Epoch, mean.Loss, Known((double)mean.Right / mean.Named), validation)
        {
            Losses = Named(mean.Terms, least: 1),
            Measures = Named(measures, least: 2),
        });
        meter.EndEpoch(step, steps, Epoch, validation);

        // What there was nothing to measure of counts as 0: JSON has no word for it.
        static double Known(double value) => double.IsFinite(value) ? value : 0;
        static Dictionary<string, double>? Named(IReadOnlyList<(string Name, double Value)> values, int least) =>
            values.Count < least ? null : values.ToDictionary(one => one.Name, one => Known(one.Value));
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
    public StepLoss Step(Batch batch, int index, double learningRate)
    {
        step++;
        var parts = new StepLoss?[replicas.Length];
        OnEachReplica(batch, (part, pixels, own) =>
        {
            // Seeded by the step, what dropout draws does not depend on where a run was resumed.
            using var random = new Generator(SplitMix.For(options.Seed, (ulong)step, (ulong)part).Next());
            var loss = objective.Loss(replicas[part], pixels, own, new(step, part, Precision == Precision.BFloat16, random));
            var share = (double)own.Count / batch.Count;
            using Scalar factor = share;
            var weighted = loss.Total.mul(factor);
            weighted.backward();
            parts[part] = new(weighted.item<float>(), loss.Right, loss.Named, [.. loss.Terms.Select(term => (term.Name, share * term.Loss.item<float>()))]);
        });
        var whole = StepLoss.Sum([.. parts.OfType<StepLoss>()]);
        var sum = whole.Loss;
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
        return whole;
    }

    /// <summary>Splits a batch among the replicas, the first on this thread.</summary>
    /// <remarks>
    /// Each computes on one thread. libtorch's own threads would meet at a barrier in every layer, and in bfloat16 they spin there:
    /// beside another busy process a step was measured at 20 times its time.
    /// </remarks>
    private void OnEachReplica(Batch batch, Action<int, Tensor, Batch> work)
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
                var own = batch.Part(from, to);
                work(part, tensor(own.Pixels, [own.Count, spec.Input[1], spec.Input[2], spec.Input[0]], device: device), own);
            }
        }
    }

    private IReadOnlyList<(string Name, double Value)> Validate()
    {
        ShareStatistics();
        var (tally, seen) = (objective.Measure(), 0);
        foreach (var batch in loader.Validation())
        {
            OnEachReplica(batch, (part, pixels, own) =>
            {
                using var noGrad = no_grad();
                tally.Add(average ?? replicas[part], pixels, own, Precision == Precision.BFloat16);
            });
            seen += batch.Count;
        }

        return seen > 0 ? tally.Measures : [];
    }
}
