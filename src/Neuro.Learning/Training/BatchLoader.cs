using System.Diagnostics;

namespace Neuro.Learning.Training;

/// <summary>Samples ready for a step: bytes <c>[Count, size, size, 3]</c> and class ids. The arrays are used again two batches later.</summary>
internal sealed record Batch(byte[] Pixels, long[] Labels, int Count);

/// <summary>Prepares the next batch on another thread while the current step runs.</summary>
internal sealed class BatchLoader(TrainingData data, TrainingOptions options)
{
    private readonly Augmentation augmentation = new(data.Side, data.Size);
    private readonly Batch[] buffers = [.. Enumerable.Range(0, 2).Select(_ => Empty(data.Size, Math.Min(options.BatchSize, data.PerEpoch)))];

    public int BatchesPerEpoch { get; } = data.BatchesPerEpoch(options);

    /// <summary>How long steps have waited for their samples.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>The first batch of all.</summary>
    public Batch First()
    {
        using var draws = data.Epoch(options, 0).GetEnumerator();
        return Prepare(draws, 0, 0);
    }

    /// <summary>The augmented batches of an epoch.</summary>
    public IEnumerable<Batch> Epoch(int epoch)
    {
        using var draws = data.Epoch(options, epoch).GetEnumerator();
        var next = Task.Run(() => Prepare(draws, epoch, 0));
        for (var i = 0; i < BatchesPerEpoch; i++)
        {
            var began = Stopwatch.GetTimestamp();
            var batch = next.GetAwaiter().GetResult();
            Waited += Stopwatch.GetElapsedTime(began);
            if (i + 1 < BatchesPerEpoch)
            {
                var ahead = i + 1;
                next = Task.Run(() => Prepare(draws, epoch, ahead));
            }

            yield return batch;
        }
    }

    /// <summary>Plain batches of the validation part, the last one smaller.</summary>
    public IEnumerable<Batch> Validation()
    {
        foreach (var chunk in data.Validation.Chunk(128))
        {
            var batch = Empty(data.Size, chunk.Length);
            for (var i = 0; i < chunk.Length; i++)
            {
                augmentation.Plain(chunk[i], Pixels(batch, i));
                batch.Labels[i] = chunk[i].ClassId;
            }

            yield return batch;
        }
    }

    private Batch Prepare(IEnumerator<Draw> draws, int epoch, int index)
    {
        draws.MoveNext();
        var (draw, batch) = (draws.Current, buffers[index % 2]);
        for (var i = 0; i < batch.Count; i++)
        {
            var (crop, number) = draw.Samples[i];
            augmentation.Apply(crop, draw.Backdrops, SplitMix.For(options.Seed, (ulong)epoch, number), Pixels(batch, i));
            batch.Labels[i] = crop.ClassId;
        }

        return batch;
    }

    private Span<byte> Pixels(Batch batch, int index) => batch.Pixels.AsSpan(index * data.Size * data.Size * 3, data.Size * data.Size * 3);

    private static Batch Empty(int size, int count) => new(new byte[count * size * size * 3], new long[count], count);
}
