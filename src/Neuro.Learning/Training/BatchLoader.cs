using System.Diagnostics;

namespace Neuro.Learning.Training;

/// <summary>Prepares the next batch on another thread while the current step runs.</summary>
internal sealed class BatchLoader(TrainingData data, TrainingOptions options)
{
    public int BatchesPerEpoch { get; } = data.BatchesPerEpoch(options);

    /// <summary>How long steps have waited for their samples.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>The first batch of all.</summary>
    public Batch First() => data.Epoch(options, 0).First();

    /// <summary>The augmented batches of an epoch.</summary>
    public IEnumerable<Batch> Epoch(int epoch)
    {
        using var batches = data.Epoch(options, epoch).GetEnumerator();
        var next = Task.Run(Prepare);
        try
        {
            for (var i = 0; i < BatchesPerEpoch; i++)
            {
                var began = Stopwatch.GetTimestamp();
                var batch = next.GetAwaiter().GetResult();
                Waited += Stopwatch.GetElapsedTime(began);
                if (i + 1 < BatchesPerEpoch)
                {
                    next = Task.Run(Prepare);
                }

                yield return batch;
            }
        }
        finally
        {
            // What is stopped in mid-epoch must not end the enumeration while the other thread is in it; whether that one failed is nobody's affair then.
            Task.WaitAny(next);
        }

        Batch Prepare() => batches.MoveNext() ? batches.Current : throw new InvalidOperationException($"Epoch {epoch} has fewer than {BatchesPerEpoch} batches.");
    }

    /// <summary>Plain batches of the validation part, the last one smaller.</summary>
    public IEnumerable<Batch> Validation() => data.Validation();
}
