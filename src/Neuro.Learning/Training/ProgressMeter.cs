using Neuro.Client.Models;

namespace Neuro.Learning.Training;

/// <summary>Gathers steps into a point about four times a second.</summary>
internal sealed class ProgressMeter(IProgress<TrainingPoint>? progress, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private long since = time.GetTimestamp();
    private long samples;
    private long right;
    private double loss;
    private TrainingPoint? last;

    public void Count(int step, int steps, int epoch, int count, double batchLoss, int hits)
    {
        samples += count;
        right += hits;
        loss += batchLoss * count;
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
            ? new(step, steps, epoch, loss / samples, (double)right / samples, validation, seconds > 0 ? samples / seconds : 0)
            : last! with { Step = step, ValidationAccuracy = validation };
        progress?.Report(last);
        (since, samples, right, loss) = (time.GetTimestamp(), 0, 0, 0);
    }
}
