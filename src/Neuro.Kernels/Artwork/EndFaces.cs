namespace Neuro.Kernels.Artwork;

/// <summary>Lids and bottoms, of which no picture ever tells.</summary>
internal static class EndFaces
{
    private const int LidGrey = 200;

    /// <summary>The end of a box: the front's border colours run on, flaps meet in a seam, and the folds along the border are in shadow.</summary>
    /// <param name="border">The colours that run on, a column each.</param>
    /// <param name="widthMm">Across.</param>
    /// <param name="depthMm">Down.</param>
    public static Canvas OfBox(Colour[] border, float widthMm, float depthMm)
    {
        var canvas = new Canvas(border.Length, border.Length, border[0]);
        var (across, down) = (widthMm / border.Length, depthMm / border.Length);
        for (var y = 0; y < border.Length; y++)
        {
            var fromSeam = (y + 0.5f - border.Length / 2f) * down;
            for (var x = 0; x < border.Length; x++)
            {
                var (right, below) = ((x + 0.5f) * across, (y + 0.5f) * down);
                var fold = Math.Min(Math.Min(right, widthMm - right), Math.Min(below, depthMm - below));

                // The upper flap lies on the lower one: a dark gap, and light on its edge.
                var shade = 1 - 0.3f * Near(fold, 0.8f) - 0.5f * Near(fromSeam, 0.3f) + 0.12f * Near(fromSeam + 0.9f, 0.5f) - (fromSeam > 0 ? 0.06f : 0);
                canvas.Texels[y * border.Length + x] = Shaded(border[x], shade);
            }
        }

        return canvas;
    }

    /// <summary>The end of a can or a jar: a rim, a groove and a plain middle. Outside the circle the rim goes on.</summary>
    public static Canvas OfRound(int size)
    {
        var canvas = new Canvas(size, size, Colour.White);
        var grey = new Colour(LidGrey, LidGrey, LidGrey);
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                var (u, v) = ((2 * x + 1f) / size - 1, (2 * y + 1f) / size - 1);
                var radius = MathF.Sqrt(u * u + v * v);
                canvas.Texels[y * size + x] = Shaded(grey, 1 - 0.35f * Near(radius - 0.9f, 0.03f) + 0.15f * Near(radius - 0.96f, 0.03f) - 0.12f * Near(radius - 0.62f, 0.015f));
            }
        }

        return canvas;
    }

    /// <summary>1 at distance 0, a half at <paramref name="reach"/>.</summary>
    private static float Near(float distance, float reach) => reach * reach / (reach * reach + distance * distance);

    private static uint Shaded(Colour colour, float shade) => colour.Lighter(shade < 1 ? Math.Max(shade, 0) - 1 : Math.Min(shade - 1, 1)).Texel;
}
