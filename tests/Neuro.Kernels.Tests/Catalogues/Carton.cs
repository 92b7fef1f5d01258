using Neuro.Kernels.Formats;

namespace Neuro.Kernels.Tests.Catalogues;

/// <summary>Drawn stand-ins for catalogue pictures: 198 × 198 pixels, a carton in the middle of white.</summary>
internal static class Carton
{
    public const int Edge = 198;

    /// <summary>A front of a given size in one colour.</summary>
    public static Image OnWhite(int width, int height, byte red = 180, byte green = 40, byte blue = 60) =>
        Draw((x, y) => Math.Abs(x - (Edge / 2)) < width / 2 && Math.Abs(y - (Edge / 2)) < height / 2 ? (red, green, blue) : (255, 255, 255));

    public static Image Draw(Func<int, int, (int R, int G, int B)> colour)
    {
        var rgb = new byte[3 * Edge * Edge];
        for (var at = 0; at < Edge * Edge; at++)
        {
            var (r, g, b) = colour(at % Edge, at / Edge);
            (rgb[3 * at], rgb[(3 * at) + 1], rgb[(3 * at) + 2]) = ((byte)r, (byte)g, (byte)b);
        }

        return new Image(Edge, Edge, rgb);
    }
}
