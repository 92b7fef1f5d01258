namespace Neuro.Kernels.Artwork;

/// <summary>Where the largest print of a front stands: the strip of its upper part with the most steps from light to dark.</summary>
/// <param name="Left">Texels.</param>
/// <param name="Top">Texels.</param>
/// <param name="Width">Texels.</param>
/// <param name="Height">Texels.</param>
/// <param name="Ground">The strip's most frequent colour.</param>
/// <param name="Ink">The most frequent among those that stand out from it.</param>
internal readonly record struct TitlePlace(int Left, int Top, int Width, int Height, Colour Ground, Colour Ink)
{
    private const int Step = 60;
    private const float StripHeight = 0.11f;
    private const float LowestTop = 0.5f;
    private const int FewestSteps = 2;

    public static TitlePlace Find(Canvas front)
    {
        var (size, strip) = (front.Width, Math.Max(3, (int)(StripHeight * front.Height)));
        var steps = new bool[(int)(LowestTop * front.Height + strip) * size];
        for (var y = 0; y < steps.Length / size; y++)
        {
            for (var x = 2; x < size - 2; x++)
            {
                var at = y * size + x;
                steps[at] = Math.Abs(Luma(at + 1) - Luma(at - 1)) > Step;
            }
        }

        var rows = Enumerable.Range(0, steps.Length / size).Select(y => steps.AsSpan(y * size, size).Count(true)).ToArray();
        var top = Enumerable.Range(0, (int)(LowestTop * front.Height)).MaxBy(y => rows[y..(y + strip)].Sum());
        var columns = Enumerable.Range(0, size).Where(x => Enumerable.Range(top, strip).Count(y => steps[y * size + x]) >= FewestSteps).ToList();
        var (left, right) = columns.Count > 0 && columns[^1] - columns[0] > size / 4 ? (Math.Max(0, columns[0] - 2), Math.Min(size - 1, columns[^1] + 2)) : (size / 5, size - 1 - size / 5);
        var colours = new List<Colour>(strip * (right - left + 1));
        for (var y = top; y < top + strip; y++)
        {
            foreach (var texel in front.Texels.AsSpan(y * size + left, right - left + 1))
            {
                colours.Add(Colour.FromTexel(texel));
            }
        }

        var ground = MostFrequent(colours);
        var inks = colours.Where(colour => Math.Abs(colour.Luma - ground.Luma) > Step).ToList();
        var ink = inks.Count > 0 ? MostFrequent(inks) : ground.Luma > 128 ? Colour.Black : Colour.White;
        return new TitlePlace(left, top, right - left + 1, strip, ground, ink);

        int Luma(int at) => Colour.FromTexel(front.Texels[at]).Luma;
    }

    /// <summary>To 16 levels a channel; of those the first.</summary>
    private static Colour MostFrequent(List<Colour> colours)
    {
        var counts = new int[1 << 12];
        foreach (var colour in colours)
        {
            counts[Bin(colour)]++;
        }

        return colours.MaxBy(colour => counts[Bin(colour)]);

        static int Bin(Colour colour) => colour.Red >> 4 << 8 | colour.Green >> 4 << 4 | colour.Blue >> 4;
    }
}
