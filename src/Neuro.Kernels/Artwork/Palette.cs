using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Artwork;

/// <summary>The few colours that a face is printed in.</summary>
/// <param name="Colours">The most frequent first; at least one.</param>
internal sealed record Palette(IReadOnlyList<Colour> Colours)
{
    private const int Count = 5;
    private const int Rounds = 8;
    private const int SampleSize = 32;
    private const int Readable = 80;

    /// <summary>By k-means (Lloyd 1982) over 32 × 32 samples, begun with the colours farthest from one another: the same texture gives the same palette.</summary>
    public static Palette Of(Texture texture)
    {
        Colour[] samples = [.. texture.Mips[Math.Max(0, texture.Mips.Length - 1 - int.Log2(SampleSize))].Select(Colour.FromTexel)];
        var centres = Scattered(samples);
        var members = new int[centres.Length];
        for (var round = 0; round < Rounds; round++)
        {
            var sums = new (int Red, int Green, int Blue, int Count)[centres.Length];
            foreach (var sample in samples)
            {
                ref var sum = ref sums[Nearest(centres, sample)];
                sum = (sum.Red + sample.Red, sum.Green + sample.Green, sum.Blue + sample.Blue, sum.Count + 1);
            }

            for (var i = 0; i < centres.Length; i++)
            {
                var (red, green, blue, count) = sums[i];
                members[i] = count;
                centres[i] = count == 0 ? centres[i] : new Colour((byte)(red / count), (byte)(green / count), (byte)(blue / count));
            }
        }

        return new Palette([.. centres.Zip(members).OrderByDescending(pair => pair.Second).Select(pair => pair.First)]);
    }

    /// <summary>The palette's colour that is read best on a ground; black or white where none can be.</summary>
    public Colour Ink(Colour ground)
    {
        var best = Colours.MaxBy(colour => Math.Abs(colour.Luma - ground.Luma));
        return Math.Abs(best.Luma - ground.Luma) >= Readable ? best : ground.Luma > 110 ? new Colour(35, 31, 32) : new Colour(245, 245, 240);
    }

    public static int Distance(Colour a, Colour b) =>
        (a.Red - b.Red) * (a.Red - b.Red) + (a.Green - b.Green) * (a.Green - b.Green) + (a.Blue - b.Blue) * (a.Blue - b.Blue);

    private static Colour[] Scattered(Colour[] samples)
    {
        var centres = new List<Colour> { samples[0] };
        while (centres.Count < Count && samples.MaxBy(Remoteness) is var next && Remoteness(next) > 0)
        {
            centres.Add(next);
        }

        return [.. centres];

        int Remoteness(Colour sample) => centres.Min(centre => Distance(centre, sample));
    }

    private static int Nearest(Colour[] centres, Colour sample)
    {
        var best = 0;
        for (var i = 1; i < centres.Length; i++)
        {
            best = Distance(centres[i], sample) < Distance(centres[best], sample) ? i : best;
        }

        return best;
    }
}
