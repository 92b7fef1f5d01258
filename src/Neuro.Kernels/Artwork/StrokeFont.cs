namespace Neuro.Kernels.Artwork;

/// <summary>Capitals, digits and a few signs as thick round strokes, so that label art needs no font from the machine.</summary>
/// <remarks>A glyph is strokes of points on a grid 6 wide and 8 high, each point two digits: column, row from the top.</remarks>
internal static class StrokeFont
{
    private const float GridHeight = 8;
    private const float WordSpace = 3;

    private static readonly Dictionary<char, string[]> Drawings = new()
    {
        ['A'] = ["08 30 68", "15 55"],
        ['B'] = ["00 40 51 53 44 04", "44 65 67 48 08 00"],
        ['C'] = ["61 50 20 02 06 28 58 67"],
        ['D'] = ["00 08 38 66 62 30 00"],
        ['E'] = ["60 00 08 68", "04 44"],
        ['F'] = ["60 00 08", "04 44"],
        ['G'] = ["61 50 20 02 06 28 48 66 64 34"],
        ['H'] = ["00 08", "60 68", "04 64"],
        ['I'] = ["30 38"],
        ['J'] = ["40 46 28 18 06"],
        ['K'] = ["00 08", "60 04 68"],
        ['L'] = ["00 08 58"],
        ['M'] = ["08 00 35 60 68"],
        ['N'] = ["08 00 68 60"],
        ['O'] = ["20 02 06 28 48 66 62 40 20"],
        ['P'] = ["08 00 40 61 63 44 04"],
        ['Q'] = ["20 02 06 28 48 66 62 40 20", "45 68"],
        ['R'] = ["08 00 40 61 63 44 04", "34 68"],
        ['S'] = ["61 40 20 02 13 55 66 48 28 07"],
        ['T'] = ["00 60", "30 38"],
        ['U'] = ["00 06 28 48 66 60"],
        ['V'] = ["00 38 60"],
        ['W'] = ["00 18 32 58 60"],
        ['X'] = ["00 68", "60 08"],
        ['Y'] = ["00 34 60", "34 38"],
        ['Z'] = ["00 60 08 68"],
        ['0'] = ["20 02 06 28 48 66 62 40 20"],
        ['1'] = ["12 30 38"],
        ['2'] = ["02 20 40 62 63 08 68"],
        ['3'] = ["01 20 40 61 63 44 24", "44 65 67 48 28 07"],
        ['4'] = ["48 40 05 65"],
        ['5'] = ["60 00 03 43 65 66 48 18 07"],
        ['6'] = ["50 20 02 06 28 48 66 65 43 13 04"],
        ['7'] = ["00 60 28"],
        ['8'] = ["24 03 01 20 40 61 63 44 24 05 07 28 48 67 65 44"],
        ['9'] = ["18 48 66 62 40 20 02 03 25 55 64"],
        ['%'] = ["00 20 22 02 00", "46 66 68 48 46", "60 08"],
        ['+'] = ["32 36", "14 54"],
        ['-'] = ["14 54"],
        ['.'] = ["38 38"],
        ['\''] = ["30 32"],
        ['/'] = ["60 08"],
    };

    private static readonly Dictionary<char, Glyph> Glyphs = Drawings.ToDictionary(drawing => drawing.Key, drawing => Glyph.Parse(drawing.Value));

    /// <summary>Whether every character of <paramref name="text"/> can be drawn.</summary>
    public static bool Covers(string text) => text.All(c => c == ' ' || Glyphs.ContainsKey(c));

    /// <summary>Draws centred on a point, as high as asked, but never wider than <paramref name="maxWidth"/>.</summary>
    /// <param name="pen">Where to.</param>
    /// <param name="text">Characters that <see cref="Covers"/> knows.</param>
    /// <param name="x">Middle of the text.</param>
    /// <param name="y">Middle of the text.</param>
    /// <param name="height">Of a capital.</param>
    /// <param name="maxWidth">Of the text.</param>
    /// <param name="colour">Of the strokes.</param>
    /// <param name="weight">Thickness of a stroke as a share of the height.</param>
    public static void Draw(Pen pen, string text, float x, float y, float height, float maxWidth, Colour colour, float weight = 0.17f)
    {
        var thickness = weight * GridHeight;
        var gap = thickness + 0.9f;
        var width = text.Sum(c => Width(c) + gap) - gap;
        var scale = Math.Min(height / (GridHeight + thickness), maxWidth / (width + thickness));
        var letter = pen.Moved(x, y).Scaled(scale).Moved(-width / 2, -GridHeight / 2);
        foreach (var c in text)
        {
            foreach (var stroke in c == ' ' ? [] : Glyphs[c].Strokes)
            {
                letter.Stroke(colour, thickness, stroke);
            }

            letter = letter.Moved(Width(c) + gap, 0);
        }
    }

    private static float Width(char c) => c == ' ' ? WordSpace : Glyphs[c].Width;

    /// <summary>Strokes that begin at column 0.</summary>
    private sealed record Glyph((float X, float Y)[][] Strokes, float Width)
    {
        public static Glyph Parse(string[] drawing)
        {
            var strokes = drawing.Select(stroke => stroke.Split(' ').Select(p => (X: (float)(p[0] - '0'), Y: (float)(p[1] - '0'))).ToArray()).ToArray();
            var (left, right) = (strokes.Min(stroke => stroke.Min(p => p.X)), strokes.Max(stroke => stroke.Max(p => p.X)));
            return new Glyph([.. strokes.Select(stroke => stroke.Select(p => (p.X - left, p.Y)).ToArray())], right - left);
        }
    }
}
