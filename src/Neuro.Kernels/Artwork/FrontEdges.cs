using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Artwork;

/// <summary>The colours along the border of a front: stripes and panels run on around a corner, print does not.</summary>
internal static class FrontEdges
{
    private const int Depth = 8;
    private const int Smoothing = 4;

    /// <summary>One colour a row.</summary>
    public static Colour[] Left(Texture front) => Along(front, (along, deep) => along * front.Size + deep);

    /// <summary>One colour a row.</summary>
    public static Colour[] Right(Texture front) => Along(front, (along, deep) => (along + 1) * front.Size - 1 - deep);

    /// <summary>One colour a column.</summary>
    public static Colour[] Upper(Texture front) => Along(front, (along, deep) => deep * front.Size + along);

    /// <summary>One colour a column.</summary>
    public static Colour[] Lower(Texture front) => Along(front, (along, deep) => (front.Size - 1 - deep) * front.Size + along);

    /// <summary>Of each line the mean of its outer texels, then along the border the median by lightness, so that a letter at the rim leaves no streak.</summary>
    private static Colour[] Along(Texture front, Func<int, int, int> at)
    {
        var means = new Colour[front.Size];
        for (var along = 0; along < means.Length; along++)
        {
            int red = 0, green = 0, blue = 0;
            for (var deep = 0; deep < Depth; deep++)
            {
                var texel = Colour.FromTexel(front.Mips[0][at(along, deep)]);
                (red, green, blue) = (red + texel.Red, green + texel.Green, blue + texel.Blue);
            }

            means[along] = new Colour((byte)(red / Depth), (byte)(green / Depth), (byte)(blue / Depth));
        }

        return [.. means.Select((_, along) =>
        {
            var near = means[Math.Max(0, along - Smoothing)..Math.Min(means.Length, along + Smoothing + 1)];
            return near.OrderBy(colour => colour.Luma).ElementAt(near.Length / 2);
        })];
    }
}
