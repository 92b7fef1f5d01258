using System.Diagnostics;
using System.Security.Cryptography;
using Neuro.Client.Api;
using Neuro.Learning.Exchange;
using Neuro.Learning.Runtime;
using Neuro.Learning.Specs;
using static Neuro.Learning.Training.PreflightReport;

namespace Neuro.Learning.Training;

/// <summary>Looks at a training before money is spent on it: at its samples, and whether the model can learn one batch by heart.</summary>
public static class Preflight
{
    private const int MostSteps = 100;
    private const int WarmUpSteps = 10;

    /// <summary>One batch is learnt when the loss is below this share of what guessing gives, the logarithm of the number of classes.</summary>
    private const double LearntShare = 0.1;

    /// <summary>A product that is enlarged more than this is a blur.</summary>
    private const double MostEnlarged = 2;

    private const double Many = 0.25;
    private const double MostImbalance = 10;
    private const int NamesShown = 5;

    /// <summary>About the time of a forward pass, next to that of a whole step.</summary>
    private const double ForwardShare = 1.0 / 3;

    /// <param name="spec">As for <see cref="Trainer.Train"/>; so are the others.</param>
    /// <exception cref="NeuroException">As <see cref="Trainer.Train"/>, for what cannot be trained at all.</exception>
    public static PreflightReport Run(ModelSpec spec, CropData data, TrainingOptions options, CancellationToken cancel = default, string? start = null)
    {
        Trainer.Check(spec, data, options);
        TorchRuntime.Load();
        var (overfit, speed) = OneBatch(spec, data, options, start is null ? null : Safetensors.Read(Path.Combine(start, ModelFolder.Weights)).Tensors, cancel);
        var time = TimeSpan.FromSeconds(options.Epochs * (data.PerEpoch + (ForwardShare * data.Held.Count)) / speed);
        IReadOnlyList<Finding> findings = [Mirrored(), Sizes(data), Balance(data), Empty(data), Duplicates(data), overfit, Duration(options, speed, time)];
        return new(findings, (long)options.Epochs * data.PerEpoch, speed, time);
    }

    private static Finding Mirrored() => new("flips", Verdict.Good,
        "Samples are never mirrored: packages carry text, and a mirrored one is no product. Crops have no keypoints that could change sides.");

    private static Finding Sizes(CropData data)
    {
        double[] enlarged = [.. data.Known.Where(crop => crop.Longest > 0).Select(crop => Augmentation.PlainFill * data.Size / crop.Longest).Order()];
        if (enlarged.Length == 0)
        {
            return new("object size", Verdict.Good, "How large the products were in their pictures is not known; nothing to compare.");
        }

        var share = (double)enlarged.Count(times => times > MostEnlarged) / enlarged.Length;
        var found = Line($"Half of the products are enlarged {enlarged[enlarged.Length / 2]:0.0} times or more for {data.Size} pixels, and {share:0 %} more than {MostEnlarged:0} times.");
        return share > Many
            ? new("object size", Verdict.Warning, $"{found} Render larger pictures, take a smaller input, or leave small products out.")
            : new("object size", Verdict.Good, found);
    }

    private static Finding Balance(CropData data)
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

    private static Finding Empty(CropData data)
    {
        var empty = data.ClassCounts.Select((count, id) => (count, id)).Where(one => one.count == 0).Select(one => data.ClassNames[one.id]).ToList();
        var names = $"{string.Join(", ", empty.Take(NamesShown))}{(empty.Count > NamesShown ? " …" : "")}";
        return empty.Count == 0
            ? new("empty classes", Verdict.Good, $"Each of the {data.Classes} classes has samples.")
            : new("empty classes", Verdict.Warning,
                $"{empty.Count} of {data.Classes} classes have no sample and cannot be learnt: {names}. Render them, or make the catalogue smaller.");
    }

    private static Finding Duplicates(CropData data)
    {
        var seen = new Dictionary<string, int>();
        var (again, contradicting) = (0, 0);
        foreach (var crop in data.Known)
        {
            var hash = HashOf(crop);
            again += seen.TryAdd(hash, crop.ClassId) ? 0 : 1;
            contradicting += seen[hash] == crop.ClassId ? 0 : 1;
        }

        // Of a stream that is yet to be rendered the known samples are the held-back ones themselves.
        var leaked = ReferenceEquals(data.Known, data.Held) ? 0 : data.Held.Count(crop => seen.ContainsKey(HashOf(crop)));
        return contradicting > 0 ? new("duplicates", Verdict.Bad, $"{contradicting} pictures are there with two labels; one of them is wrong. Look at them first.")
            : leaked > 0 ? new("duplicates", Verdict.Warning,
                $"{leaked} of {data.Held.Count} held-back pictures are also learnt from, so that the accuracy on them says too much. Take the copies out.")
            : again > Many * data.Known.Count ? new("duplicates", Verdict.Warning,
                $"{again} of {data.Known.Count} pictures are copies of others; they cost time and teach nothing.")
            : new("duplicates", Verdict.Good, $"{again} of {data.Known.Count} pictures are copies of others, pixel by pixel.");
    }

    private static string HashOf(Crop crop) => Convert.ToBase64String(SHA256.HashData(crop.Rgba));

    /// <summary>Whether the loss falls when one batch is seen again and again, always the same; and samples a second meanwhile.</summary>
    private static (Finding Finding, double SamplesPerSecond) OneBatch(
        ModelSpec spec, CropData data, TrainingOptions options, IReadOnlyDictionary<string, TensorValues>? start, CancellationToken cancel)
    {
        if (data.Known.Count == 0)
        {
            return (new("one batch", Verdict.Warning, "There is no sample to try before training."), double.NaN);
        }

        // What makes learning by heart harder is left out; what is asked is whether gradients and labels fit.
        var plain = options with { LabelSmoothing = 0, MixUp = 0, WeightDecay = 0, ClassBalance = 0, WeightAverage = 0 };
        using var run = new TrainingRun(spec, data, plain, null, start, new ProgressMeter(null, TimeProvider.System));
        var (batch, bound) = (BatchOf(data, options.BatchSize), LearntShare * Math.Log(data.Classes));
        var (first, loss, steps, began) = (double.NaN, double.NaN, 0, 0L);
        while (steps < MostSteps && !(loss <= bound))
        {
            cancel.ThrowIfCancellationRequested();
            loss = run.Step(batch, steps, options.LearningRate * Math.Min(1, (steps + 1.0) / WarmUpSteps)).Loss;
            if (steps++ == 0)
            {
                // The first step also makes what later ones find made.
                (first, began) = (loss, Stopwatch.GetTimestamp());
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

    /// <summary>Samples of all classes in turn, in their plain view.</summary>
    private static Batch BatchOf(CropData data, int size)
    {
        var crops = data.Known.GroupBy(crop => crop.ClassId).OrderBy(group => group.Key)
            .SelectMany(group => group.Take(size).Select((crop, place) => (Crop: crop, Place: place)))
            .OrderBy(one => one.Place).Take(size).Select(one => one.Crop).ToList();
        return new([.. crops.SelectMany(new Augmentation(data.Side, data.Size).Plain)], [.. crops.Select(crop => (long)crop.ClassId)], crops.Count);
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
