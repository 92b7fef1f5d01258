using Neuro.Learning.Specs;

namespace Neuro.Learning.Training;

/// <summary>Crops of labelled products that are there (<see cref="CropSet"/>), or that are rendered while a network learns from them (<see cref="SceneStream"/>).</summary>
public abstract class CropData : TrainingData
{
    private const int ValidationBatch = 128;

    public override int ValidationSamples => Held.Count;

    internal override int LeastPart => 8;

    /// <summary>Crops from other pictures, to measure the training by.</summary>
    internal abstract IReadOnlyList<Crop> Held { get; }

    /// <summary>Crops that can be looked at before training: those to learn from, or where they are yet to be rendered ones like them.</summary>
    internal virtual IReadOnlyList<Crop> Known => Held;

    /// <summary>How many of <see cref="Known"/> are of each class.</summary>
    internal override IReadOnlyList<int> ClassCounts
    {
        get
        {
            var counts = new int[Classes];
            foreach (var crop in Known)
            {
                counts[crop.ClassId]++;
            }

            return counts;
        }
    }

    /// <summary>Side in pixels of the stored crops.</summary>
    internal abstract int Side { get; }

    internal virtual Variations Varied => Variations.All;

    /// <summary>The draws of an epoch, one a step; the same for the same options and epoch.</summary>
    internal abstract IEnumerable<Draw> Draws(TrainingOptions options, int epoch);

    internal override void Check(ModelSpec spec)
    {
        Require(spec.Task == ModelTask.Classify, "model.not_trainable", $"The model '{spec.Name}' is made to {spec.Task.Name()}; crops train models that classify.");
        Require(spec.Input[1] == Size && spec.Input[2] == Size, "training.size_mismatch",
            $"The model reads {spec.Input[2]} × {spec.Input[1]} pixels, but the crops are made for {Size} × {Size}. Make both with the same size.");
        Require(spec.Classes == Classes, "training.classes_mismatch",
            $"The model tells {spec.Classes} classes apart, but the dataset has {Classes}. Make the model for the dataset's classes.");
    }

    internal override IEnumerable<Batch> Epoch(TrainingOptions options, int epoch)
    {
        var augmentation = new Augmentation(Side, Size, Varied);
        Batch[] buffers = [.. Enumerable.Range(0, 2).Select(_ => Empty(Math.Min(options.BatchSize, PerEpoch)))];
        foreach (var (index, draw) in Draws(options, epoch).Index())
        {
            var batch = buffers[index % 2];
            for (var i = 0; i < batch.Count; i++)
            {
                var (crop, number) = draw.Samples[i];
                augmentation.Apply(crop, draw.Backdrops, SplitMix.For(options.Seed, (ulong)epoch, number), batch.Sample(i));
                batch.Labels[i] = crop.ClassId;
            }

            yield return batch;
        }
    }

    internal override IEnumerable<Batch> Validation()
    {
        var augmentation = new Augmentation(Side, Size);
        var first = 0;
        foreach (var chunk in Held.Chunk(ValidationBatch))
        {
            var batch = Empty(chunk.Length) with { First = first };
            for (var i = 0; i < chunk.Length; i++)
            {
                augmentation.Plain(chunk[i], batch.Sample(i));
                batch.Labels[i] = chunk[i].ClassId;
            }

            first += chunk.Length;
            yield return batch;
        }
    }

    private Batch Empty(int count) => new(new byte[count * Size * Size * 3], new long[count], count);
}

/// <summary>The samples of a step, before they are augmented.</summary>
/// <param name="Samples">Each with a number of its own in the epoch, from which its augmentation is drawn.</param>
/// <param name="Backdrops">Whole pictures, small, as <see cref="Crop.Backdrop"/> makes them: what may be put behind a product.</param>
internal sealed record Draw(IReadOnlyList<(Crop Crop, ulong Number)> Samples, IReadOnlyList<byte[]> Backdrops);
