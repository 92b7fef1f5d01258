namespace Neuro.Learning.Training;

/// <summary>Samples ready for a step: bytes <c>[Count, size, size, 3]</c> and class ids. The arrays are used again two batches later.</summary>
internal sealed record Batch(byte[] Pixels, long[] Labels, int Count);

/// <summary>Prepares the next batch on another thread while the current step runs.</summary>
internal sealed class BatchLoader(CropSet data, TrainingOptions options)
{
    private readonly Augmentation augmentation = new(data.Side, data.Size, data.Backdrops);
    private readonly Batch[] buffers = [.. Enumerable.Range(0, 2).Select(_ => Empty(data.Size, Math.Min(options.BatchSize, data.Training.Count)))];

    /// <summary>Whole batches only, so that normalisation always sees as many samples; what is left over comes in another epoch's order.</summary>
    public int BatchesPerEpoch { get; } = Math.Max(1, data.Training.Count / options.BatchSize);

    /// <summary>The augmented batches of an epoch, in an order drawn from (seed, epoch).</summary>
    public IEnumerable<Batch> Epoch(int epoch)
    {
        var order = Order(epoch);
        var next = Task.Run(() => Prepare(epoch, 0, order));
        for (var i = 0; i < BatchesPerEpoch; i++)
        {
            var batch = next.GetAwaiter().GetResult();
            if (i + 1 < BatchesPerEpoch)
            {
                var ahead = i + 1;
                next = Task.Run(() => Prepare(epoch, ahead, order));
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

    private Batch Prepare(int epoch, int index, int[] order)
    {
        var batch = buffers[index % 2];
        for (var i = 0; i < batch.Count; i++)
        {
            var sample = order[index * batch.Count + i];
            augmentation.Apply(data.Training[sample], SplitMix.For(options.Seed, (ulong)epoch, (ulong)sample), Pixels(batch, i));
            batch.Labels[i] = data.Training[sample].ClassId;
        }

        return batch;
    }

    /// <summary>A seeded shuffle (Fisher and Yates; Durstenfeld 1964).</summary>
    private int[] Order(int epoch)
    {
        var random = SplitMix.For(options.Seed, (ulong)epoch);
        var order = Enumerable.Range(0, data.Training.Count).ToArray();
        for (var i = order.Length - 1; i > 0; i--)
        {
            var j = random.Below(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    private Span<byte> Pixels(Batch batch, int index) => batch.Pixels.AsSpan(index * data.Size * data.Size * 3, data.Size * data.Size * 3);

    private static Batch Empty(int size, int count) => new(new byte[count * size * size * 3], new long[count], count);
}
