using System.Globalization;
using Neuro.Client.Api;
using Neuro.Learning.Exchange;
using Neuro.Learning.Runtime;
using Neuro.Learning.Specs;
using Neuro.Learning.Training.Figures;

namespace Neuro.Learning.Training;

/// <summary>Looks for a learning rate: it rises step by step from far too low to far too high while the loss is watched (the range test of Smith 2017).</summary>
/// <param name="Points">The rate of each step and the loss, smoothed; the last may be where it went out of bounds.</param>
/// <param name="Suggested">A tenth of the rate at which the loss was lowest.</param>
public sealed record RangeTest(IReadOnlyList<(double Rate, double Loss)> Points, double Suggested)
{
    private const double Lowest = 1e-6;
    private const double Highest = 1;
    private const double Smoothing = 0.9;

    /// <summary>The loss has gone out of bounds at this many times its lowest.</summary>
    private const double OutOfBounds = 4;

    /// <param name="spec">As for <see cref="Trainer.Train"/>; so are the others. Weights are not kept.</param>
    /// <param name="steps">At most; the rate rises by the same factor at each.</param>
    /// <exception cref="NeuroException">As <see cref="Trainer.Train"/>, and <c>training.no_rate</c> when the loss never falls.</exception>
    public static RangeTest Run(ModelSpec spec, TrainingData data, TrainingOptions options, int steps = 120, CancellationToken cancel = default, string? start = null)
    {
        Trainer.Check(spec, data, options);
        Trainer.InRange("steps", steps, 10, 10_000);
        TorchRuntime.Load();
        var weights = start is null ? null : Safetensors.Read(Path.Combine(start, ModelFolder.Weights)).Tensors;
        using var run = new TrainingRun(spec, data, options, null, weights, new ProgressMeter(null, TimeProvider.System));
        var (points, mean, lowest) = (new List<(double Rate, double Loss)>(), 0.0, double.PositiveInfinity);
        foreach (var batch in Endless(new BatchLoader(data, options)).Take(steps))
        {
            cancel.ThrowIfCancellationRequested();
            var rate = Lowest * Math.Pow(Highest / Lowest, points.Count / (steps - 1.0));
            try
            {
                mean = (Smoothing * mean) + ((1 - Smoothing) * run.Step(batch, points.Count, rate).Loss);
            }
            catch (NeuroException e) when (e.Code == "training.diverged")
            {
                break;
            }

            // Undoes that the mean began at zero (Kingma and Ba 2015, section 3).
            points.Add((rate, mean / (1 - Math.Pow(Smoothing, points.Count + 1))));
            lowest = Math.Min(lowest, points[^1].Loss);
            if (points[^1].Loss > OutOfBounds * lowest)
            {
                break;
            }
        }

        return points.Count > 0 && points.MinBy(point => point.Loss) is var best && best.Rate > points[0].Rate
            ? new(points, best.Rate / 10)
            : throw new NeuroException("training.no_rate",
                $"The loss fell at no learning rate from {Lowest} to {Highest} in {steps} steps. Look at the labels with --check first.");
    }

    /// <summary>Loss against rate as SVG.</summary>
    public string ToSvg() => LineFigure.Draw(
        string.Create(CultureInfo.InvariantCulture, $"Range test: {Suggested:0.0e+0} suggested"), "learning rate", "cross-entropy, nats, smoothed",
        [new("loss", [.. Points.Select(point => point.Rate)], [.. Points.Select(point => point.Loss)])], logarithmic: true);

    private static IEnumerable<Batch> Endless(BatchLoader loader)
    {
        for (var epoch = 0; ; epoch++)
        {
            foreach (var batch in loader.Epoch(epoch))
            {
                yield return batch;
            }
        }
    }
}
