namespace Neuro.Learning.Training;

/// <summary>What a network learns from: crops of labelled products that are there (<see cref="CropSet"/>), or that are rendered while it learns (<see cref="SceneStream"/>).</summary>
public abstract class TrainingData
{
    /// <summary>Names by class id.</summary>
    public abstract IReadOnlyList<string> ClassNames { get; }

    /// <summary>How many classes the labels may name.</summary>
    public int Classes => ClassNames.Count;

    /// <summary>Side in pixels of the model input that the crops are meant for.</summary>
    public abstract int Size { get; }

    /// <summary>SHA-256 (hex) of all that the samples follow from.</summary>
    public abstract string Hash { get; }

    /// <summary>Samples that an epoch can draw.</summary>
    internal abstract int PerEpoch { get; }

    /// <summary>Samples from other pictures, to measure the training by.</summary>
    internal abstract IReadOnlyList<Crop> Validation { get; }

    /// <summary>How many those are.</summary>
    public int ValidationSamples => Validation.Count;

    /// <summary>Samples that can be looked at before training: those to learn from, or where they are yet to be rendered ones like them.</summary>
    internal virtual IReadOnlyList<Crop> Known => Validation;

    /// <summary>How many of <see cref="Known"/> are of each class.</summary>
    internal IReadOnlyList<int> ClassCounts
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

    /// <summary>The draws of an epoch, one a step; the same for the same options and epoch.</summary>
    internal abstract IEnumerable<Draw> Epoch(TrainingOptions options, int epoch);

    /// <summary>Whole batches only, so that normalisation always sees as many samples.</summary>
    internal int BatchesPerEpoch(TrainingOptions options) => Math.Max(1, PerEpoch / options.BatchSize);
}

/// <summary>The samples of a step, before they are augmented.</summary>
/// <param name="Samples">Each with a number of its own in the epoch, from which its augmentation is drawn.</param>
/// <param name="Backdrops">Whole pictures, small, as <see cref="Crop.Backdrop"/> makes them: what may be put behind a product.</param>
internal sealed record Draw(IReadOnlyList<(Crop Crop, ulong Number)> Samples, IReadOnlyList<byte[]> Backdrops);
