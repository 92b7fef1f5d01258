using Neuro.Learning.Training;

namespace Neuro.Learning.LocalSgd;

/// <summary>Every k-th crop of a set, shuffled again and again for as many steps as a round has.</summary>
internal sealed class CropPart(CropSet of, int part, int parts, int steps) : CropData
{
    private readonly List<Crop> crops = [.. of.Training.Where((_, i) => i % parts == part)];

    public override IReadOnlyList<string> ClassNames => of.ClassNames;

    public override int Size => of.Size;

    public override string Hash => of.Hash;

    public override IReadOnlyList<string> Recipes => of.Recipes;

    internal override int PerEpoch => steps * DilocoPlan.BatchSize;

    internal override IReadOnlyList<Crop> Held => [];

    internal override IReadOnlyList<Crop> Known => crops;

    internal override int Side => of.Side;

    internal override IEnumerable<Draw> Draws(TrainingOptions options, int epoch)
    {
        using var order = Order(options.Seed).GetEnumerator();
        for (var step = 0; step < steps; step++)
        {
            var samples = new List<(Crop, ulong)>(options.BatchSize);
            for (var i = 0; i < options.BatchSize && order.MoveNext(); i++)
            {
                samples.Add((order.Current, ((ulong)step * (ulong)options.BatchSize) + (ulong)i));
            }

            yield return new(samples, of.Backdrops);
        }
    }

    // Shuffled each time that it is through.
    private IEnumerable<Crop> Order(ulong seed)
    {
        for (var pass = 0; ; pass++)
        {
            foreach (var one in Shuffled(crops.Count, seed, pass))
            {
                yield return crops[one];
            }
        }
    }
}
