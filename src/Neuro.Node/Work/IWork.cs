using Neuro.Client.Data;
using Neuro.Client.Models;
using Neuro.Client.Nodes;

namespace Neuro.Node.Work;

/// <summary>A kind of work that a node can do: files in, files out.</summary>
internal interface IWork
{
    /// <summary>The kind of job it is for.</summary>
    string Kind { get; }

    /// <summary>Does a shard.</summary>
    /// <param name="inputs">Local paths of the lease's inputs, in order.</param>
    /// <param name="scratch">A folder for this shard; after an interruption it holds what was left, to go on from or to overwrite.</param>
    WorkResult Run(Lease lease, IReadOnlyList<string> inputs, string scratch, WorkProgress progress, CancellationToken cancel);
}

/// <param name="Files">What to upload, in the order of the outputs.</param>
/// <param name="Claims">What the platform checks before it pays.</param>
internal sealed record WorkResult(IReadOnlyList<OutputFile> Files, IReadOnlyDictionary<string, double> Claims)
{
    /// <summary>The most that the process held which did the work, bytes; noted by who looks after it.</summary>
    public long PeakMemoryBytes { get; init; }
}

internal sealed record OutputFile(string Path, string MediaType);

/// <summary>Where the work on a shard stands; written by who does it, read by the heart-beat.</summary>
internal sealed class WorkProgress
{
    private const int MostAtOnce = 500;
    private readonly Lock gate = new();
    private readonly List<TrainingPoint> points = [];
    private double fraction;

    public void Report(double done)
    {
        lock (gate)
        {
            fraction = done;
        }
    }

    public void Report(TrainingPoint point)
    {
        lock (gate)
        {
            fraction = (double)point.Step / Math.Max(1, point.Steps);
            points.Add(point);
        }
    }

    public void Report(double done, IReadOnlyList<TrainingPoint> since)
    {
        lock (gate)
        {
            fraction = done;
            points.AddRange(since);
        }
    }

    /// <summary>The fraction done, and the points since they were last sent.</summary>
    public (double Fraction, IReadOnlyList<TrainingPoint> Points) Take()
    {
        lock (gate)
        {
            // The platform takes a thousand at once; after an outage there may be more.
            TrainingPoint[] taken = [.. points.Take(MostAtOnce)];
            points.RemoveRange(0, taken.Length);
            return (fraction, taken);
        }
    }

    /// <summary>Puts points back that could not be sent.</summary>
    public void Return(IReadOnlyList<TrainingPoint> unsent)
    {
        lock (gate)
        {
            points.InsertRange(0, unsent);
        }
    }
}
