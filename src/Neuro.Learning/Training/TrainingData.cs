using Neuro.Client.Api;
using Neuro.Learning.Specs;

namespace Neuro.Learning.Training;

/// <summary>What a network learns from: crops of products (<see cref="CropData"/>), whole pictures (<see cref="Dense.PictureSet"/>) or signals (<see cref="Dense.ToneSet"/>).</summary>
public abstract class TrainingData
{
    /// <summary>Names by class id.</summary>
    public abstract IReadOnlyList<string> ClassNames { get; }

    /// <summary>How many classes the labels may name.</summary>
    public int Classes => ClassNames.Count;

    /// <summary>Side in pixels, or steps, of the model input that the samples are meant for.</summary>
    public abstract int Size { get; }

    /// <summary>SHA-256 (hex) of all that the samples follow from.</summary>
    public abstract string Hash { get; }

    /// <summary>Hashes of the recipes that the pictures were rendered by, in order; none where they were not rendered.</summary>
    public virtual IReadOnlyList<string> Recipes { get; internal init; } = [];

    /// <summary>Samples from other pictures, to measure the training by.</summary>
    public abstract int ValidationSamples { get; }

    /// <summary>Samples that an epoch can draw.</summary>
    internal abstract int PerEpoch { get; }

    /// <summary>How many labels there are of each class.</summary>
    internal abstract IReadOnlyList<int> ClassCounts { get; }

    /// <summary>The fewest samples that a thread takes of a step: normalisation needs a few to take a mean of.</summary>
    internal abstract int LeastPart { get; }

    /// <exception cref="NeuroException"><c>model.not_trainable</c>, <c>training.size_mismatch</c>, <c>training.classes_mismatch</c>: the model is not for these samples.</exception>
    internal abstract void Check(ModelSpec spec);

    /// <summary>The augmented batches of an epoch, the same for the same options and epoch. Arrays may be used again two batches later.</summary>
    internal abstract IEnumerable<Batch> Epoch(TrainingOptions options, int epoch);

    /// <summary>Plain batches of the validation part, the last one smaller.</summary>
    internal abstract IEnumerable<Batch> Validation();

    /// <summary>Whole batches only, so that normalisation always sees as many samples.</summary>
    internal int BatchesPerEpoch(TrainingOptions options) => Math.Max(1, PerEpoch / options.BatchSize);

    /// <summary>A seeded shuffle of the samples of an epoch (Fisher and Yates; Durstenfeld 1964).</summary>
    private protected static int[] Shuffled(int count, ulong seed, int epoch)
    {
        var random = SplitMix.For(seed, (ulong)epoch);
        var order = Enumerable.Range(0, count).ToArray();
        for (var i = order.Length - 1; i > 0; i--)
        {
            var j = random.Below(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    /// <summary>A tenth of the pictures, at least one; none when there are fewer than four.</summary>
    private protected static HashSet<int> HeldBack(int[] pictures, ulong seed) => pictures.Length < 4
        ? []
        : [.. pictures.OrderBy(picture => SplitMix.For(seed, (ulong)picture).Next()).Take(Math.Max(1, pictures.Length / 10))];

    private protected static void Require(bool holds, string code, string message)
    {
        if (!holds)
        {
            throw new NeuroException(code, message);
        }
    }
}
