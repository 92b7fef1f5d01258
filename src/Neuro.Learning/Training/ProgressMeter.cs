using Neuro.Client.Models;

namespace Neuro.Learning.Training;

/// <summary>Gathers steps into a point about four times a second.</summary>
internal sealed class ProgressMeter(IProgress<TrainingPoint>? progress, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private long since = time.GetTimestamp();
    private long samples;
    private long right;
    private long named;
    private double loss;
    private TrainingPoint? last;

    public void Count(int step, int steps, int epoch, int count, StepLoss one)
    {
        samples += count;
        right += one.Right;
        named += one.Named;
        loss += one.Loss * count;
        if (time.GetElapsedTime(since) >= Interval)
        {
            Report(step, steps, epoch, null);
        }
    }

    public void EndEpoch(int step, int steps, int epoch, double? validation)
    {
        Report(step, steps, epoch, validation);
        since = time.GetTimestamp();
    }

    private void Report(int step, int steps, int epoch, double? validation)
    {
        var seconds = time.GetElapsedTime(since).TotalSeconds;
        last = samples > 0
            ? new(step, steps, epoch, loss / samples, named > 0 ? (double)right / named : 0, validation, seconds > 0 ? samples / seconds : 0)
            : last! with { Step = step, ValidationAccuracy = validation };
        progress?.Report(last);
        (since, samples, right, named, loss) = (time.GetTimestamp(), 0, 0, 0, 0);
    }
}
