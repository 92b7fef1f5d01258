using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Artwork;

/// <summary>Families of labels that are easily taken for one another.</summary>
internal static class Variants
{
    /// <summary>The most that a family may hold.</summary>
    public const int Most = 100;

    /// <summary>Labels of one brand and style that differ in flavour, with its colour and motif, or only in the amount.</summary>
    /// <param name="label">The first of the family.</param>
    /// <param name="count">How many, that one included.</param>
    /// <param name="seed">Chooses the others.</param>
    /// <exception cref="ArgumentOutOfRangeException">No label, or more than a family may hold.</exception>
    public static IReadOnlyList<LabelDescription> Of(LabelDescription label, int count, ulong seed)
    {
        if (count is < 1 or > Most)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, $"A family has 1 to {Most} labels.");
        }

        var random = new CounterRandom(seed, 0, 41);
        var family = new List<LabelDescription> { label };
        while (family.Count < count)
        {
            // Every third differs from one that is there in nothing but the amount, and so do all once the flavours run out.
            var sameFlavour = family.Count % 3 == 2;
            var next = sameFlavour ? family[random.NextIndex(family.Count)] : Flavoured(label, ref random);
            next = next with { Amount = sameFlavour || family.Count >= MadeUpWords.Flavours.Count ? MadeUpWords.AmountLike(label.Amount, ref random) : label.Amount };
            if (!family.Exists(known => (known.Word, known.Amount) == (next.Word, next.Amount)))
            {
                family.Add(next);
            }
        }

        return family;
    }

    private static LabelDescription Flavoured(LabelDescription label, ref CounterRandom random)
    {
        var (word, motif, hue) = MadeUpWords.Flavours[random.NextIndex(MadeUpWords.Flavours.Count)];
        return label with { Word = word, Motif = motif, Accent = Colour.FromHue(hue, random.NextUniform(0.6, 0.95), random.NextUniform(0.5, 0.9)).ToString() };
    }
}
