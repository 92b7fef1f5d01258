using Neuro.Kernels.Formats;

namespace Neuro.Kernels.Tests.Catalogues;

/// <summary>Drawn stand-ins for catalogue pictures: 198 × 198 pixels, a carton in the middle of white.</summary>
internal static class Carton
{
    public const int Edge = 198;

    /// <summary>A front of a given size in one colour.</summary>
    public static Image OnWhite(int width, int height, byte red = 180, byte green = 40, byte blue = 60) =>
        Draw((x, y) => Math.Abs(x - (Edge / 2)) < width / 2 && Math.Abs(y - (Edge / 2)) < height / 2 ? (red, green, blue) : (255, 255, 255));

    /// <summary>A dark side on the left of a light front.</summary>
    public static Image ThreeQuarterView() =>
        Draw((x, y) => y is < 10 or > 188 ? (255, 255, 255) : x is >= 60 and < 80 ? (110, 110, 110) : x is >= 80 and < 140 ? (200, 200, 200) : (255, 255, 255));

    public const int GableTop = 12;
    public const int Shoulder = 42;
    public const int GableFoot = 188;

    /// <summary>A green front under a red roof that leans back to a ridge; turned, it shows a blue side on the left.</summary>
    public static Image Gable(bool turned)
    {
        var (side, front, right) = turned ? (60, 82, 140) : (70, 70, 130);
        return Draw((x, y) =>
        {
            var lean = y < Shoulder ? (Shoulder - y) * 2 / 5 : 0;
            return y is < GableTop or >= GableFoot || x < side + lean || x >= right - lean ? (255, 255, 255)
                : x < front + (turned ? -lean / 3 : lean) ? (40, 60, 150)
                : y < Shoulder ? (190, 50, 40)
                : (60, 140, 70);
        });
    }

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
