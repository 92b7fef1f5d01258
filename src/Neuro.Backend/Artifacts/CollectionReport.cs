namespace Neuro.Backend.Artifacts;

/// <summary>What a collection of artifacts found.</summary>
/// <param name="Collected">Artifacts that nothing keeps: deleted, or to be deleted if it was a dry run.</param>
/// <param name="Kept">The others, by the first thing that keeps them: receipt, dataset, model, generator, job, quote, or new.</param>
public sealed record CollectionReport(Counted Collected, IReadOnlyDictionary<string, Counted> Kept);

/// <summary>Artifacts, counted and weighed.</summary>
public readonly record struct Counted(int Count, long Bytes)
{
    public static Counted operator +(Counted counted, long bytes) => new(counted.Count + 1, counted.Bytes + bytes);
}
