using System.Diagnostics;
using Neuro.Client.Api;
using Neuro.Learning.Dense;
using Neuro.Learning.Exchange;
using Neuro.Learning.Runtime;
using Neuro.Learning.Specs;
using static Neuro.Learning.Training.PreflightReport;

namespace Neuro.Learning.Training;

/// <summary>Looks at a training before money is spent on it: at its samples, and whether the model can learn one batch by heart.</summary>
public static partial class Preflight
{
    private const int MostSteps = 100;
    private const int WarmUpSteps = 10;

    /// <summary>One batch is learnt when the loss is below this share of what guessing gives, the logarithm of the number of classes.</summary>
    private const double LearntShare = 0.1;

    /// <summary>… and where guessing has no such figure, below this share of the first.</summary>
    private const double LearntPart = 0.5;

    /// <summary>A product that is enlarged more than this is a blur.</summary>
    private const double MostEnlarged = 2;

    private const double Many = 0.25;
    private const double MostImbalance = 10;
    private const int NamesShown = 5;

    /// <summary>About the time of a forward pass, next to that of a whole step.</summary>
    private const double ForwardShare = 1.0 / 3;

    /// <param name="spec">As for <see cref="Trainer.Train"/>; so are the others.</param>
    /// <exception cref="NeuroException">As <see cref="Trainer.Train"/>, for what cannot be trained at all.</exception>
    public static PreflightReport Run(ModelSpec spec, TrainingData data, TrainingOptions options, CancellationToken cancel = default, string? start = null)
    {
        Trainer.Check(spec, data, options);
        TorchRuntime.Load();
        var (overfit, speed) = OneBatch(spec, data, options, start is null ? null : Safetensors.Read(Path.Combine(start, ModelFolder.Weights)).Tensors, cancel);
        var time = TimeSpan.FromSeconds(options.Epochs * (data.PerEpoch + (ForwardShare * data.ValidationSamples)) / speed);
        IReadOnlyList<Finding> findings = [.. OfTheirKind(data), Balance(data), Empty(data), overfit, Duration(options, speed, time)];
        return new(findings, (long)options.Epochs * data.PerEpoch, speed, time);
    }

    private static IEnumerable<Finding> OfTheirKind(TrainingData data) => data switch
    {
        CropData crops => [Mirrored("Crops have no keypoints that could change sides."), Sizes(crops), Duplicates(crops)],
        PictureSet pictures => [Mirrored("Labels hold no keypoints that could change sides."), Sizes(pictures), Crowding(pictures)],
        _ => [],
    };

    private static Finding Mirrored(string keypoints) => new("flips", Verdict.Good,
        $"Samples are never mirrored: packages carry text, and a mirrored one is no product. {keypoints}");

    private static Finding Balance(TrainingData data)
    {
        var present = data.ClassCounts.Where(count => count > 0).ToList();
        if (present.Count == 0)
        {
            return new("class balance", Verdict.Warning, "There are no samples to count before training: the stream has no validation scenes.");
        }

        var (most, least) = (present.Max(), present.Min());
        var found = Line($"The most frequent class has {most:N0} samples, the rarest {least:N0}: {(double)most / least:0.0} times as many.");
        return most > MostImbalance * least
            ? new("class balance", Verdict.Warning, $"{found} Render more of the rare ones, or set classBalance to 0.5.")
            : new("class balance", Verdict.Good, found);
    }

    private static Finding Empty(TrainingData data)
    {
        var empty = data.ClassCounts.Select((count, id) => (count, id)).Where(one => one.count == 0).Select(one => data.ClassNames[one.id]).ToList();
        var names = $"{string.Join(", ", empty.Take(NamesShown))}{(empty.Count > NamesShown ? " …" : "")}";
        return empty.Count == 0
            ? new("empty classes", Verdict.Good, $"Each of the {data.Classes} classes has samples.")
            : new("empty classes", Verdict.Warning,
                $"{empty.Count} of {data.Classes} classes have no sample and cannot be learnt: {names}. Render them, or make the catalogue smaller.");
    }

    /// <summary>Whether the loss falls when one batch is seen again and again, always the same; and samples a second meanwhile.</summary>
    private static (Finding Finding, double SamplesPerSecond) OneBatch(
        ModelSpec spec, TrainingData data, TrainingOptions options, IReadOnlyDictionary<string, TensorValues>? start, CancellationToken cancel)
    {
        if (data is CropData { Known.Count: 0 })
        {
            return (new("one batch", Verdict.Warning, "There is no sample to try before training."), double.NaN);
        }

        // What makes learning by heart harder is left out; what is asked is whether gradients and labels fit.
        var plain = options with { LabelSmoothing = 0, MixUp = 0, WeightDecay = 0, ClassBalance = 0, WeightAverage = 0 };
        using var run = new TrainingRun(spec, data, plain, null, start, new ProgressMeter(null, TimeProvider.System));
        var batch = data is CropData crops ? BatchOf(crops, options.BatchSize) : new BatchLoader(data, plain with { Mosaic = 0 }).First();
        // What guessing gives is known for one class a sample alone.
        var (first, loss, steps, began, bound) = (double.NaN, double.NaN, 0, 0L, spec.Task == ModelTask.Classify ? LearntShare * Math.Log(data.Classes) : double.NaN);
        while (steps < MostSteps && !(loss <= bound))
        {
            cancel.ThrowIfCancellationRequested();
            loss = run.Step(batch, steps, options.LearningRate * Math.Min(1, (steps + 1.0) / WarmUpSteps)).Loss;
            if (steps++ == 0)
            {
                // The first step also makes what later ones find made.
                (first, began) = (loss, Stopwatch.GetTimestamp());
                bound = double.IsNaN(bound) ? LearntPart * loss : bound;
            }
        }

        if (steps == 1)
        {
            run.Step(batch, steps++, 0);
        }

        var speed = (steps - 1) * batch.Count / Stopwatch.GetElapsedTime(began).TotalSeconds;
        var found = Line($"The loss of one batch went from {first:0.000} to {loss:0.000} in {steps} steps");
        return (loss <= bound
            ? new("one batch", Verdict.Good, $"{found}: the model can learn it by heart.")
            : new("one batch", Verdict.Bad,
                Line($"{found}; expected at most {bound:0.000}. The learning rate {options.LearningRate} does not suit the model, too much is frozen, or labels contradict each other.")), speed);
    }

    private static Finding Duration(TrainingOptions options, double speed, TimeSpan time)
    {
        if (!double.IsFinite(speed))
        {
            return new("time", Verdict.Warning, "Without a sample no time can be measured.");
        }

        var length = time.TotalMinutes < 2 ? Line($"{time.TotalSeconds:0} s") : time.TotalHours < 3 ? Line($"{time.TotalMinutes:0} min") : Line($"{time.TotalHours:0.0} h");
        var found = Line($"About {length} for {options.Epochs} epochs at {speed:0} samples a second, on this machine as it is now.");
        return options.TimeLimit > TimeSpan.Zero && time > options.TimeLimit
            ? new("time", Verdict.Warning,
                Line($"{found} The limit is {options.TimeLimit:g}: the run will end before its learning rate has come down. Take fewer epochs."))
            : new("time", Verdict.Good, found);
    }
}
