using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Artwork;

/// <summary>Small pictures of what is inside, from circles, ovals and smooth outlines.</summary>
internal static class LabelMotifs
{
    private delegate void Motif(Pen pen, Colour colour);

    private const double Degree = Math.PI / 180;

    // All are drawn in a square from −1 to 1.
    private static readonly Dictionary<string, Motif> Motifs = new()
    {
        ["citrus"] = Citrus,
        ["apple"] = Apple,
        ["mango"] = Mango,
        ["drop"] = Drop,
        ["vanilla"] = Flower,
        ["bean"] = Bean,
        ["honey"] = Honeycomb,
        ["berries"] = Berries,
        ["cherry"] = Cherries,
        ["leaf"] = Leaf,
        ["tomato"] = Tomato,
        ["chili"] = Chili,
        ["olive"] = Olives,
        ["rose"] = Rose,
        ["grain"] = Grain,
        ["star"] = Star,
    };

    public static IReadOnlyCollection<string> Names => Motifs.Keys;

    /// <summary>Draws with the given half size, turned a little by chance.</summary>
    public static void Draw(Pen pen, string motif, float x, float y, float radius, Colour colour, Scatter scatter)
    {
        Motifs[motif](pen.Moved(x, y).Scaled(radius).Turned(Degree * (24 * scatter.NextSingle() - 12)), colour);
    }

    private static void Citrus(Pen pen, Colour colour)
    {
        pen.Circle(0, 0, 0.95f, colour);
        pen.Circle(0, 0, 0.82f, colour.Lighter(0.85f));
        for (var wedge = 0; wedge < 8; wedge++)
        {
            var (a, b) = (wedge * MathF.PI / 4 + 0.08f, (wedge + 1) * MathF.PI / 4 - 0.08f);
            pen.Smooth(colour.Lighter(0.25f), (0.1f * Cos((a + b) / 2), 0.1f * Sin((a + b) / 2)), (0.74f * Cos(a), 0.74f * Sin(a)), (0.76f * Cos((a + b) / 2), 0.76f * Sin((a + b) / 2)), (0.74f * Cos(b), 0.74f * Sin(b)));
        }
    }

    private static void Apple(Pen pen, Colour colour)
    {
        pen.Circle(-0.32f, 0.1f, 0.62f, colour);
        pen.Circle(0.32f, 0.1f, 0.62f, colour);
        pen.Oval(0, 0.4f, 0.55f, 0.5f, colour);
        pen.Oval(-0.42f, -0.1f, 0.14f, 0.24f, colour.Lighter(0.6f));
        pen.Stroke(new Colour(93, 64, 55), 0.1f, (0, -0.4f), (0.08f, -0.9f));
        LeafAt(pen, 0.36f, -0.72f, new Colour(76, 140, 60));
    }

    private static void Mango(Pen pen, Colour colour)
    {
        pen.Smooth(colour, (-0.9f, 0.25f), (-0.45f, -0.6f), (0.35f, -0.8f), (0.9f, -0.2f), (0.6f, 0.65f), (-0.3f, 0.8f));
        pen.Smooth(colour.Lighter(0.4f), (-0.5f, -0.1f), (-0.1f, -0.55f), (0.35f, -0.55f), (0f, -0.2f));
        LeafAt(pen, 0.55f, -0.72f, new Colour(76, 140, 60));
    }

    private static void Drop(Pen pen, Colour colour)
    {
        pen.Smooth(colour, (0, -0.98f), (0.28f, -0.42f), (0.62f, 0.22f), (0.42f, 0.8f), (0, 0.95f), (-0.42f, 0.8f), (-0.62f, 0.22f), (-0.28f, -0.42f));
        pen.Oval(-0.26f, 0.34f, 0.12f, 0.3f, colour.Lighter(0.8f));
    }

    private static void Flower(Pen pen, Colour colour)
    {
        for (var petal = 0; petal < 6; petal++)
        {
            var turned = pen.Turned(Degree * (60 * petal));
            turned.Oval(0, -0.58f, 0.26f, 0.4f, petal % 2 == 0 ? colour.Lighter(0.6f) : colour.Lighter(0.4f));
        }

        pen.Circle(0, 0, 0.26f, colour);
        pen.Stroke(new Colour(78, 52, 46), 0.09f, (-0.7f, 0.95f), (-0.1f, 0.7f), (0.75f, 0.9f));
    }

    private static void Bean(Pen pen, Colour colour)
    {
        foreach (var (x, y, turn) in ((float, float, float)[])[(-0.35f, -0.3f, -30), (0.4f, 0.1f, 25), (-0.2f, 0.55f, 70)])
        {
            var turned = pen.Moved(x, y).Turned(Degree * turn);
            turned.Oval(0, 0, 0.34f, 0.5f, colour);
            turned.Stroke(colour.Lighter(0.5f), 0.07f, (0, -0.42f), (0.08f, -0.1f), (-0.06f, 0.15f), (0, 0.42f));
        }
    }

    private static void Honeycomb(Pen pen, Colour colour)
    {
        foreach (var (x, y) in ((float, float)[])[(0, 0), (0.66f, 0), (-0.66f, 0), (0.33f, 0.57f), (-0.33f, 0.57f), (0.33f, -0.57f), (-0.33f, -0.57f)])
        {
            pen.Polygon(x == 0 ? colour.Lighter(0.5f) : colour, [.. Enumerable.Range(0, 6).Select(i => (x + 0.34f * Sin(i * MathF.PI / 3), y + 0.34f * Cos(i * MathF.PI / 3)))]);
        }
    }

    private static void Berries(Pen pen, Colour colour)
    {
        foreach (var (x, y) in ((float, float)[])[(-0.45f, 0.35f), (0.4f, 0.42f), (0, -0.05f), (-0.6f, -0.3f), (0.58f, -0.25f)])
        {
            pen.Circle(x, y, 0.4f, colour);
            pen.Circle(x, y - 0.06f, 0.14f, colour.Lighter(-0.45f));
            pen.Oval(x - 0.16f, y - 0.14f, 0.07f, 0.1f, colour.Lighter(0.6f));
        }

        LeafAt(pen, 0.1f, -0.66f, new Colour(76, 140, 60));
    }

    private static void Cherries(Pen pen, Colour colour)
    {
        var stem = new Colour(85, 120, 50);
        pen.Stroke(stem, 0.08f, (-0.42f, 0.4f), (-0.2f, -0.3f), (0.2f, -0.85f));
        pen.Stroke(stem, 0.08f, (0.48f, 0.45f), (0.45f, -0.2f), (0.2f, -0.85f));
        pen.Circle(-0.42f, 0.45f, 0.45f, colour);
        pen.Circle(0.5f, 0.5f, 0.42f, colour.Lighter(-0.12f));
        pen.Oval(-0.56f, 0.28f, 0.1f, 0.14f, colour.Lighter(0.7f));
        LeafAt(pen, 0.5f, -0.75f, stem);
    }

    private static void Leaf(Pen pen, Colour colour)
    {
        foreach (var (turn, shade) in ((float, float)[])[(-40, -0.15f), (40, 0f), (0, 0.15f)])
        {
            var turned = pen.Moved(0, 0.8f).Turned(Degree * turn).Moved(0, -0.8f);
            turned.Smooth(colour.Lighter(shade), (0, 0.85f), (0.4f, 0.1f), (0.25f, -0.5f), (0, -0.9f), (-0.25f, -0.5f), (-0.4f, 0.1f));
            turned.Stroke(colour.Lighter(0.5f), 0.05f, (0, 0.75f), (0, -0.7f));
        }
    }

    private static void Tomato(Pen pen, Colour colour)
    {
        pen.Oval(0, 0.15f, 0.9f, 0.78f, colour);
        pen.Oval(-0.4f, -0.12f, 0.16f, 0.22f, colour.Lighter(0.5f));
        foreach (var turn in (float[])[-60, -20, 20, 60])
        {
            var turned = pen.Moved(0, -0.55f).Turned(Degree * turn).Moved(0, 0.55f);
            turned.Oval(0, -0.78f, 0.1f, 0.26f, new Colour(60, 120, 50));
        }
    }

    private static void Chili(Pen pen, Colour colour)
    {
        pen.Smooth(colour, (-0.3f, -0.7f), (0.15f, -0.6f), (0.35f, 0.05f), (0.85f, 0.8f), (0.1f, 0.5f), (-0.3f, -0.1f));
        pen.Stroke(new Colour(60, 120, 50), 0.14f, (-0.1f, -0.7f), (-0.2f, -0.95f));
        pen.Stroke(colour.Lighter(0.5f), 0.06f, (-0.08f, -0.4f), (0.02f, 0f));
    }

    private static void Olives(Pen pen, Colour colour)
    {
        foreach (var (x, y) in ((float, float)[])[(-0.4f, -0.2f), (0.45f, 0.05f), (-0.15f, 0.6f)])
        {
            pen.Oval(x, y, 0.42f, 0.34f, colour);
            pen.Circle(x + 0.24f, y, 0.12f, new Colour(190, 60, 40));
            pen.Oval(x - 0.14f, y - 0.14f, 0.12f, 0.06f, colour.Lighter(0.6f));
        }
    }

    private static void Rose(Pen pen, Colour colour)
    {
        LeafAt(pen, -0.72f, 0.5f, new Colour(76, 140, 60));
        LeafAt(pen, 0.75f, 0.5f, new Colour(76, 140, 60));
        for (var ring = 0; ring < 5; ring++)
        {
            var angle = 2.1f * ring;
            pen.Circle(0.1f * Cos(angle), 0.1f * Sin(angle), 0.85f - 0.17f * ring, colour.Lighter(ring % 2 == 0 ? 0 : 0.35f));
        }
    }

    private static void Grain(Pen pen, Colour colour)
    {
        pen.Stroke(colour.Lighter(-0.2f), 0.07f, (0, 0.98f), (0, -0.7f));
        for (var pair = 0; pair < 5; pair++)
        {
            foreach (var side in (int[])[-1, 1])
            {
                var turned = pen.Moved(0.2f * side, 0.42f - 0.3f * pair).Turned(Degree * (32 * side));
                turned.Oval(0, 0, 0.14f, 0.26f, colour.Lighter(pair % 2 == 0 ? 0 : 0.25f));
            }
        }
    }

    private static void Star(Pen pen, Colour colour)
    {
        pen.Polygon(colour, [.. Enumerable.Range(0, 10).Select(i => ((i % 2 == 0 ? 0.95f : 0.42f) * Sin(i * MathF.PI / 5), -(i % 2 == 0 ? 0.95f : 0.42f) * Cos(i * MathF.PI / 5)))]);
    }

    private static void LeafAt(Pen pen, float x, float y, Colour colour)
    {
        var turned = pen.Moved(x, y).Turned(Degree * (x < 0 ? -25 : 25));
        turned.Oval(0, 0, 0.34f, 0.15f, colour);
    }

    private static float Cos(float radians) => (float)PortableMath.Cos(radians);

    private static float Sin(float radians) => (float)PortableMath.Sin(radians);
}
